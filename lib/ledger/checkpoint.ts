import { isRecord, type ReleasePlan } from '../core/plan.ts';
import type { Identity, ObjectStore } from '../ports.ts';
import { getBody, isCount, isText, parse, type Reading, readBody, writeDocument } from './document.ts';
import { isIdentity } from './log.ts';
import { arePlans } from './shapes.ts';

/** The last list seen and the revision it belongs to: a cache of the log's end, so losing it loses nothing. */
export type Checkpoint = {
  readonly v: 1;
  readonly revision: number;
  /** Of the list's body as received; empty when the next look must read the list whatever it holds. */
  readonly digest: string;
  readonly at: string;
  readonly identity: Identity;
  readonly plans: readonly ReleasePlan[];
};

/** All but the plans, which stand last: enough for a look that finds the same list, however long that is. */
export type CheckpointHead = Omit<Checkpoint, 'plans'> & {
  /** How many plans there are. */
  readonly count: number;
};

export type StoredCheckpoint = {
  /** Absent where there is no checkpoint, or it must be read whole to say anything about it. */
  readonly head?: CheckpointHead;
  /** The whole. What is damaged behind its head shows only here. */
  open(): Promise<Reading<Checkpoint>>;
};

export function createCheckpoints(store: ObjectStore) {
  const keyOf = (source: string) => `checkpoint/${source}.json`;
  const fetchOne = async (source: string): Promise<StoredCheckpoint> => {
    let body = await getBody(store, keyOf(source));
    const head = body === undefined ? undefined : headOf(body);
    let reading: Promise<Reading<Checkpoint>> | undefined;
    const open = () => {
      reading ??= readBody<Checkpoint>(store, keyOf(source), body, isCheckpoint);
      // A long text, which whoever waits for the rest of a look would keep.
      body = undefined;
      return reading;
    };
    return { ...(head && { head }), open };
  };
  return {
    fetch: fetchOne,
    load: async (source: string): Promise<Reading<Checkpoint>> => (await fetchOne(source)).open(),
    save: (source: string, { plans, ...rest }: Checkpoint): Promise<void> => {
      const head: CheckpointHead = { ...rest, count: plans.length };
      return writeDocument(store, keyOf(source), { ...head, plans } as Checkpoint);
    },
  };
}

/** Within a text JSON escapes its quotes, so this stands only before the plans themselves. */
const beforePlans = ',"plans":[';

function headOf(body: string): CheckpointHead | undefined {
  const end = body.indexOf(beforePlans);
  if (end < 0 || !body.endsWith(']}')) return undefined;
  const head = parse(`${body.slice(0, end)}}`);
  return isRecord(head) && head['v'] === 1 && isHead(head) && isCount(head['count'])
    ? (head as CheckpointHead)
    : undefined;
}

const isHead = (document: Record<string, unknown>): boolean =>
  isCount(document['revision']) &&
  isText(document['digest']) &&
  isText(document['at']) &&
  isIdentity(document['identity']);

const isCheckpoint = (document: Record<string, unknown>): boolean => isHead(document) && arePlans(document['plans']);
