import type { ObjectStore } from '../ports.ts';
import { isCount, isOptionalText, isText, readDocument, writeDocument } from './document.ts';

/** The record that a delivery is settled: told, taken in, or given up. */
export type Receipt = {
  readonly v: 1;
  readonly outcome: 'delivered' | 'accepted' | 'dead';
  readonly at: string;
  readonly attempts: number;
  /** sha256 of the told events: after a lost log the same id can mean something else. */
  readonly content: string;
  readonly reference?: string;
  /** Given up, but an answer was lost on the way: it may have been seen. */
  readonly unsure?: true;
};

/** What is asked: has this been settled, in these words? */
export type Asked = { readonly destination: string; readonly id: string; readonly content: string };

export type Receipts = ReturnType<typeof createReceipts>;

export function createReceipts(store: ObjectStore) {
  const keyOf = ({ destination, id }: Pick<Asked, 'destination' | 'id'>) => `receipts/${destination}/${id}.json`;
  /** Whatever the words were. A damaged receipt is no receipt: the message is told again. */
  async function read(of: Pick<Asked, 'destination' | 'id'>): Promise<Receipt | undefined> {
    const reading = await readDocument<Receipt>(store, keyOf(of), isReceipt);
    return reading.kind === 'found' ? reading.value : undefined;
  }
  return {
    read,
    async find(asked: Asked): Promise<Receipt | undefined> {
      const receipt = await read(asked);
      return receipt?.content === asked.content ? receipt : undefined;
    },
    write: (of: Pick<Asked, 'destination' | 'id'>, receipt: Receipt): Promise<void> =>
      writeDocument(store, keyOf(of), receipt),
  };
}

const isReceipt = ({ outcome, at, attempts, content, reference }: Record<string, unknown>): boolean =>
  (outcome === 'delivered' || outcome === 'accepted' || outcome === 'dead') &&
  isText(at) &&
  isCount(attempts) &&
  isText(content) &&
  isOptionalText(reference);
