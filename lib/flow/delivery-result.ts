import type { QueueMessage } from '../core/delivery.ts';
import type { FailureCause } from '../core/failure-cause.ts';

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
