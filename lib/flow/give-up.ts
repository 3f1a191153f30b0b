import { contentOf, type QueueMessage } from '../core/delivery.ts';
import { isPlanEvent } from '../core/event.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { LaneDeps, Step } from './lane.ts';

type Why = { readonly reason: string; readonly answer: string; readonly attempts: number };

/** Turns a message into a dead letter: first the letter, then the receipt that settles it, then the count that is told. */
export async function giveUp(deps: LaneDeps, lane: Lane, message: QueueMessage, why: Why): Promise<Step> {
  const { ledger, now } = deps;
  const { id, destination } = message;
  const at = now().toISOString();
  await ledger.deadLetters.write({ v: 1, delivery: message, ...why, firstAt: lane.failingSince ?? at, at });
  await ledger.receipts.write(message, {
    v: 1,
    outcome: 'dead',
    at,
    attempts: why.attempts,
    content: contentOf(message.events),
  });
  const after = await count(deps, lane, message);
  const reason = [why.reason, why.answer].filter(Boolean).join(' ');
  return { lane: after, result: { id, destination, message, outcome: 'dead', reason, attempts: why.attempts } };
}

/** Counted in the lane, told by `tellGivenUp`. A notice about a delivery that dies is told to nobody: it would never end. */
async function count({ ledger }: LaneDeps, lane: Lane, message: QueueMessage): Promise<Lane> {
  const { attempt, ...rest } = lane;
  // The next delivery of this id is a new story; of another id, its attempt says when the lane last failed.
  const kept = attempt && (attempt.id !== message.id || lane.notBefore !== undefined) ? { attempt } : {};
  const aboutDelivery = message.events.every((event) => !isPlanEvent(event) && event.destination !== undefined);
  const told = aboutDelivery ? lane.told : { ...lane.told, deadSince: (lane.told?.deadSince ?? 0) + 1 };
  const after: Lane = { ...rest, ...kept, ...(told && { told }) };
  await ledger.lanes.save(message.destination, after);
  return after;
}
