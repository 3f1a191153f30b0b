import type { NoticeEvent } from '../core/event.ts';
import { isRecord } from '../core/plan.ts';
import type { ObjectStore } from '../ports.ts';
import { isCount, isOptionalText, isText, readDocument, writeDocument } from './document.ts';
import { areEvents } from './shapes.ts';

/** What is known of one destination. Attempts are counted here: a queue's receive count of the tail grows with the head's. */
export type Lane = {
  readonly v: 1;
  /**
   * The last delivery that was begun, and for the how manieth time. With `notBefore` its answer is known; without, and
   * without a receipt, we died (or could not write) between the answer and the receipt. `unsure`: so did an earlier one.
   * `since`: when the first of these was made.
   */
  readonly attempt?: {
    readonly id: string;
    readonly n: number;
    readonly at: string;
    readonly unsure?: true;
    readonly since?: string;
  };
  readonly notBefore?: string;
  readonly failingSince?: string;
  /** The provider's own words at the last failure. */
  readonly reason?: string;
  readonly told?: {
    /** `destination.failing` was told, and not yet taken back. */
    readonly failing?: true;
    /** When `delivery.dead` was last told, and how many were given up since. */
    readonly deadAt?: string;
    readonly deadUntold?: number;
    /** The delivery that was last given up: it counts once, however often that is begun again. */
    readonly lastDead?: string;
    /** Notices about this destination that are decided and perhaps not queued yet. */
    readonly notices?: readonly NoticeEvent[];
  };
  /** Messages that the provider's pace still allowed at `tokensAt`, which without edits since then is `attempt.at`. */
  readonly tokens?: number;
  readonly tokensAt?: string;
  /** The channel's own: what its last send asked to remember. */
  readonly memory?: string;
};

export const quietLane: Lane = { v: 1 };

export function createLanes(store: ObjectStore) {
  const keyOf = (destination: string) => `lanes/${destination}.json`;
  return {
    /** A damaged lane is a quiet one: what it counted starts again, what it held back is tried at once. */
    async load(destination: string): Promise<Lane> {
      const reading = await readDocument<Lane>(store, keyOf(destination), isLane);
      return reading.kind === 'found' ? reading.value : quietLane;
    },
    save: (destination: string, lane: Lane): Promise<void> => writeDocument(store, keyOf(destination), lane),
  };
}

const isLane = (lane: Record<string, unknown>): boolean =>
  (lane['attempt'] === undefined || isAttempt(lane['attempt'])) &&
  [lane['notBefore'], lane['failingSince'], lane['tokensAt']].every(isOptionalTime) &&
  [lane['reason'], lane['memory']].every(isOptionalText) &&
  (lane['told'] === undefined || isToldPart(lane['told'])) &&
  (lane['tokens'] === undefined || typeof lane['tokens'] === 'number');

const isAttempt = (attempt: unknown): boolean =>
  isRecord(attempt) &&
  isText(attempt['id']) &&
  isCount(attempt['n']) &&
  isTime(attempt['at']) &&
  isOptionalTime(attempt['since']);

const isToldPart = (told: unknown): boolean =>
  isRecord(told) && (told['notices'] === undefined || areEvents(told['notices']));

const isOptionalTime = (value: unknown): boolean => value === undefined || isTime(value);
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value));
