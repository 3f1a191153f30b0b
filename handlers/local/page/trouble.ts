import type { Feed } from './feed/feed.ts';

/** What is wrong now. `since`, `nextAt`: RFC 3339. */
export type Trouble = {
  readonly title: string;
  readonly since?: string | undefined;
  readonly reason?: string | undefined;
  readonly nextAt?: string | undefined;
};

export const troublesOf = ({ overview, fault }: Pick<Feed, 'overview' | 'fault'>): readonly Trouble[] => [
  ...(fault === undefined ? [] : [{ title: 'planwatch cannot read what it remembers', reason: fault }]),
  ...(overview?.sources ?? []).flatMap(({ name, failing }) =>
    failing ? [{ ...failing, title: `The release plans of ${name} cannot be read` }] : [],
  ),
  ...(overview?.destinations ?? []).flatMap(({ name, failing }) =>
    failing ? [{ ...failing, title: `Messages do not get through to ${name}` }] : [],
  ),
  ...givenUp(overview?.deadLetters.length ?? 0, overview?.moreDeadLetters === true),
];

const givenUp = (count: number, more: boolean): readonly Trouble[] =>
  count === 0
    ? []
    : [{ title: `${more ? 'More than ' : ''}${count} message${count === 1 ? ' was' : 's were'} given up` }];

/** The far end's words as a sentence of ours. */
export const sentence = (words: string): string =>
  words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?…]$/.test(words) ? '' : '.'}`;
