import { type Style, styleOf } from '../core/config.ts';
import { contentOf, type Delivery, groupDeliveries, type QueueMessage, toMessages } from '../core/delivery.ts';
import { type Event, isPlanEvent, listedEventId, type PlanEvent, planEvent } from '../core/event.ts';
import { composeMessage } from '../core/message.ts';
import type { ReleasePlan } from '../core/plan.ts';
import { type Routing, routeEvent } from '../core/route.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PlanSource, Queue } from '../ports.ts';
import { type BackfillRequest, parseBackfillRequest } from './backfill-request.ts';

export type BackfillDeps = {
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly sources: Readonly<Record<string, PlanSource>>;
  readonly routing: Routing & Style;
  readonly now: () => Date;
};

/** Fixed: other tools read it. `deliveries` are the first fifty. */
export type BackfillResult = {
  /** Events that the request is about. */
  readonly matched: number;
  /** Deliveries; 0 in a dry run. */
  readonly enqueued: number;
  /** Deliveries that are settled already. */
  readonly skipped: number;
  readonly dryRun: boolean;
  readonly deliveries: readonly {
    readonly id: string;
    readonly destination: string;
    readonly events: readonly string[];
    readonly text: string;
  }[];
};

const shown = 50;
const mostListMs = 30_000;

/**
 * Tells what was missed: from the log (what was observed), from the list (what is there now) or from the dead letters.
 * Unless `repeat` is asked for, only what is not settled. `run`: the request's own id. Throws BackfillRequestError.
 */
export async function backfill(deps: BackfillDeps, input: unknown, run: string): Promise<BackfillResult> {
  const known = { sources: Object.keys(deps.sources), destinations: Object.keys(deps.routing.destinations) };
  const request = parseBackfillRequest(input, known, deps.now());
  const runId = run.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 64);

  const matched = new Set<string>();
  const chosen: QueueMessage[] = [];
  let skipped = 0;
  for await (const batch of candidates(deps, request, runId)) {
    const open: QueueMessage[] = [];
    for (const { message, about } of batch) {
      if (chosen.length + open.length === request.limit) break;
      for (const id of about) matched.add(id);
      if (request.deadLetters) open.push(message);
      else if (request.repeat) open.push(again(message, runId));
      else if (await settled(deps, message)) skipped++;
      else open.push(message);
    }
    chosen.push(...open);
    // One log entry a call: were a part of it refused and sent again, nothing of a later entry must overtake it.
    if (!request.dryRun && open.length > 0) await deps.queue.send(open);
    if (chosen.length === request.limit) break;
  }
  return {
    matched: matched.size,
    enqueued: request.dryRun ? 0 : chosen.length,
    skipped,
    dryRun: request.dryRun,
    deliveries: chosen.slice(0, shown).map(({ id, destination, events, repeat = false }) => ({
      id,
      destination,
      events: events.map((event) => event.id),
      text: composeMessage({ id, events, repeat }, styleOf(deps.routing, destination)).text,
    })),
  };
}

/** What one log entry, one list or one destination's dead letters offer. */
type Batch = readonly Candidate[];
type Candidate = { readonly message: QueueMessage; readonly about: readonly string[] };

const settled = async ({ ledger }: BackfillDeps, { id, destination, events }: QueueMessage): Promise<boolean> =>
  (await ledger.receipts.find({ id, destination, content: contentOf(events) })) !== undefined;

/** A repeat has a name of its own, and so a receipt of its own. */
const again = (message: QueueMessage, run: string): QueueMessage => ({
  ...message,
  id: `${message.id}-r${run}`,
  run,
  repeat: true,
});

function candidates(deps: BackfillDeps, request: BackfillRequest, run: string): AsyncIterable<Batch> {
  if (request.deadLetters) return fromDeadLetters(deps, request, run);
  return request.from === 'list' ? fromList(deps, request) : fromLog(deps, request);
}

const sourcesOf = (deps: BackfillDeps, { source }: BackfillRequest): string[] =>
  Object.keys(deps.sources).filter((name) => source === undefined || name === source);

async function* fromLog(deps: BackfillDeps, request: BackfillRequest): AsyncGenerator<Batch> {
  const queuedAt = deps.now().toISOString();
  for (const source of sourcesOf(deps, request)) {
    for await (const { reading } of deps.ledger.log.entries(source)) {
      if (reading.kind !== 'found') continue;
      const entry = reading.value;
      const about = entry.events.filter((event) => asked(request, event));
      if (about.length === 0) continue;
      const ids = new Set(about.map((event) => event.id));
      // Whole, and under the ids that the entry decided: a digest of which one event matches is told as it was meant.
      const decided = entry.deliveries.filter(
        ({ destination, events }) => wanted(request, destination) && events.some((id) => ids.has(id)),
      );
      const named = new Set(entry.deliveries.map(({ destination }) => destination));
      const fresh = freshDeliveries(deps, request, about).filter(({ destination }) => !named.has(destination));
      const messages = toMessages({ events: entry.events, deliveries: [...decided, ...fresh] }, queuedAt);
      yield messages.map((message) => ({ message, about: idsOf(message).filter((id) => ids.has(id)) }));
    }
  }
}

/** For destinations that nobody thought of then: named in the request, or routed today. Old notices are not news to them. */
function freshDeliveries({ routing }: BackfillDeps, request: BackfillRequest, about: readonly Event[]): Delivery[] {
  const told = about.filter((event) => isPlanEvent(event) || request.types?.includes(event.type));
  const destinations = request.destinations ?? Object.keys(routing.destinations);
  return destinations.flatMap((destination) =>
    groupDeliveries(
      destination,
      told.filter((event) => request.destinations !== undefined || routeEvent(event, routing).includes(destination)),
    ),
  );
}

async function* fromList(deps: BackfillDeps, request: BackfillRequest): AsyncGenerator<Batch> {
  const queuedAt = deps.now().toISOString();
  for (const name of sourcesOf(deps, request)) {
    const source = deps.sources[name];
    if (!source) continue;
    const { plans = [] } = await source.list(undefined, AbortSignal.timeout(mostListMs));
    const events = plans.map((plan) => listedEvent(plan, source)).filter((event) => asked(request, event));
    const deliveries = freshDeliveries(deps, request, events);
    yield toMessages({ events, deliveries }, queuedAt).map((message) => ({ message, about: idsOf(message) }));
  }
}

/** Its time is its own, not ours: asked for again it must be the same event to the letter. */
function listedEvent(plan: ReleasePlan, { place }: PlanSource): PlanEvent {
  const time = plan.executedAt ?? plan.createdAt ?? new Date(0).toISOString();
  return planEvent({ type: 'plan.appeared', plan }, listedEventId(place.source, plan), time, place);
}

async function* fromDeadLetters(deps: BackfillDeps, request: BackfillRequest, run: string): AsyncGenerator<Batch> {
  const queuedAt = deps.now().toISOString();
  for (const destination of Object.keys(deps.routing.destinations)) {
    if (!wanted(request, destination)) continue;
    for await (const { reading } of deps.ledger.deadLetters.all(destination)) {
      if (reading.kind !== 'found') continue;
      const { delivery } = reading.value;
      const about = delivery.events.filter((event) => asked(request, event)).map((event) => event.id);
      const source = request.source === undefined || delivery.events.some((event) => event.source === request.source);
      if (about.length > 0 && source) yield [{ message: { ...delivery, queuedAt, run }, about }];
    }
  }
}

const idsOf = (message: QueueMessage): string[] => message.events.map((event) => event.id);

const wanted = ({ destinations }: BackfillRequest, destination: string): boolean =>
  destinations === undefined || destinations.includes(destination);

function asked(request: BackfillRequest, event: Event): boolean {
  const at = Date.parse(event.time);
  const plan = isPlanEvent(event) ? event.plan : undefined;
  const anyOf = (list: readonly string[] | undefined, ...values: (string | undefined)[]) =>
    list === undefined || values.some((value) => value !== undefined && list.includes(value));
  return (
    at >= (request.since ?? Number.NEGATIVE_INFINITY) &&
    at <= (request.until ?? Number.POSITIVE_INFINITY) &&
    anyOf(request.types, event.type) &&
    anyOf(request.statuses, plan?.status) &&
    anyOf(request.classes, plan?.class) &&
    anyOf(request.plans, plan?.id, plan?.name)
  );
}
