import type { Style } from '../core/config.ts';
import type { NoticeEvent } from '../core/event.ts';
import type { Routing } from '../core/route.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Destination, ObjectStore, Queue } from '../ports.ts';
import type { DeliveryResult } from './delivery-result.ts';

/** What it takes to tell the messages of a destination. */
export type LaneDeps = {
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  readonly queue: Queue;
  /** undefined: the configuration has no such destination (any more). */
  readonly destination: (name: string) => Promise<Destination | undefined>;
  readonly routing: Routing & Style;
  readonly giveUpAfterMs: number;
  readonly now: () => Date;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What happened to a destination, and who will hear of it: nobody, where the failing one is the only one for notices. */
  readonly onNotice?: (notice: NoticeEvent, to: readonly string[]) => void;
};

/** What one message did: the lane after it, and whether the next may go. */
export type Step = {
  readonly lane: Lane;
  readonly result: Omit<DeliveryResult, 'handle'>;
  /** The lane stops here; the message comes again in so many ms. */
  readonly againInMs?: number;
};

/** A send is begun only while it can still end, and be written down, before the function is stopped. */
export const sendMs = 10_000;
export const reserveMs = 3_000;
export const outOfTime = 'No time was left in this run.';
/**
 * What fails for reasons of our own (the store is down, a time-out that is too short) comes again after 10 s, 20 s, … 25 min:
 * soon at first, and never the thousand times within fourteen days at which SQS would take it away (maxReceiveCount).
 */
export const againMs = (tries = 1): number => Math.min(10_000 * 2 ** Math.min(Math.max(tries, 1) - 1, 10), 1_500_000);
