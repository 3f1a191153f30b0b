import type { QueueMessage } from '../core/delivery.ts';
import { isRecord } from '../core/plan.ts';
import type { ObjectStore } from '../ports.ts';
import { isCount, isText, type Reading, readDocument, writeDocument } from './document.ts';
import { isQueueMessage } from './queue-message.ts';

/** A delivery given up, whole, so that it can be sent again. */
export type DeadLetter = {
  readonly v: 1;
  readonly delivery: QueueMessage;
  /** Why it was given up. */
  readonly reason: string;
  /** The provider's own words. */
  readonly answer: string;
  readonly attempts: number;
  readonly firstAt: string;
  readonly at: string;
};

type Which = { readonly destination: string; readonly id: string };

export function createDeadLetters(store: ObjectStore) {
  const keyOf = ({ destination, id }: Which) => `dead-letters/${destination}/${id}.json`;
  const read = (key: string): Promise<Reading<DeadLetter>> => readDocument<DeadLetter>(store, key, isDeadLetter);
  /** Without reading them: a long outage leaves thousands. */
  const keys = (destination?: string): AsyncIterable<string> =>
    store.list(destination === undefined ? 'dead-letters/' : `dead-letters/${destination}/`);
  return {
    keys,
    find: (which: Which): Promise<Reading<DeadLetter>> => read(keyOf(which)),
    write: (letter: DeadLetter): Promise<void> => writeDocument(store, keyOf(letter.delivery), letter),
    remove: (which: Which): Promise<void> => store.remove(keyOf(which)),
    /** Every dead letter of one destination, or of all; a damaged one as such, with its key. */
    async *all(destination?: string): AsyncGenerator<{ readonly key: string; readonly reading: Reading<DeadLetter> }> {
      for await (const key of keys(destination)) yield { key, reading: await read(key) };
    },
  };
}

const isDeadLetter = ({ delivery, reason, answer, attempts, firstAt, at }: Record<string, unknown>): boolean =>
  isRecord(delivery) && isQueueMessage(delivery) && [reason, answer, firstAt, at].every(isText) && isCount(attempts);
