import type { Change } from '../core/change.ts';
import { groupDeliveries, toMessages } from '../core/delivery.ts';
import { type Event, eventId, type Failure, planEvent, type SourceNotice } from '../core/event.ts';
import type { ReleasePlan } from '../core/plan.ts';
import { type Routing, routeEvent } from '../core/route.ts';
import type { Health } from '../ledger/health.ts';
import type { LogEntry } from '../ledger/log.ts';
import type { Identity, PlanSource } from '../ports.ts';
import { type Known, type LookDeps, saveCheckpoint } from './known.ts';
import { healthAfter, sameHealth } from './outage.ts';

/** What one look has to say, before the log makes it true. */
export type Decision = {
  readonly notices: readonly SourceNotice[];
  readonly changes: readonly Change[];
  readonly failures?: ReadonlyMap<string, readonly Failure[]>;
  /** The list from now on; absent while there was none yet. */
  readonly plans: readonly ReleasePlan[] | undefined;
  readonly digest: string;
  readonly identity: Identity;
  /** Later entries count from `plans`, not from the entries before. */
  readonly baseline: boolean;
  readonly health: Health;
};

/**
 * Commits one entry, then queues, then saves. In this order: dying in between repeats the queueing with the same ids;
 * any other order forgets. undefined: another run's entry is there already.
 */
export async function decide(
  deps: LookDeps,
  name: string,
  source: PlanSource,
  before: { readonly known: Known; readonly health: Health },
  decision: Decision,
): Promise<{ readonly revision: number; readonly events: readonly Event[] } | undefined> {
  const { ledger, queue, now } = deps;
  const { identity, plans, digest, baseline } = decision;
  const revision = before.known.revision + 1;
  const at = now().toISOString();
  const events = eventsOf(decision, before.known.lost, (index) => eventId(name, revision, index), at, source);
  const entry: LogEntry = {
    v: 1,
    revision,
    at,
    identity,
    events,
    deliveries: deliveriesOf(events, deps.routing),
    ...((baseline || before.known.lost !== undefined) && plans && { plans }),
  };
  if (!(await ledger.log.commit(name, entry))) return undefined;

  await queue.send(toMessages(entry, at));
  const health = healthAfter(decision.health, events);
  if (!sameHealth(before.health, health)) await ledger.health.save(name, health);
  await saveCheckpoint(deps, name, { revision, digest, identity, ...(plans && { plans }) });
  return { revision, events };
}

function eventsOf(
  { notices, changes, failures }: Decision,
  lost: string | undefined,
  idOf: (index: number) => string,
  time: string,
  { place }: PlanSource,
): Event[] {
  const all = [
    ...(lost === undefined ? [] : [{ type: 'state.lost', reason: lost, advice: lostAdvice } as const]),
    ...notices,
  ];
  return [
    ...all.map(({ type, ...rest }, index) => ({ id: idOf(index), type, source: place.source, time, ...rest })),
    ...changes.map((change, index) =>
      planEvent(change, idOf(all.length + index), time, place, failures?.get(change.plan.id)),
    ),
  ];
}

const lostAdvice =
  'planwatch went on from what it still had; a change of about this time may be told twice. What was damaged is kept in the quarantine/ folder of its storage.';

function deliveriesOf(events: readonly Event[], routing: Routing) {
  const reached = new Map<string, Event[]>();
  for (const event of events) {
    for (const destination of routeEvent(event, routing)) {
      const told = reached.get(destination);
      if (told) told.push(event);
      else reached.set(destination, [event]);
    }
  }
  return [...reached].flatMap(([destination, told]) => groupDeliveries(destination, told));
}
