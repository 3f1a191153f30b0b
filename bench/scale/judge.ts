import type { LogEntry } from '../../lib/ledger/log.ts';
import type { Transition } from './watched.ts';

/** One copy of a delivery that somebody saw. */
export type Copy = { readonly destination: string; readonly delivery: string; readonly at: number };

export type Verdict = {
  readonly events: number;
  /** Transitions that the log does not hold, and events that a destination never heard. */
  readonly lost: number;
  /** Events in the log that no list showed, and copies that nobody decided. */
  readonly invented: number;
  readonly outOfOrder: number;
  /** Second copies of which no answer was lost. */
  readonly repeats: number;
  /** ms from the look that saw a change to its first copy. */
  readonly delays: readonly number[];
};

type Seen = {
  readonly id: string;
  readonly from?: string;
  readonly plan?: { readonly id: string; readonly status: string };
};

/** Each promise, counted over all that was seen: `logs` and `shown` by source, in the same order. */
export function judge(
  logs: readonly (readonly LogEntry[])[],
  shown: readonly (readonly Transition[])[],
  copies: readonly Copy[],
  unclear: ReadonlySet<string>,
): Verdict {
  let [events, lost, invented, outOfOrder, repeats] = [0, 0, 0, 0, 0];
  const decided = new Map<string, readonly Seen[]>();
  for (const [source, log] of logs.entries()) {
    const told = new Map<string, string[]>();
    for (const { events: seen, deliveries } of log) {
      const byId = new Map(seen.map((event) => [event.id, event as Seen]));
      for (const { id, destination, events: ids } of deliveries) {
        decided.set(
          `${destination} ${id}`,
          ids.flatMap((one) => byId.get(one) ?? []),
        );
      }
      for (const { plan, from } of seen as readonly Seen[]) {
        if (!plan) continue;
        events++;
        told.set(plan.id, [...(told.get(plan.id) ?? []), `${from} ${plan.status}`]);
      }
    }
    // Plan by plan: within one look their order is the log's business.
    const due = Map.groupBy(shown[source] ?? [], ({ id }) => id);
    for (const [id, transitions] of due) {
      const wanted = transitions.map(({ from, to }) => `${from} ${to}`);
      const got = told.get(id) ?? [];
      lost += Math.max(0, wanted.length - got.length);
      invented += Math.max(0, got.length - wanted.length);
      lost += wanted.filter((one, index) => got[index] !== undefined && got[index] !== one).length;
      told.delete(id);
    }
    for (const got of told.values()) invented += got.length;
  }

  const heard = new Map<string, number>();
  /** `destination plan` → the last event of it that was heard for the first time. */
  const last = new Map<string, string>();
  for (const { destination, delivery, at } of copies) {
    const key = `${destination} ${delivery}`;
    const what = decided.get(key);
    if (!what) invented++;
    else if (heard.has(key)) repeats += unclear.has(key) ? 0 : 1;
    else {
      heard.set(key, at);
      for (const { id, plan } of what) {
        if (!plan) continue;
        const before = last.get(`${destination} ${plan.id}`);
        // Ids of one source sort as the log does, up to the number of the event within a look, of which a plan has one.
        if (before !== undefined && before > id) outOfOrder++;
        last.set(`${destination} ${plan.id}`, id);
      }
    }
  }
  for (const [key, what] of decided) if (!heard.has(key)) lost += what.length;

  const delays = logs.flatMap((log) =>
    log.flatMap(({ at, deliveries }) =>
      deliveries.flatMap(({ id, destination }) => {
        const told = heard.get(`${destination} ${id}`);
        return told === undefined ? [] : [told - Date.parse(at)];
      }),
    ),
  );
  return { events, lost, invented, outOfOrder, repeats, delays };
}
