import { closest } from './closest.ts';

export type Path = readonly (string | number)[];

/** A fault before it is given its place. `at`: the key is wrong, not what stands behind it. */
export type Finding = { readonly path: Path; readonly message: string; readonly at?: 'key' };

/** Longer or stranger texts are not names that somebody misspelt: they may be a secret in the wrong place. */
export const showable = /^[\w .-]{1,40}$/;

/** `routes[0].to[1]`; a key that may be a secret is not shown. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!showable.test(step)) text += '["…"]';
    else if (/[ .]/.test(step)) text += `["${step}"]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** `"slak" is not a kind of destination; did you mean "slack"? There are: slack, webhook`, without the word where it may be a secret. */
export function unknown(word: string, what: string, known: readonly string[]): string {
  const near = showable.test(word) ? closest(word, known) : undefined;
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  const all = known.length === 0 ? 'There are none' : `There are: ${known.join(', ')}`;
  return `${showable.test(word) ? `"${word}"` : 'this'} is not ${what}${meant || '.'} ${all}`;
}
