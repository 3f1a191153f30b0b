import { isRecord } from '../core/plan.ts';
import type { ObjectStore } from '../ports.ts';
import { isCount, isOptionalText, isText, readDocument, writeDocument } from './document.ts';

/** How the looks at one source go. Written only when it changes. */
export type Health = {
  readonly v: 1;
  /** Failed looks in a row. */
  readonly failures: number;
  readonly since?: string;
  readonly reason?: string;
  /** The `source.unreachable` event that is told and not yet taken back. */
  readonly told?: string;
  readonly lastGood?: string;
  /** Plans that one complete list did not show, and when that was first so. */
  readonly missing?: Readonly<Record<string, string>>;
  /** The list does not show every plan, though it says so: the event that told it, and when a plan was last asked for. */
  readonly truncated?: { readonly told: string; readonly asked: string };
  /** The `source.degraded` event which told that nobody may ask why a plan failed. */
  readonly unexplained?: string;
};

export const healthy: Health = { v: 1, failures: 0 };

export function createHealth(store: ObjectStore) {
  const keyOf = (source: string) => `health/${source}.json`;
  return {
    /** Damaged is as good as none: it only counts, and counting starts again. */
    async load(source: string): Promise<Health> {
      const reading = await readDocument<Health>(store, keyOf(source), isHealth);
      return reading.kind === 'found' ? reading.value : healthy;
    },
    save: (source: string, health: Health): Promise<void> => writeDocument(store, keyOf(source), health),
  };
}

const isHealth = ({
  failures,
  since,
  reason,
  told,
  lastGood,
  missing,
  truncated,
  unexplained,
}: Record<string, unknown>): boolean =>
  isCount(failures) &&
  [since, reason, told, lastGood, unexplained].every(isOptionalText) &&
  (missing === undefined || (isRecord(missing) && Object.values(missing).every(isText))) &&
  (truncated === undefined || (isRecord(truncated) && isText(truncated['told']) && isText(truncated['asked'])));
