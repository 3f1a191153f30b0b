import type { QueueMessage } from '../core/delivery.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Queue } from '../ports.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { flushNotices, noteGivenUp } from './destination-notices.ts';
import { errorText } from './error-text.ts';
import { againMs, type LaneDeps, outOfTime, reserveMs, sendMs } from './lane-deps.ts';
import { tell } from './tell.ts';

/** The messages of one destination that came in one batch, in order. */
export type Group = readonly {
  readonly handle: string;
  readonly message: QueueMessage;
  readonly tries?: number | undefined;
}[];

/** SQS hides a message for at most 12 h from its receipt. */
const longestDelayMs = 11 * 3_600_000;

/** Tells one destination what is in hand, in order, up to the first message that has to wait. */
export async function runLane(
  deps: LaneDeps,
  destination: string,
  group: Group,
  remaining: () => number,
): Promise<readonly DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  const hasTime = () => remaining() >= sendMs + reserveMs;
  let lane: Lane | undefined;
  try {
    for (const [index, { handle, message }] of group.entries()) {
      if (!hasTime()) {
        await hold(deps.queue, group.slice(index), againMs(group[index]?.tries));
        return [...results, ...stillWaiting(group.slice(index), outOfTime)];
      }
      lane ??= await flushNotices(deps, destination, await deps.ledger.lanes.load(destination));
      const step = await tell(deps, lane, message, group.length - index, hasTime);
      lane = step.lane;
      results.push({ handle, ...step.result });
      if (step.againInMs !== undefined) {
        // The lane is written already. The head waits; its tail is visible at once and still stays behind it.
        await hold(deps.queue, group.slice(index), step.againInMs);
        results.push(...stillWaiting(group.slice(index + 1), 'It waits behind an earlier message.'));
        break;
      }
    }
    const given = lane && noteGivenUp(lane, destination, deps.now());
    if (given) {
      await deps.ledger.lanes.save(destination, given);
      await flushNotices(deps, destination, given);
    }
  } catch (error) {
    // The store, the queue, or a mistake of ours. Where all were told and only a notice about the lane could not be queued,
    // the last one comes again: its receipt settles it, and the notice goes with it.
    const index = Math.min(results.length, group.length - 1);
    await hold(deps.queue, group.slice(index), againMs(group[index]?.tries));
    return [...results.slice(0, index), ...failed(group.slice(index), errorText(error))];
  }
  return results;
}

const failed = (group: Group, reason: string): DeliveryResult[] =>
  group.map(({ handle, message: { id, destination } }, index) => ({
    handle,
    id,
    destination,
    outcome: 'failed',
    reason,
    // What is behind the first one was not begun.
    ...(index === 0 && { cause: 'other' }),
  }));

const stillWaiting = (group: Group, reason: string): DeliveryResult[] =>
  group.map(({ handle, message: { id, destination } }) => ({ handle, id, destination, outcome: 'waiting', reason }));

/** Only a courtesy: without it the whole group comes again when its visibility time ends. */
async function hold(queue: Queue, group: Group, headMs: number): Promise<void> {
  const seconds = Math.ceil(Math.min(headMs, longestDelayMs) / 1000);
  for (const [index, { handle }] of group.entries()) {
    await queue.delay(handle, index === 0 ? seconds : 0).catch(() => undefined);
  }
}
