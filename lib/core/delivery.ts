import { createHash } from 'node:crypto';
import type { Event } from './event.ts';
import { isPlanEvent } from './event.ts';

/** One event, or one digest of events, for one destination: as the log keeps it. */
export type Delivery = {
  readonly id: string;
  readonly destination: string;
  /** Event ids, in the order in which they are told. */
  readonly events: readonly string[];
};

/** What travels through the queue. `run` and `repeat` come only from backfill. */
export type QueueMessage = {
  readonly v: 1;
  readonly id: string;
  readonly destination: string;
  readonly events: readonly Event[];
  readonly queuedAt: string;
  readonly run?: string;
  readonly repeat?: true;
};

/** More events than this for one destination in one look become digests. */
export const digestAbove = 10;
export const digestLines = 40;
/** A webhook receiver is told to expect bodies up to about this; a digest over it is split. */
const digestBytes = 200_000;

/** Groups the events of one look into deliveries for one destination. Nothing is dropped: what does not fit opens the next digest. */
export function groupDeliveries(destination: string, events: readonly Event[]): Delivery[] {
  if (events.length <= digestAbove) {
    return events.map((event) => ({ id: event.id, destination, events: [event.id] }));
  }
  // Failures first; the sort is stable, so each half keeps the order in which things happened.
  const ordered = [...events].sort((a, b) => Number(isFailure(b)) - Number(isFailure(a)));
  const deliveries: Delivery[] = [];
  let page: Event[] = [];
  let size = 0;
  const close = () => {
    const first = page[0];
    if (!first) return;
    const id = page.length === 1 ? first.id : `${first.id}.d${page.length}`;
    deliveries.push({ id, destination, events: page.map((event) => event.id) });
    [page, size] = [[], 0];
  };
  for (const event of ordered) {
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (page.length === digestLines || size + bytes > digestBytes) close();
    page.push(event);
    size += bytes;
  }
  close();
  return deliveries;
}

const isFailure = (event: Event): boolean => isPlanEvent(event) && event.plan.class === 'bad';

/** The deliveries of one log entry as queue messages. */
export function toMessages(
  entry: { readonly events: readonly Event[]; readonly deliveries: readonly Delivery[] },
  queuedAt: string,
): QueueMessage[] {
  const byId = new Map(entry.events.map((event) => [event.id, event]));
  return entry.deliveries.map(({ id, destination, events }) => ({
    v: 1,
    id,
    destination,
    events: events.flatMap((one) => byId.get(one) ?? []),
    queuedAt,
  }));
}

/** What a receipt is good for: the same words under the same id. After a lost log the same id can mean something else. */
export const contentOf = (events: readonly Event[]): string =>
  createHash('sha256').update(JSON.stringify(events)).digest('hex');

/** The queue takes a second message with the same one for a copy (SQS: within five minutes). */
export const deduplicationId = ({ destination, id, run = '' }: QueueMessage): string =>
  createHash('sha256')
    .update(JSON.stringify([destination, id, run]))
    .digest('hex');
