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
import { type Excerpts, excerptsOf } from './excerpt.ts';
import type { Finding } from './fault-path.ts';

export type Reading = {
  /** Absent where the text is not YAML at all. */
  readonly value?: unknown;
  readonly faults: readonly Spot[];
  /** Where the value at a path stands, or its key, or the nearest thing around it. */
  spotOf(finding: Finding): Spot;
  readonly excerpts: Excerpts;
};

/** A place in the text with what is wrong there. Offsets are in UTF-16 units. */
export type Spot = { readonly start: number; readonly end: number; readonly message: string };

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
  UNEXPECTED_TOKEN: 'this does not belong here: a value with such characters must be in quotes as a whole',
  TAG_RESOLVE_FAILED: 'a value that begins with ! must be in quotes; tags are not understood here',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
};

// A list of chats needs none; a hundred leave room for anchors and none for a bomb.
const maxAliases = 100;
const maxLength = 1_000_000;

/**
 * Reads YAML with its places. Numbers stay the text that was written: a project ID of digits only, or with one `e` among
 * them, would not survive being a number. `knownKeys`: what a fault may show of a text that is not YAML at all.
 */
export function readYaml(text: string, knownKeys: ReadonlySet<string>): Reading {
  const lines = new LineCounter();
  const tooLarge = text.length > maxLength;
  const document = parseDocument(tooLarge ? '' : text, {
    schema: 'core',
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !/^tag:yaml\.org,2002:(?:int|float)$/.test(tag.tag)),
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // Not 'silent', which would also silence a second document. Nothing is printed: only `parse` would.
    logLevel: 'error',
  });
  const faults = [...document.errors, ...document.warnings].map(({ code, pos: [start, end] }): Spot => {
    return { start, end, message: words[code] ?? 'this is not valid YAML' };
  });
  const point = (node: Node | null | undefined, message: string): void => {
    faults.push({ start: node?.range?.[0] ?? 0, end: node?.range?.[1] ?? 0, message });
  };
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return;
      point(alias, 'a value that begins with * must be in quotes, or there must be an & of that name before it');
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') point(pair.key, '__proto__ is not a setting');
    },
  });
  // A thousand brackets that are open are a thousand errors at the same place, with the same words.
  const told = new Map(faults.map((spot) => [`${spot.start} ${spot.message}`, spot]));
  const reading = { faults: [...told.values()], spotOf, excerpts: excerptsOf(text, document, lines, knownKeys) };
  const failed = (message: string): Reading => ({ ...reading, faults: [{ start: 0, end: 0, message }] });
  if (tooLarge) return failed('is larger than a megabyte');
  // A key given twice leaves the rest readable, and then the rest can be checked as well.
  if (faults.length > document.errors.filter(({ code }) => code === 'DUPLICATE_KEY').length) return reading;
  try {
    return { ...reading, value: document.toJS({ maxAliasCount: maxAliases }) };
  } catch {
    return failed(`its aliases (*) stand for too much: at most ${maxAliases}`);
  }

  function spotOf({ path, message, at }: Finding): Spot {
    let node: unknown = document.contents;
    // Of what is not there, the start of what is around it.
    let start = rangeOf(node)[0];
    let end = start;
    for (const [index, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      const pair: unknown = isMap(node)
        ? node.items.findLast(({ key }) => isScalar(key) && key.value === step)
        : undefined;
      if (isPair(pair)) {
        node = pair.value;
        const isValue =
          index === path.length - 1 && at !== 'key' && isScalar(node) && rangeOf(node)[1] > rangeOf(node)[0];
        [start, end] = rangeOf(isValue ? node : pair.key);
      } else if (isSeq(node) && typeof step === 'number') {
        node = node.items[step];
        [start, end] = rangeOf(node);
        if (!isScalar(node)) end = start;
      } else {
        break;
      }
    }
    return { start, end, message };
  }
}

const rangeOf = (node: unknown): readonly [start: number, end: number] => {
  const [start = 0, end = 0] = (node as Node | null | undefined)?.range ?? [];
  return [start, end];
};
