import { styleOf } from '../core/config.ts';
import { contentOf, type QueueMessage } from '../core/delivery.ts';
import { isPlanEvent, type PlanEvent } from '../core/event.ts';
import { brokenFor, type Life, mustRing, withEvent } from '../core/living.ts';
import { composeLife, composeMessage, type Message } from '../core/message.ts';
import { type Gone, isTold, type Outcome, type Told } from '../core/outcome.ts';
import { mentionsFor } from '../core/route.ts';
import type { Posted } from '../ledger/messages.ts';
import type { Destination, How } from '../ports.ts';
import type { LaneDeps } from './lane.ts';
import { wordsOf } from './words.ts';

/** One attempt to tell one delivery. */
export type Saying = {
  readonly deps: LaneDeps;
  readonly target: Destination;
  readonly queued: QueueMessage;
  readonly how: Omit<How, 'plain'>;
  /** When the first attempt was made that may have been seen; absent: there was none. */
  readonly unsureSince?: string;
};

/** Says it in the destination's style. Throws only for what is ours: the store did not take what has to be remembered. */
export async function say(saying: Saying): Promise<Outcome> {
  const { target, queued } = saying;
  const { style = 'each', channel } = target;
  const [event, ...more] = queued.events;
  // Asked for again by hand, it is a post of its own: the plan's message shows it already.
  if (event && more.length === 0 && isPlanEvent(event) && queued.repeat === undefined) {
    // Without the means (its secret could not be read, its kind has no replies) each change is a post.
    if (style === 'living' && channel.edit) return sayByEdit(saying, event);
    if (style === 'thread' && channel.reply) return sayInThread(saying, event);
  }
  return post(saying, () => messageOf(saying));
}

async function sayByEdit(saying: Saying, event: PlanEvent): Promise<Outcome> {
  const { deps, queued } = saying;
  const { posted, damaged } = await deps.ledger.messages.find(queued.destination, event);
  if (!posted) return open(saying, event, withEvent(undefined, event), damaged);
  const shown = await show(saying, event, posted);
  if (shown.kind === 'gone') return open(saying, event, withEvent(posted.life, event), true);
  if (shown.kind !== 'shown') return shown;
  const { life, isNews, told } = shown;
  const hasRung = !isNews && posted.opened === contentOf([event]);
  if (hasRung || !(mustRing(event, life) || callsOf(saying).length > 0)) return told;
  // What it shows is written down before it rings: where it is news, nobody has heard of it yet.
  const { unsureSince, ...first } = saying;
  return ring(isNews ? first : saying, event, life, posted.reference);
}

type Shown = { readonly kind: 'shown'; readonly life: Life; readonly isNews: boolean; readonly told: Told };

/** Makes the plan's message show the event, where it does not yet, and writes that down. */
export async function show(saying: Saying, event: PlanEvent, posted: Posted): Promise<Shown | Gone | Outcome> {
  const { deps, target, queued, how } = saying;
  const life = withEvent(posted.life, event);
  const told: Told = { kind: 'delivered', reference: posted.reference };
  if (life === posted.life) return { kind: 'shown', life, isNews: false, told };
  const words = () => composeLife(life, { id: life.shown.id }, styleOf(deps.routing, queued.destination));
  const { edit = unable } = target.channel;
  const outcome = await ask(target, words, (message, plain) => edit(posted.reference, message, { ...how, plain }));
  if (!isTold(outcome)) return certain(outcome);
  await deps.ledger.messages.save(queued.destination, event, record(posted, life, deps.now()));
  return { kind: 'shown', life, isNews: true, told: { ...told, ...outcome, reference: posted.reference } };
}

/** An edit that is made twice is one edit, so one whose answer was lost leaves nothing in doubt. */
function certain<T extends Gone | Outcome>(outcome: T): T {
  if (outcome.kind !== 'retry') return outcome;
  const { unsure, ...rest } = outcome;
  return rest as T;
}

async function ring(saying: Saying, event: PlanEvent, life: Life, reference: string): Promise<Outcome> {
  const words = () => messageOf(saying, life.shown.id === event.id ? brokenFor(life) : undefined);
  const outcome = await reply(saying, words, reference, true);
  // Somebody deleted it since it was edited: then this is the post that rings, and the next change opens a new one.
  const said = outcome.kind === 'gone' ? await post(saying, words) : outcome;
  return isTold(said) ? { ...said, reference } : said;
}

async function sayInThread(saying: Saying, event: PlanEvent): Promise<Outcome> {
  const { deps, queued } = saying;
  const { posted, damaged } = await deps.ledger.messages.find(queued.destination, event);
  const life = withEvent(posted?.life, event);
  if (!posted) return open(saying, event, life, damaged);
  if (life === posted.life) return { kind: 'delivered', reference: posted.reference };
  const words = () => messageOf(saying, life.shown.id === event.id ? brokenFor(life) : undefined);
  const rings = mustRing(event, life) || callsOf(saying).length > 0;
  const outcome = await reply(saying, words, posted.reference, rings);
  if (outcome.kind === 'gone') return open(saying, event, life, true);
  if (!isTold(outcome)) return outcome;
  const { reference, alone } = outcome;
  // It took the place of the first one, which is gone: what comes goes below it.
  const first = alone && reference !== undefined ? { reference, opened: contentOf([event]) } : posted;
  await deps.ledger.messages.save(queued.destination, event, record(first, life, deps.now()));
  return outcome;
}

/** The first message about a plan, or one in place of a message that is gone. `replaces`: of another one something is left. */
async function open(saying: Saying, event: PlanEvent, life: Life, replaces: boolean): Promise<Outcome> {
  const { deps, target, queued } = saying;
  const style = styleOf(deps.routing, queued.destination);
  const outcome = await post(saying, () =>
    target.style === 'living' ? composeLife(life, tellingOf(saying), style) : messageOf(saying),
  );
  // Taken in without a name, it cannot be found again: the next change is a post too.
  if (!isTold(outcome) || outcome.reference === undefined) return outcome;
  const { messages } = deps.ledger;
  const posted = record({ reference: outcome.reference, opened: contentOf([event]) }, life, deps.now());
  if (replaces) {
    await messages.save(queued.destination, event, posted);
    return outcome;
  }
  if (await messages.open(queued.destination, event, posted)) return outcome;
  // A process that was thought dead has posted one meanwhile: the first stays the plan's message, and must show this too.
  const { posted: first } = await messages.find(queued.destination, event);
  const shown = first && target.style === 'living' ? await show(saying, event, first) : outcome;
  return shown.kind === 'shown' || shown.kind === 'gone' ? outcome : shown;
}

const record = ({ reference, opened }: Pick<Posted, 'reference' | 'opened'>, life: Life, now: Date): Posted => ({
  v: 1,
  reference,
  opened,
  last: life.shown.id,
  at: now.toISOString(),
  life,
});

/** A post of its own; where an earlier one may have been seen, the chat is asked for it first. */
async function post(saying: Saying, words: () => Message): Promise<Outcome> {
  const { target, how } = saying;
  const found = await lost(saying);
  return found ?? ask(target, words, (message, plain) => target.channel.send(message, { ...how, plain }));
}

async function reply(saying: Saying, words: () => Message, reference: string, ring: boolean): Promise<Outcome | Gone> {
  const { target, how } = saying;
  const { channel } = target;
  const answer = channel.reply;
  if (!answer) return post(saying, words);
  const found = await lost(saying, reference);
  return found ?? ask(target, words, (message, plain) => answer(reference, message, { ...how, plain, ring }));
}

async function lost({ target, queued, how, unsureSince }: Saying, under?: string): Promise<Told | undefined> {
  if (unsureSince === undefined) return undefined;
  const { signal } = how;
  return target.channel.find?.(queued.id, { signal, since: unsureSince, ...(under !== undefined && { under }) });
}

/**
 * Once, and once more as plain text where it was rejected. A message that we cannot draw is a mistake of ours about this
 * one: it is kept as a dead letter, and the next one goes.
 */
async function ask<T extends Outcome | Gone>(
  { hasPlain }: Destination,
  words: () => Message,
  send: (message: Message, plain: boolean) => Promise<T>,
): Promise<T | Outcome> {
  try {
    const message = words();
    const outcome = await send(message, false);
    return outcome.kind === 'rejected' && hasPlain ? await send(message, true) : outcome;
  } catch (error) {
    return { kind: 'rejected', reason: `planwatch could not put it into words: ${wordsOf(error)}` };
  }
}

const unable = async (): Promise<Gone> => ({ kind: 'gone', reason: 'This kind of destination cannot edit.' });

function messageOf(saying: Saying, brokenMs?: number): Message {
  const { deps, queued } = saying;
  const telling = { ...tellingOf(saying), events: queued.events, brokenMs };
  return composeMessage(telling, styleOf(deps.routing, queued.destination));
}

const tellingOf = (saying: Saying) => ({
  id: saying.queued.id,
  mention: callsOf(saying),
  unsure: saying.unsureSince !== undefined,
  repeat: saying.queued.repeat === true,
});

const callsOf = ({ deps, queued }: Saying): string[] => [
  ...new Set(queued.events.flatMap((event) => mentionsFor(event, queued.destination, deps.routing.routes))),
];
