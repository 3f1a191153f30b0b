import { type Document, isPair, isScalar, isSeq, type LineCounter, visit } from 'yaml';
import { isSecretRef } from '../core/reference.ts';
import { type Path, showable } from './fault-path.ts';

/** A stretch of the text: its first offset, and the one behind its last. */
type Stretch = { readonly start: number; readonly end: number };
type Word = Stretch & { readonly shown: boolean };

export type Excerpts = ReturnType<typeof excerptsOf>;

/**
 * Lines of planwatch.yml as a fault may print them. A secret can stand anywhere in a file that is wrong, so nothing is
 * shown but what is known to be harmless: keys, references, and short values where no secret belongs; never a comment.
 */
export function excerptsOf(
  text: string,
  document: Document.Parsed,
  lines: LineCounter,
  knownKeys: ReadonlySet<string>,
) {
  const sound = document.errors.every(({ code }) => code === 'DUPLICATE_KEY') && document.warnings.length === 0;
  const words = sound ? wordsOf(document) : firstKeys(text, lines, knownKeys);
  // A file of one long line may hold thousands of faults.
  const drawn = new Map<number, ReturnType<typeof draw>>();
  const lineAt = (from: number): ReturnType<typeof draw> => {
    const known = drawn.get(from);
    if (known) return known;
    const width = text.slice(from).search(/[\r\n]/);
    const line = draw(text, { start: from, end: width < 0 ? text.length : from + width }, words, sound);
    drawn.set(from, line);
    return line;
  };
  return {
    at({ start, end }: Stretch): { readonly line: number; readonly column: number; readonly excerpt?: string } {
      const { line, col: column } = lines.linePos(start);
      if (line < 1) return { line: 1, column: 1 };
      const shown = lineAt(lines.lineStarts[line - 1] ?? 0);
      if (shown.text === '') return { line, column };
      const [first, last] = [shown.columnOf(start), shown.columnOf(end)];
      return { line, column, excerpt: withMark(String(line), shown.text, first, Math.max(1, last - first)) };
    },
  };
}

const longest = 100;

/** Two lines: `  3 |     regoin: ap-southeast-3` and the mark under the word. A long line is cut around it. */
function withMark(number: string, line: string, at: number, length: number): string {
  const skipped = at + length > longest ? Math.max(0, Math.min(at - 20, line.length - longest)) : 0;
  const cut = skipped > 0 ? `…${line.slice(skipped + 1, skipped + longest)}` : line.slice(0, longest);
  const mark = '^'.repeat(Math.min(length, Math.max(1, cut.length - (at - skipped))));
  return `  ${number} | ${cut}\n  ${' '.repeat(number.length)} | ${' '.repeat(at - skipped)}${mark}`;
}

const structure = /[\s\-{}[\],:]/;

/** `words` in the order of the text. What is none of them is shown where it is structure; a comment ends the line. */
function draw(text: string, line: Stretch, words: readonly Word[], sound: boolean) {
  let shown = '';
  let next = 0;
  const columns = new Map<number, number>();
  const hide = () => {
    if (!shown.endsWith('…')) shown += '…';
  };
  for (let at = line.start; at < line.end; at++) {
    const char = text.charAt(at);
    while ((words[next]?.end ?? Number.POSITIVE_INFINITY) <= at) next++;
    const word = words[next];
    if (word && word.start <= at) {
      if (word.shown) shown += char;
      else hide();
    } else if (sound && char === '#') break;
    else if (structure.test(char)) shown += char === '\t' ? ' ' : char;
    else hide();
    columns.set(at, shown.length - 1);
  }
  return {
    text: shown.trimEnd(),
    columnOf: (offset: number) => columns.get(offset) ?? (offset <= line.start ? 0 : shown.trimEnd().length),
  };
}

function wordsOf(document: Document.Parsed): Word[] {
  const words: Word[] = [];
  visit(document, {
    Scalar(key, node, ancestors) {
      const [start = 0, end = 0] = node.range ?? [];
      const value = String(node.value);
      // `null` that nobody wrote has no width.
      if (end <= start) return;
      const shown =
        key === 'key'
          ? showable.test(value)
          : isSecretRef(value) || (harmless.test(value) && isOpen(pathOf(ancestors, key)));
      words.push({ start, end, shown });
    },
  });
  return words;
}

/** As `showable`, with the wild cards of a pattern and the colon of `user:ID`. */
const harmless = /^[\w .*?:@+-]{1,40}$/;

const openSources = new Set(['name', 'region', 'projectId', 'edition', 'allowInsecure']);
const openParts = new Set(['routes', 'notices', 'giveUpAfter']);

/** Where no secret belongs, so that what stands there may be shown. */
function isOpen([top, second, third]: Path): boolean {
  if (typeof top === 'string' && openParts.has(top)) return true;
  if (top === 'sources') return typeof second === 'number' && openSources.has(String(third));
  return top === 'destinations' && (third === 'kind' || third === 'allowInsecure');
}

/** The keys and places above a value; `last`: its own place, where a list holds it. */
function pathOf(ancestors: readonly unknown[], last: unknown): Path {
  return ancestors.flatMap((node, index): (string | number)[] => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    if (!isSeq(node)) return [];
    return [index + 1 < ancestors.length ? node.items.indexOf(ancestors[index + 1]) : Number(last)];
  });
}

/** Of a text that is no YAML only the key that opens a line is known, and that only where it is one of ours. */
const firstKeys = (text: string, { lineStarts }: LineCounter, known: ReadonlySet<string>): Word[] =>
  lineStarts.flatMap((from, index): Word[] => {
    const end = lineStarts[index + 1] ?? text.length;
    const line = text.slice(from, end);
    const [indent = ''] = /^ *(?:- )?/.exec(line) ?? [];
    const [opening = '', key = ''] = /^([A-Za-z]+):(?: +|$)/m.exec(line.slice(indent.length)) ?? [];
    const start = from + indent.length;
    if (!known.has(key)) return [{ start, end, shown: false }];
    const behind = start + opening.length;
    return [
      { start, end: behind, shown: true },
      { start: behind, end, shown: false },
    ];
  });
