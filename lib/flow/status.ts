import { contentOf, type QueueMessage, toMessages } from '../core/delivery.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { errorText } from './error-text.ts';
import { onItsWayMs } from './on-its-way.ts';
import { readBack } from './read-back.ts';
import { type DestinationStanding, destinationStanding, type SourceStanding, sourceStanding } from './standing.ts';

/** How planwatch stands, as far as its storage tells. Times are RFC 3339 UTC. `planwatch status --json` prints it. */
export type Status = {
  readonly at: string;
  readonly sources: readonly SourceStatus[];
  readonly destinations: readonly DestinationStatus[];
  /** What waits is counted among the deliveries decided since then. */
  readonly countedSince: string;
};

export type SourceStatus = Unreadable &
  SourceStanding & {
    readonly source: string;
    /** Absent: there was no complete look yet. */
    readonly revision?: number;
    readonly plans?: number;
    /** When the list was last seen to change. */
    readonly lastChange?: string;
  };

export type DestinationStatus = Unreadable &
  DestinationStanding & {
    readonly destination: string;
    /** Deliveries decided and not settled. */
    readonly waiting: number;
    readonly oldestWaiting?: string;
    readonly deadLetters: number;
  };

/** Why what is kept of it cannot be read: of a newer version, say. The others are told all the same. */
type Unreadable = { readonly unreadable?: string };

type StatusDeps = {
  readonly ledger: Ledger;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly giveUpAfterMs: number;
  readonly now: () => Date;
};

/** Of one source: enough for any night, and a bound on what it costs to ask. */
const mostDeliveries = 2_000;
const atOnce = 32;

/** Reads; writes nothing. `progress`: deliveries looked at, of all sources. */
export async function readStatus(deps: StatusDeps, progress: (done: number) => void = () => {}): Promise<Status> {
  const { ledger, now } = deps;
  const at = now();
  const since = new Date(at.getTime() - onItsWayMs(deps)).toISOString();
  const waiting = new Map<string, string[]>();
  let countedSince = since;
  let done = 0;
  const more = (count: number): void => {
    done += count;
    progress(done);
  };
  for (const source of deps.sources) {
    const reached = await addWaiting(ledger, source, since, waiting, more);
    if (reached > countedSince) countedSince = reached;
  }
  const dead = new Map<string, number>();
  for await (const key of ledger.deadLetters.keys()) {
    const destination = key.split('/')[1] ?? '';
    dead.set(destination, (dead.get(destination) ?? 0) + 1);
  }
  const names = [...new Set([...deps.destinations, ...waiting.keys(), ...dead.keys()])];
  return {
    at: at.toISOString(),
    sources: await Promise.all(deps.sources.map((source) => sourceStatus(ledger, source))),
    destinations: await Promise.all(
      names.map((name) => destinationStatus(ledger, name, waiting.get(name) ?? [], dead.get(name) ?? 0)),
    ),
    countedSince,
  };
}

async function sourceStatus(ledger: Ledger, source: string): Promise<SourceStatus> {
  try {
    const [reading, health] = await Promise.all([ledger.checkpoints.load(source), ledger.health.load(source)]);
    const checkpoint = reading.kind === 'found' ? reading.value : undefined;
    return {
      source,
      ...(checkpoint && { revision: checkpoint.revision, plans: checkpoint.plans.length, lastChange: checkpoint.at }),
      ...sourceStanding(checkpoint, health),
    };
  } catch (error) {
    return { source, unreadable: errorText(error) };
  }
}

async function destinationStatus(
  ledger: Ledger,
  destination: string,
  waiting: readonly string[],
  deadLetters: number,
): Promise<DestinationStatus> {
  const [oldestWaiting] = waiting.toSorted();
  const counted = {
    destination,
    waiting: waiting.length,
    ...(oldestWaiting !== undefined && { oldestWaiting }),
    deadLetters,
  };
  try {
    return { ...counted, ...destinationStanding(await ledger.lanes.load(destination)) };
  } catch (error) {
    return { ...counted, unreadable: errorText(error) };
  }
}

/** Destination → when each of its deliveries without a receipt was decided. Returns the time it looked back to. */
async function addWaiting(
  ledger: Ledger,
  source: string,
  since: string,
  waiting: Map<string, string[]>,
  more: (count: number) => void,
): Promise<string> {
  let read = 0;
  let batch: QueueMessage[] = [];
  const settle = async () => {
    const receipts = await Promise.all(
      batch.map(({ id, destination, events }) => ledger.receipts.find({ id, destination, content: contentOf(events) })),
    );
    for (const [index, { destination, queuedAt }] of batch.entries())
      if (!receipts[index]) waiting.set(destination, [...(waiting.get(destination) ?? []), queuedAt]);
    read += batch.length;
    more(batch.length);
    batch = [];
  };
  for await (const entry of readBack(ledger, source)) {
    if (entry.at < since) break;
    batch.push(...toMessages(entry, entry.at));
    if (batch.length >= atOnce) await settle();
    if (read >= mostDeliveries) return entry.at;
  }
  await settle();
  return since;
}
