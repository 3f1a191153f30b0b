import type { QueueMessage } from '../core/delivery.ts';
import type { FailureCause } from '../core/failure-cause.ts';
import { NewerVersionError, quarantine } from '../ledger/document.ts';
import { parseQueueMessage } from '../ledger/queue-message.ts';
import type { Received } from '../ports.ts';
import { againMs, type Group, type LaneDeps, runLane } from './lane.ts';
import { wordsOf } from './words.ts';

/** What became of one message in hand: what a handler logs. */
export type DeliveryResult = {
  readonly handle: string;
  /** Delivery and destination; absent where the message could not be read. */
  readonly id?: string;
  readonly destination?: string;
  readonly outcome:
    | 'delivered'
    | 'accepted'
    /** Told before, or given up before. */
    | 'settled'
    | 'dead'
    /** Not readable: kept in `quarantine/`. */
    | 'parked'
    /** Back to the queue: the destination said "not now", or its turn has not come. */
    | 'waiting'
    /** Back to the queue: the store or the queue did not answer, or a mistake of ours. */
    | 'failed';
  readonly reason?: string;
  readonly attempts?: number;
  /** An attempt was made and failed; `other` too where the store or the queue kept it from being made. */
  readonly cause?: FailureCause;
  /** That attempt failed at a destination of which `destination.failing` has been told. */
  readonly failing?: true;
  /** How long the destination took to answer. */
  readonly ms?: number;
  /** From the event to the answer that it is told; absent where it was asked for by hand. */
  readonly seconds?: number;
  /** The events told, for a log line or a terminal. */
  readonly message?: QueueMessage;
};

/** Outcomes after which the message must stay in the queue. */
export const staysQueued = ({ outcome }: DeliveryResult): boolean => outcome === 'waiting' || outcome === 'failed';

/**
 * Tells one batch: groups (destinations) side by side, each in order. Never throws; a message that must come again is
 * `waiting` or `failed` in what is returned.
 */
export async function deliver(
  deps: LaneDeps,
  batch: readonly Received[],
  remaining: () => number,
): Promise<readonly DeliveryResult[]> {
  const groups = new Map<string, Group>();
  const blocked = new Set<string>();
  const results: DeliveryResult[] = [];
  for (const { handle, body, tries } of batch) {
    try {
      const message = parseQueueMessage(body);
      if (message && blocked.has(message.destination)) {
        const { id, destination } = message;
        results.push({ handle, id, destination, outcome: 'waiting', reason: 'It waits behind an earlier message.' });
      } else if (message) {
        const group = groups.get(message.destination) ?? [];
        groups.set(message.destination, [...group, { handle, message, tries }]);
      } else {
        const kept = await quarantine(deps.store, 'queue', body);
        results.push({ handle, outcome: 'parked', reason: `Not a message of planwatch; it is kept as ${kept}.` });
      }
    } catch (error) {
      // Of a newer version: the one that can read it may be deployed again soon.
      await deps.queue.delay(handle, againMs(tries) / 1000).catch(() => undefined);
      if (error instanceof NewerVersionError && error.destination !== undefined) blocked.add(error.destination);
      results.push({ handle, outcome: 'failed', reason: wordsOf(error), cause: 'other' });
    }
  }
  const lanes = [...groups].map(([destination, group]) => runLane(deps, destination, group, remaining));
  return [...results, ...(await Promise.all(lanes)).flat()];
}
