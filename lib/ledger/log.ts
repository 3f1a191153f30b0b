import type { Delivery } from '../core/delivery.ts';
import { type Event, revisionKey } from '../core/event.ts';
import { namePattern } from '../core/fault.ts';
import { isRecord, type ReleasePlan } from '../core/plan.ts';
import type { Identity, ObjectStore } from '../ports.ts';
import { isCount, isText, type Reading, readDocument } from './document.ts';
import { areEvents, arePlans } from './shapes.ts';

/** One revision of a source: what happened, and who is to hear of it. Never changed once it is there. */
export type LogEntry = {
  readonly v: 1;
  readonly revision: number;
  readonly at: string;
  readonly identity: Identity;
  readonly events: readonly Event[];
  readonly deliveries: readonly Delivery[];
  /** A baseline: the whole list, from which later entries count. */
  readonly plans?: readonly ReleasePlan[];
};

export type Log = ReturnType<typeof createLog>;

/** The append-only record of each source: outbox, audit trail and what backfill reads, all at once. */
export function createLog(store: ObjectStore) {
  const folder = (source: string) => `log/${source}/`;
  const keyOf = (source: string, revision: number) => `${folder(source)}${revisionKey(revision)}.json`;
  const read = (source: string, revision: number): Promise<Reading<LogEntry>> =>
    readDocument<LogEntry>(store, keyOf(source, revision), (entry) => isEntry(entry) && entry['revision'] === revision);

  /** Every revision there is, ascending. The one thing here that lists; never on an ordinary tick. */
  async function* revisions(source: string): AsyncGenerator<number> {
    for await (const key of store.list(folder(source))) {
      const revision = /\/(\d{12})\.json$/.exec(key)?.[1];
      if (revision !== undefined) yield Number(revision);
    }
  }

  return {
    read,
    revisions,

    /**
     * The only point at which something is decided: true when this entry is now the one of its revision,
     * false when another run's is.
     */
    commit: (source: string, entry: LogEntry): Promise<boolean> =>
      store.create(keyOf(source, entry.revision), JSON.stringify(entry)),

    /** All of them, ascending, read some at once: a year of a busy source is thousands. */
    async *entries(source: string): AsyncGenerator<{ readonly revision: number; readonly reading: Reading<LogEntry> }> {
      let batch: number[] = [];
      const readings = () =>
        Promise.all(batch.map(async (revision) => ({ revision, reading: await read(source, revision) })));
      for await (const revision of revisions(source)) {
        batch.push(revision);
        if (batch.length < readAtOnce) continue;
        yield* await readings();
        batch = [];
      }
      yield* await readings();
    },
  };
}

const readAtOnce = 32;

const isEntry = (entry: Record<string, unknown>): boolean =>
  isCount(entry['revision']) &&
  isText(entry['at']) &&
  isIdentity(entry['identity']) &&
  areEvents(entry['events']) &&
  areDeliveries(entry['deliveries'], entry['events']) &&
  (entry['plans'] === undefined || arePlans(entry['plans']));

/** Each names a destination as one may be called, and events of its own entry: anything else could be told to nobody. */
function areDeliveries(value: unknown, events: readonly Event[]): boolean {
  const known = new Set(events.map((event) => event.id));
  const isDelivery = (one: unknown): boolean =>
    isRecord(one) &&
    isText(one['id']) &&
    isText(one['destination']) &&
    namePattern.test(one['destination']) &&
    Array.isArray(one['events']) &&
    one['events'].every((id) => known.has(id));
  return Array.isArray(value) && value.every(isDelivery);
}

export const isIdentity = (value: unknown): boolean =>
  isRecord(value) && isText(value['endpoint']) && isText(value['projectId']) && isText(value['edition']);

/** The list as it is after an entry. */
export function applyEntry(plans: readonly ReleasePlan[], entry: LogEntry): readonly ReleasePlan[] {
  if (entry.plans) return entry.plans;
  const byId = new Map(plans.map((plan) => [plan.id, plan]));
  for (const event of entry.events) {
    if (!('plan' in event)) continue;
    const { class: _class, ...plan } = event.plan;
    if (event.type === 'plan.removed') byId.delete(plan.id);
    else byId.set(plan.id, plan);
  }
  return [...byId.values()];
}

export const sameIdentity = (a: Identity, b: Identity): boolean =>
  a.endpoint === b.endpoint && a.projectId === b.projectId && a.edition === b.edition;
