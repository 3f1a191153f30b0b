import { contentOf } from '../core/delivery.ts';
import type { PlanEvent } from '../core/event.ts';
import { brokenFor, type Life, mustRing } from '../core/living.ts';
import type { Message } from '../core/message.ts';
import { type Gone, isTold, type Outcome } from '../core/outcome.ts';
import type { Posted } from '../ledger/messages.ts';
import { ask, callsOf, leftBehind, messageOf, post, type Saying } from './saying.ts';

// What a message that is edited and one that opens a thread have in common: a plan has one, and it is known again.

/**
 * The first message about a plan, or one in place of a message that is gone. `replaces`: of another one something is left.
 * `first`: a process that was thought dead has posted one meanwhile, and that one stays the plan's message.
 */
export async function open(
  saying: Saying,
  event: PlanEvent,
  { life, replaces, words }: { readonly life: Life; readonly replaces: boolean; readonly words: () => Message },
): Promise<{ readonly outcome: Outcome; readonly first?: Posted | undefined }> {
  const { deps, queued } = saying;
  const outcome = await post(saying, words);
  // Taken in without a name, it cannot be found again: the next change is a post too.
  if (!isTold(outcome) || outcome.reference === undefined) return { outcome };
  const { messages } = deps.ledger;
  const posted = record({ reference: outcome.reference, opened: contentOf([event]) }, life, deps.now());
  if (replaces) await messages.save(queued.destination, event, posted);
  else if (!(await messages.open(queued.destination, event, posted))) {
    return { outcome, first: (await messages.find(queued.destination, event)).posted };
  }
  return { outcome };
}

/** Below that message; in a chat that cannot answer one it is a post. */
export async function reply(
  saying: Saying,
  words: () => Message,
  reference: string,
  ring: boolean,
): Promise<Outcome | Gone> {
  const { target, how } = saying;
  const { channel } = target;
  const answer = channel.reply;
  if (!answer) return post(saying, words);
  const found = await leftBehind(saying, reference);
  return found ?? ask(target, words, (message, plain) => answer(reference, message, { ...how, plain, ring }));
}

/** The event by itself, as a reply says it. */
export const wordsInThread = (saying: Saying, event: PlanEvent, life: Life) => () =>
  messageOf(saying, brokenFor(life, event));

export const rings = (saying: Saying, event: PlanEvent, life: Life): boolean =>
  mustRing(event, life) || callsOf(saying).length > 0;

/** `unsaid`: the event that is still to ring. */
export const record = (
  { reference, opened }: Pick<Posted, 'reference' | 'opened'>,
  life: Life,
  now: Date,
  unsaid?: string,
): Posted => ({
  v: 1,
  reference,
  opened,
  last: life.shown.id,
  at: now.toISOString(),
  life,
  ...(unsaid !== undefined && { unsaid }),
});
