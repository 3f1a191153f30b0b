import { contentOf, type QueueMessage } from '../core/delivery.ts';
import { isPlanEvent } from '../core/event.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { LaneDeps, Step } from './lane-deps.ts';

type Why = { readonly reason: string; readonly answer: string; readonly attempts: number };

/**
 * Turns a message into a dead letter: first it is counted in the lane, for whoever tells people (`lane.ts`), then comes the
 * letter, then the receipt that settles it. Dying in between does the rest again, and counts it once.
 */
export async function giveUp(deps: LaneDeps, lane: Lane, message: QueueMessage, why: Why): Promise<Step> {
  const { ledger, now } = deps;
  const { id, destination, events } = message;
  const at = now().toISOString();
  const counted = count(lane, message);
  await ledger.lanes.save(destination, counted);
  await ledger.deadLetters.write({ v: 1, delivery: message, ...why, firstAt: lane.failingSince ?? at, at });
  await ledger.receipts.write(message, {
    v: 1,
    outcome: 'dead',
    at,
    attempts: why.attempts,
    content: contentOf(events),
    ...(lane.attempt?.id === id && lane.attempt.unsure && { unsure: true }),
  });
  const reason = [why.reason, why.answer].filter(Boolean).join(' ');
  return { lane: counted, result: { id, destination, message, outcome: 'dead', reason, attempts: why.attempts } };
}

/** A notice about a delivery is given up in silence: telling of it would never end. */
function count(lane: Lane, { id, events }: QueueMessage): Lane {
  const { attempt, ...rest } = lane;
  // The next delivery of this id is a new story; of another id, its attempt says when the lane last failed.
  const isOpen = attempt?.id === id && lane.notBefore === undefined;
  // What may have been seen stays so until the receipt says it.
  const after = isOpen ? attempt.unsure && { ...attempt, n: 0 } : attempt;
  const aboutDelivery = events.every((event) => !isPlanEvent(event) && event.destination !== undefined);
  const already = aboutDelivery || lane.told?.lastDead === id;
  const deadUntold = (lane.told?.deadUntold ?? 0) + (already ? 0 : 1);
  return {
    ...rest,
    ...(after && { attempt: after }),
    told: { ...lane.told, lastDead: id, ...(deadUntold > 0 && { deadUntold }) },
  };
}
