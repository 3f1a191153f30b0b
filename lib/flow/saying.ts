import { styleOf } from '../core/config.ts';
import type { QueueMessage } from '../core/delivery.ts';
import { composeMessage, type Message } from '../core/message.ts';
import type { Gone, Outcome, Told } from '../core/outcome.ts';
import { mentionsFor } from '../core/route.ts';
import type { Destination, How } from '../ports.ts';
import { errorText } from './error-text.ts';
import type { LaneDeps } from './lane-deps.ts';

/** One attempt to tell one delivery. */
export type Saying = {
  readonly deps: LaneDeps;
  readonly target: Destination;
  readonly queued: QueueMessage;
  readonly how: Omit<How, 'plain'>;
  /** When the first attempt was made that may have been seen (RFC 3339); absent: there was none. */
  readonly unsureSince?: string;
};

/** A post of its own; where an earlier one may have been seen, the chat is asked for it first. */
export async function post(saying: Saying, words: () => Message): Promise<Outcome> {
  const { target, how } = saying;
  const found = await leftBehind(saying);
  return found ?? ask(target, words, (message, plain) => target.channel.send(message, { ...how, plain }));
}

/** What an earlier attempt left in the chat, or below the message `under`, where the chat can say so. */
export async function leftBehind(
  { target, queued, how, unsureSince }: Saying,
  under?: string,
): Promise<Told | undefined> {
  if (unsureSince === undefined) return undefined;
  const search = {
    to: queued.destination,
    signal: how.signal,
    since: unsureSince,
    ...(under !== undefined && { under }),
  };
  return target.channel.find?.(queued.id, search);
}

/**
 * Once, and once more as plain text where it was rejected. A message that we cannot draw is a mistake of ours about this
 * one: it is kept as a dead letter, and the next one goes.
 */
export async function ask<T extends Outcome | Gone>(
  { hasPlain }: Destination,
  words: () => Message,
  send: (message: Message, plain: boolean) => Promise<T>,
): Promise<T | Outcome> {
  try {
    const message = words();
    const outcome = await send(message, false);
    return outcome.kind === 'rejected' && hasPlain ? await send(message, true) : outcome;
  } catch (error) {
    return { kind: 'rejected', reason: `planwatch could not put it into words: ${errorText(error)}` };
  }
}

/** `brokenMs`: how long it was broken, where this tells that it is whole again. */
export function messageOf(saying: Saying, brokenMs?: number): Message {
  const { deps, queued } = saying;
  const telling = { ...tellingOf(saying), events: queued.events, brokenMs };
  return composeMessage(telling, styleOf(deps.routing, queued.destination));
}

export const tellingOf = (saying: Saying) => ({
  id: saying.queued.id,
  to: saying.queued.destination,
  mention: callsOf(saying),
  unsure: saying.unsureSince !== undefined,
  repeat: saying.queued.repeat === true,
});

/** Whom it calls: each once, whichever routes name them. */
export const callsOf = ({ deps, queued }: Saying): string[] => [
  ...new Set(queued.events.flatMap((event) => mentionsFor(event, queued.destination, deps.routing.routes))),
];
