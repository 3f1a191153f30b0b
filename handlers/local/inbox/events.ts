import { randomUUID } from 'node:crypto';
import { contentOf, toMessages } from '../../../lib/core/delivery.ts';
import { type Event, isPlanEvent, type PlanEvent } from '../../../lib/core/event.ts';
import type { Lane } from '../../../lib/ledger/lanes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { LogEntry } from '../../../lib/ledger/log.ts';
import type { Receipt } from '../../../lib/ledger/receipts.ts';
import { inBatches } from './batches.ts';
import { type DeadLetters, deadLetterKey } from './dead-letters.ts';
import type { DeliveryState, DeliveryView, EventsPart, EventView } from './view.ts';
import { namesOf, wordingOf } from './wording.ts';

const mostEvents = 10_000;
/** A page takes them in parts, so that none of them holds it up. */
const mostInPart = 1_000;

/** What an event or a digest tells. `id`: the delivery's; `time`: of the look that saw it. */
export type FoundEvents = {
  readonly id: string;
  readonly time: string;
  readonly events: readonly Event[];
  /** Everything that happened to its plan, oldest first; empty for a digest or a notice. */
  readonly story: readonly StoryEvent[];
};

export type StoryEvent = {
  readonly event: PlanEvent;
  readonly deliveries: readonly Pick<Tracked, 'id' | 'destination' | 'content' | 'events'>[];
};

type Tracked = {
  readonly id: string;
  readonly destination: string;
  readonly content: string;
  readonly events: readonly Event[];
  state: DeliveryState;
};

type Row = {
  readonly event: Event;
  readonly entry: LogEntry;
  readonly view: Omit<EventView, 'deliveries'>;
  readonly deliveries: readonly Tracked[];
  /** Grows whenever something about it is new. */
  sequence: number;
};

/** The newest events of every log, each with what became of its deliveries, and what is new since somebody last asked. */
export function createEvents({ receipts }: Pick<Ledger, 'receipts'>) {
  const run = randomUUID();
  let sequence = 0;
  let rows: readonly Row[] = [];
  let older = false;
  let byEntry = new Map<LogEntry, readonly Row[]>();
  /** Everything that can still change: what is told is told for good, a dead letter may be sent again. */
  let open = new Set<Tracked>();

  function rowsOf(entry: LogEntry): readonly Row[] {
    const deliveries = toMessages(entry, entry.at).map(
      ({ id, destination, events }): Tracked => ({
        id,
        destination,
        events,
        content: contentOf(events),
        state: { kind: 'waiting', attempts: 0 },
      }),
    );
    for (const delivery of deliveries) open.add(delivery);
    const found = Map.groupBy(
      deliveries.flatMap((delivery) => delivery.events.map((event) => ({ event, delivery }))),
      ({ event }) => event,
    );
    return entry.events.map((event) => ({
      event,
      entry,
      view: viewOf(event),
      deliveries: (found.get(event) ?? []).map(({ delivery }) => delivery),
      sequence: ++sequence,
    }));
  }

  /** Which deliveries are not as they were. */
  async function settle(lanes: ReadonlyMap<string, Lane>, dead: DeadLetters): Promise<Set<Tracked>> {
    const changed = new Set<Tracked>();
    await inBatches([...open], async (delivery) => {
      const receipt = await receipts.find(delivery);
      const state = receipt ? settled(receipt, delivery, dead) : waiting(delivery, lanes.get(delivery.destination));
      if (JSON.stringify(state) !== JSON.stringify(delivery.state)) changed.add(delivery);
      delivery.state = state;
      if (state.kind === 'told' || state.kind === 'accepted') open.delete(delivery);
    });
    return changed;
  }

  return {
    /** `logs`: each oldest first. */
    async update(
      logs: readonly (readonly LogEntry[])[],
      lanes: ReadonlyMap<string, Lane>,
      dead: DeadLetters,
    ): Promise<void> {
      const newest: Row[] = [];
      const kept = new Map<LogEntry, readonly Row[]>();
      // The sort is stable and each log comes in its order: what one look saw stays together.
      const entries = logs.flatMap((log) => log.toReversed()).sort((a, b) => compare(b.at, a.at));
      for (const entry of entries) {
        if (newest.length >= mostEvents) break;
        const its = byEntry.get(entry) ?? rowsOf(entry);
        kept.set(entry, its);
        newest.push(...its.toReversed());
      }
      rows = newest.slice(0, mostEvents);
      older = kept.size < entries.length || newest.length > rows.length || logs.some(([first]) => startsLate(first));
      if (kept.size < byEntry.size || older) open = new Set([...open].filter((one) => isShown(one, rows)));
      byEntry = kept;

      const changed = await settle(lanes, dead);
      if (changed.size === 0) return;
      for (const row of rows) if (row.deliveries.some((one) => changed.has(one))) row.sequence = ++sequence;
    },

    part(asked: { readonly run: string; readonly since: number; readonly skip: number }): EventsPart {
      const since = asked.run === run ? asked.since : 0;
      const fresh = since >= sequence ? [] : rows.filter((row) => row.sequence > since);
      const part = fresh.slice(asked.skip, asked.skip + mostInPart);
      return {
        run,
        sequence,
        events: part.map(({ view, deliveries }) => ({ ...view, deliveries: deliveries.map(deliveryView) })),
        more: asked.skip + part.length < fresh.length,
        most: mostEvents,
        older,
      };
    },

    find(id: string): FoundEvents | undefined {
      for (const { event, entry, deliveries } of rows) {
        if (event.id === id) return { id, time: entry.at, events: [event], story: storyOf(event, rows) };
        const digest = deliveries.find((delivery) => delivery.id === id);
        if (digest) return { id, time: entry.at, events: digest.events, story: [] };
      }
      return undefined;
    },

    /** How many deliveries of a destination wait. */
    waiting: (destination: string): number =>
      [...open].filter((one) => one.destination === destination && one.state.kind === 'waiting').length,
  };
}

function storyOf(about: Event, rows: readonly Row[]): readonly StoryEvent[] {
  if (!isPlanEvent(about)) return [];
  const { source, plan } = about;
  return rows.toReversed().flatMap(({ event, deliveries }) => {
    const isOfIt = isPlanEvent(event) && event.source === source && event.plan.id === plan.id;
    return isOfIt ? [{ event, deliveries }] : [];
  });
}

const startsLate = (first: LogEntry | undefined): boolean => (first?.revision ?? 1) > 1;

const isShown = ({ events }: Tracked, rows: readonly Row[]): boolean => {
  const last = rows.at(-1);
  return last === undefined || events.some(({ time }) => time >= last.event.time);
};

function viewOf(event: Event): Omit<EventView, 'deliveries'> {
  const { id, type, time, source = '' } = event;
  const { group, tone, words, detail, reasons } = wordingOf(event);
  if (!isPlanEvent(event)) return { id, source, type, time, group, tone, words, detail, reasons };
  const { name, creator } = namesOf(event.plan);
  const plan = { id: event.plan.id, name, creator };
  return { id, source, type, time, group, tone, words, detail, reasons, plan };
}

const deliveryView = ({ id, destination, events, state }: Tracked): DeliveryView => ({
  id,
  destination,
  ...(events.length > 1 && { digest: events.length }),
  state,
});

function settled({ outcome, at, attempts }: Receipt, which: Tracked, { reasons, more }: DeadLetters): DeliveryState {
  if (outcome === 'delivered') return { kind: 'told', at, attempts };
  if (outcome === 'accepted') return { kind: 'accepted', at, attempts };
  const unknown = more ? 'planwatch dead-letters says why.' : 'Its dead letter is not there any more.';
  const reason = reasons.get(deadLetterKey({ ...which, at })) ?? unknown;
  return { kind: 'dead', at, attempts, reason };
}

/** Only the head of a lane is tried; those behind it wait for the same reason. */
function waiting({ id }: Tracked, { attempt, failingSince, reason, notBefore }: Lane = { v: 1 }): DeliveryState {
  return {
    kind: 'waiting',
    attempts: attempt?.id === id ? attempt.n : 0,
    ...(failingSince !== undefined && reason !== undefined && { reason }),
    ...(failingSince !== undefined && notBefore !== undefined && { nextAt: notBefore }),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
