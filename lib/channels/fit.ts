/** Cutting texts to what a provider takes: between characters, and nothing left out without a count. */

/** How long a provider says a text is. Adds up: a text is as long as its characters together. */
export type Measure = (text: string) => number;

export const inUnits: Measure = (text) => text.length;
export const inCodePoints: Measure = (text) => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};
/** In UTF-8. */
export const inBytes: Measure = (text) => Buffer.byteLength(text);
/** What it adds to a JSON document in UTF-8. */
export const inJsonBytes: Measure = (text) => Buffer.byteLength(JSON.stringify(text)) - 2;

export type Fit = ReturnType<typeof createFit>;

/** A text with fewer characters than this is no help to a reader: then fewer are shown, and how many are left out. */
const leastLine = 40;

/**
 * `escape`: one character → how it is written so that it is not markup. `measure`: of the escaped text. `more`: the line
 * in place of what is left out (`message.labels.more`).
 */
export function createFit({
  escape: write = (character) => character,
  measure = inUnits,
  more,
}: {
  readonly escape?: (character: string) => string;
  readonly measure?: Measure;
  readonly more: (count: number) => string;
}) {
  const ellipsis = measure('…');
  const least = leastLine * ellipsis;
  const lineBreak = measure('\n');

  const escaped = (text: string): string => {
    let written = '';
    for (const character of text.toWellFormed()) written += write(character);
    return written;
  };

  /** Escapes, and cuts where the result is longer than `longest`. */
  function cut(text: string, longest: number): string {
    let [written, size, whole] = ['', 0, ''];
    for (const character of text) {
      const next = write(character.toWellFormed());
      written += next;
      size += measure(next);
      if (size + ellipsis <= longest) whole = written;
      if (size > longest) return longest < ellipsis ? '' : `${whole}…`;
    }
    return written;
  }

  /**
   * Escapes texts so that together, a line each, they fit `budget`: the longest are cut first, so that short ones stay
   * whole and every one is there; where there are too many for that, the last line says how many more.
   */
  function all(texts: readonly string[], budget: number, longest = budget): string[] {
    const whole = countFitting(texts, budget) === texts.length;
    const room = whole ? budget : budget - least;
    const shown = whole ? texts : texts.slice(0, Math.max(1, countFitting(texts, room)));
    const each = Math.min(longest, shareOf(shown, room - shown.length * lineBreak));
    const fitted = shown.map((text) => cut(text, each));
    return shown.length < texts.length ? [...fitted, cut(more(texts.length - shown.length), least)] : fitted;
  }

  /** How many of the first can be there, whole or, where they are long, as the least line. */
  function countFitting(texts: readonly string[], budget: number): number {
    let left = budget;
    const tooMany = texts.findIndex((text) => {
      left -= Math.min(least, measure(escaped(text.slice(0, 2 * least)))) + lineBreak;
      return left < 0;
    });
    return tooMany < 0 ? texts.length : tooMany;
  }

  /** The length at which cutting makes them fit: what short texts leave of their share goes to the others. */
  function shareOf(texts: readonly string[], budget: number): number {
    // Two units are at least one of any measure, so a part of this length shows that a text is too long.
    const lengths = texts.map((text) => measure(escaped(text.slice(0, 2 * budget)))).sort((a, b) => a - b);
    let left = budget;
    for (const [index, length] of lengths.entries()) {
      const share = Math.floor(left / (lengths.length - index));
      if (length > share) return share;
      left -= length;
    }
    return budget;
  }

  /** Joins texts, escaped and cut already, into as few as `longest` allows. */
  function pack(texts: readonly string[], longest: number, between = '\n'): string[] {
    const packed: string[] = [];
    for (const text of texts) {
      const last = packed.at(-1);
      if (last !== undefined && measure(last) + measure(between) + measure(text) <= longest) {
        packed[packed.length - 1] = `${last}${between}${text}`;
      } else packed.push(text);
    }
    return packed;
  }

  return { escaped, cut, all, pack, measure };
}
