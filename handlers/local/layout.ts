/** As wide as the terminal; a pipe has no width, and long lines are easier to search there. */
const terminalWidth = (): number => process.stdout.columns ?? Number.POSITIVE_INFINITY;

/** Two columns each on every terminal: CJK and emoji (https://www.unicode.org/reports/tr11). */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u;

export const widthOf = (text: string): number => [...text].reduce((sum, char) => sum + (wide.test(char) ? 2 : 1), 0);

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Breaks at blanks; every line but the first begins with `indent` blanks. A word that is too long stays whole. */
export function wrap(text: string, indent: number, width = terminalWidth()): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

/** `12 s`, `53 min`, `3 h`, `4 d`: how long ago, or how soon. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** `2026-11-24 03:04:05 UTC (53 min ago)` */
export function when(time: string, now: Date): string {
  const ms = now.getTime() - Date.parse(time);
  const distance = ms >= 0 ? `${span(ms)} ago` : `in ${span(-ms)}`;
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC (${distance})`;
}

/** `1 plan`, `2 plans`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
