import type { ReleasePlan } from '../core/plan.ts';
import type { Identity, ObjectStore } from '../ports.ts';
import { isCount, isText, type Reading, readDocument, writeDocument } from './document.ts';
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

export function createCheckpoints(store: ObjectStore) {
  const keyOf = (source: string) => `checkpoint/${source}.json`;
  return {
    load: (source: string): Promise<Reading<Checkpoint>> =>
      readDocument<Checkpoint>(store, keyOf(source), isCheckpoint),
    save: (source: string, checkpoint: Checkpoint): Promise<void> => writeDocument(store, keyOf(source), checkpoint),
  };
}

const isCheckpoint = (document: Record<string, unknown>): boolean =>
  isCount(document['revision']) &&
  isText(document['digest']) &&
  isText(document['at']) &&
  isIdentity(document['identity']) &&
  arePlans(document['plans']);
