import { toMessages } from '../core/delivery.ts';
import type { Event, NoticeEvent } from '../core/event.ts';
import { composeMessage } from '../core/message.ts';
import { explainRoutes, mentionsFor, type Routing, type Verdict } from '../core/route.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LogEntry } from '../ledger/log.ts';
import { type Fate, fateOf, settledFate, waitingFate } from './fate.ts';

export type ExplainDeps = {
  readonly ledger: Ledger;
  readonly routing: Routing;
};

/** Why one destination hears of an event or does not, and what became of it. */
export type Hearing = {
  readonly destination: string;
  /** Today's routes send it there (a notice: `notices` does). */
  readonly routed: boolean;
  /** When the event was seen it was decided to tell it here; absent where nothing was seen. */
  readonly decided?: boolean;
  /** The delivery that carries it: its own, or a digest. */
  readonly delivery?: string;
  readonly fate?: Fate;
  /** Whom the message calls. */
  readonly mention: readonly string[];
};

export type Explanation = {
  readonly event: Event;
  /** Of each of today's routes. Notices have none. */
  readonly verdicts: readonly Verdict[];
  readonly destinations: readonly Hearing[];
  /** The message in plain text. */
  readonly text: string;
};

/** What would become of an event by today's configuration. */
function explainEvent(event: Event, routing: Routing): Explanation {
  const { destinations, verdicts } = explainRoutes(event, routing);
  return {
    event,
    verdicts,
    destinations: Object.keys(routing.destinations).map((destination) => ({
      destination,
      routed: destinations.includes(destination),
      mention: mentionsFor(event, destination, routing.routes),
    })),
    text: composeMessage({ id: event.id, events: [event] }).text,
  };
}

/** What became of an event that was seen, destination by destination: those of today and those of then. */
export async function explainSeen(deps: ExplainDeps, event: Event, entry: LogEntry): Promise<Explanation> {
  const today = explainEvent(event, deps.routing);
  const decided = toMessages(entry, entry.at).filter(({ events }) => events.some(({ id }) => id === event.id));
  const names = new Set([
    ...today.destinations.map(({ destination }) => destination),
    ...decided.map((one) => one.destination),
  ]);
  const destinations = await Promise.all(
    [...names].map(async (destination): Promise<Hearing> => {
      const now = today.destinations.find((one) => one.destination === destination);
      const base = { destination, routed: now?.routed ?? false, mention: now?.mention ?? [] };
      const message = decided.find((one) => one.destination === destination);
      if (message) {
        const fate = await fateOf(deps.ledger, message, await deps.ledger.lanes.load(destination));
        return { ...base, decided: true, delivery: message.id, fate };
      }
      // A backfill may have told it later, by routes of later or because somebody asked for it.
      const later = await deps.ledger.receipts.read({ destination, id: event.id });
      const fate = later && (await settledFate(deps.ledger, { destination, id: event.id }, later));
      return { ...base, decided: false, ...(fate && { delivery: event.id, fate }) };
    }),
  );
  return { ...today, destinations };
}

/** What an id that stands in a message leads to. */
export type Found =
  | { readonly kind: 'events'; readonly explanations: readonly Explanation[] }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Finds what an id of an event, of a digest or of a repeat is about. Reads; writes nothing. */
export async function explainId(deps: ExplainDeps, id: string): Promise<Found> {
  // A digest's id has a dot, and in `webhook-id` a dash; a repeat has its run behind it.
  const [, source, revision, index] =
    /^([a-z0-9-]{1,40})-(\d{12})-(\d+)(?:[.-]d\d+)?(?:-r[A-Za-z0-9-]+)?$/.exec(id) ?? [];
  if (source !== undefined && revision !== undefined) return fromLog(deps, id, source, Number(revision), Number(index));
  const [, destination, ms, what] = /^planwatch-([a-z0-9-]{1,40})-(\d{13})-(failing|recovered|dead)$/.exec(id) ?? [];
  if (destination !== undefined) return fromDestination(deps, { id, destination, ms: Number(ms), what: what ?? '' });
  if (/^[a-z0-9-]{1,40}-list-[0-9a-f]{12}$/.test(id)) return fromBackfill(deps, id);
  return {
    kind: 'unknown',
    reason: `"${id.slice(0, 80)}" is not an event's id, such as shop-prod-000000000042-0: it stands small at the end of each message. For an event that nobody was told of, ask by what you know: --name, --status, --source.`,
  };
}

async function fromLog(deps: ExplainDeps, id: string, source: string, revision: number, index: number): Promise<Found> {
  const reading = await deps.ledger.log.read(source, revision);
  if (reading.kind !== 'found') {
    const lost = reading.kind === 'damaged' ? 'is damaged' : 'is not there';
    return {
      kind: 'unknown',
      reason: `Revision ${revision} of ${source}, which would hold ${id}, ${lost}: is this the storage (PLANWATCH_HOME, --store) that planwatch wrote it to?`,
    };
  }
  const entry = reading.value;
  const digest = entry.deliveries.find((delivery) => delivery.id === id || delivery.id.replaceAll('.', '-') === id);
  const base = `${source}-${String(revision).padStart(12, '0')}-${index}`;
  const wanted = digest?.events ?? [base];
  const events = entry.events.filter((event) => wanted.includes(event.id));
  if (events.length === 0)
    return {
      kind: 'unknown',
      reason: `Revision ${revision} of ${source} has no event ${base}: it has ${entry.events.length}.`,
    };
  return { kind: 'events', explanations: await Promise.all(events.map((event) => explainSeen(deps, event, entry))) };
}

type Notice = { readonly id: string; readonly destination: string; readonly ms: number; readonly what: string };

/** No log holds it: it was decided in the lane of the destination that it is about. */
async function fromDestination(deps: ExplainDeps, { id, destination, ms, what }: Notice): Promise<Found> {
  const type = what === 'dead' ? 'delivery.dead' : what === 'failing' ? 'destination.failing' : 'destination.recovered';
  const event: NoticeEvent = { id, type, destination, time: new Date(ms).toISOString() };
  const today = explainEvent(event, deps.routing);
  const destinations = await Promise.all(today.destinations.map((one) => heardLater(deps, id, one)));
  return { kind: 'events', explanations: [{ ...today, destinations }] };
}

async function heardLater({ ledger }: ExplainDeps, id: string, one: Hearing): Promise<Hearing> {
  const receipt = await ledger.receipts.read({ destination: one.destination, id });
  if (receipt) return { ...one, delivery: id, fate: await settledFate(ledger, { ...one, id }, receipt) };
  if (!one.routed) return one;
  const fate = waitingFate({ id }, await ledger.lanes.load(one.destination));
  const unsure = fate.attempts === 0 &&
    !('nextAt' in fate) && { reason: 'It is in the queue, or there never was such a notice.' };
  return { ...one, delivery: id, fate: { ...fate, ...unsure } };
}

/** It exists only in the message itself; a dead letter would hold it whole. */
async function fromBackfill({ ledger, routing }: ExplainDeps, id: string): Promise<Found> {
  const told: string[] = [];
  for (const destination of Object.keys(routing.destinations)) {
    const receipt = await ledger.receipts.read({ destination, id });
    if (receipt) told.push(`${receipt.outcome} at ${destination} (${receipt.at})`);
  }
  const words = told.length > 0 ? told.join(', ') : 'no destination of today has a receipt for it';
  return { kind: 'unknown', reason: `${id} was made by a backfill from the list, so no log holds it: ${words}.` };
}
