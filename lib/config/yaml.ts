import {
  type ErrorCode,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { Fault } from '../core/fault.ts';
import type { Path } from './fault-path.ts';

export type Reading = {
  /** Absent where the text is not YAML at all. */
  readonly value?: unknown;
  readonly faults: readonly Fault[];
  /** The line where the value at a path stands, or its key, or the nearest thing around it. */
  lineOf(path: Path): number;
};

/**
 * The library's own words quote the text, and the text may be a password that begins with `*`, `!` or a quote; so the
 * faults are put in words here.
 */
const words: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'this key is there already: keep one of the two',
  TAB_AS_INDENT: 'a tab indents this line: YAML wants spaces',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  MISSING_CHAR: 'something is missing here: a closing quote or bracket, a comma, or a space after a colon',
  MULTIPLE_DOCS: 'a second document starts here: leave out the ---',
  MULTILINE_IMPLICIT_KEY: 'this is not "key: value": is the colon, or the space behind it, missing?',
  BLOCK_AS_IMPLICIT_KEY: 'two things stand on one line: put a value with ": " in it in quotes',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  BAD_ALIAS: 'a value that begins with * or & must be in quotes',
  NON_STRING_KEY: 'a key must be plain text',
  TAG_RESOLVE_FAILED: 'a value that begins with ! must be in quotes; tags are not understood here',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
};

// A list of chats needs none; a hundred leave room for anchors and none for a bomb.
const maxAliases = 100;
const maxLength = 1_000_000;

/**
 * Reads YAML with its line numbers. Numbers stay the text that was written: a project ID of digits only, or with one
 * `e` among them, would not survive being a number.
 */
export function readYaml(text: string): Reading {
  const lines = new LineCounter();
  const line = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const failed = (faults: readonly Fault[]): Reading => ({ faults, lineOf: () => 1 });
  if (text.length > maxLength) return failed([{ path: '', line: 1, message: 'is larger than a megabyte' }]);

  const document = parseDocument(text, {
    schema: 'core',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !/^tag:yaml\.org,2002:(?:int|float)$/.test(tag.tag)),
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // Not 'silent', which would also silence a second document. Nothing is printed: only `parse` would.
    logLevel: 'error',
  });
  const faults = [...document.errors, ...document.warnings].map(({ code, pos }): Fault => {
    const { line, col } = lines.linePos(pos[0]);
    return { path: '', line, message: `${words[code] ?? 'this is not valid YAML'} (column ${col})` };
  });
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      const message = 'a value that begins with * must be in quotes, or there must be an & of that name before it';
      faults.push({ path: '', line: line(alias.range?.[0] ?? 0), message });
    },
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== '__proto__') return;
      faults.push({ path: '', line: line(pair.key.range?.[0] ?? 0), message: '__proto__ is not a setting' });
    },
  });
  // A key given twice leaves the rest readable, and then the rest can be checked as well.
  if (faults.length > document.errors.filter(({ code }) => code === 'DUPLICATE_KEY').length) return failed(faults);
  try {
    return { value: document.toJS({ maxAliasCount: maxAliases }), faults, lineOf };
  } catch {
    return failed([{ path: '', line: 1, message: `its aliases (*) stand for too much: at most ${maxAliases}` }]);
  }

  function lineOf(path: Path): number {
    let node: unknown = document.contents;
    let offset = rangeStart(node) ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      const pair: unknown = isMap(node)
        ? node.items.findLast(({ key }) => isScalar(key) && key.value === step)
        : undefined;
      if (isPair(pair)) {
        offset = rangeStart(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step];
        offset = rangeStart(node) ?? offset;
      } else break;
    }
    return line(offset);
  }
}

const rangeStart = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
