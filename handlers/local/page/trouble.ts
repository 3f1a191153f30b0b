import type { Feed } from './feed.ts';

/** What is wrong now. `since`, `nextAt`: RFC 3339. */
export type Trouble = {
  readonly title: string;
  readonly since?: string | undefined;
  readonly reason?: string | undefined;
  readonly nextAt?: string | undefined;
};

export const troublesOf = ({ snapshot, connection, fault }: Feed): readonly Trouble[] => [
  ...(connection === 'lost'
    ? [{ title: 'Connection lost, reconnecting', reason: 'what is below may be old. Does planwatch still run?' }]
    : []),
  ...(fault === undefined ? [] : [{ title: 'planwatch cannot read what it remembers', reason: fault }]),
  ...(snapshot?.sources ?? []).flatMap(({ name, failing }) =>
    failing ? [{ ...failing, title: `The release plans of ${name} cannot be read` }] : [],
  ),
  ...(snapshot?.destinations ?? []).flatMap(({ name, failing }) =>
    failing ? [{ ...failing, title: `Messages do not get through to ${name}` }] : [],
  ),
  ...givenUp(snapshot?.messages.filter(({ state }) => state.kind === 'dead').length ?? 0),
];

const givenUp = (count: number): readonly Trouble[] => {
  const reason = 'What is given up is kept as a dead letter, and a backfill with deadLetters sends it again';
  if (count === 0) return [];
  return [{ title: count === 1 ? 'A message below was given up' : `${count} messages below were given up`, reason }];
};

/** The far end's words as a sentence of ours. */
export const sentence = (words: string): string =>
  words === '' ? '' : `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?…]$/.test(words) ? '' : '.'}`;
