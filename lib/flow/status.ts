import { contentOf, type QueueMessage, toMessages } from '../core/delivery.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readBack } from './read-back.ts';

/** How planwatch stands, as far as its storage tells. Times are RFC 3339 UTC. `planwatch status --json` prints it. */
export type Status = {
  readonly at: string;
  readonly sources: readonly SourceStatus[];
  readonly destinations: readonly DestinationStatus[];
  /** What waits is counted among the deliveries decided since then. */
  readonly countedSince: string;
};

export type SourceStatus = {
  readonly source: string;
  /** Absent: there was no complete look yet. */
  readonly revision?: number;
  readonly plans?: number;
  /** When the list was last seen to change. */
  readonly lastChange?: string;
  /** The latest moment that is known to be good: a look that finds nothing new leaves no trace. */
  readonly lastGood?: string;
  readonly failing?: { readonly looks: number; readonly since?: string; readonly reason?: string };
};

export type DestinationStatus = {
  readonly destination: string;
  /** Deliveries decided and not settled. */
  readonly waiting: number;
  readonly oldestWaiting?: string;
  readonly failing?: { readonly since: string; readonly reason?: string; readonly nextAt?: string };
  readonly deadLetters: number;
};

export type StatusDeps = {
  readonly ledger: Ledger;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly giveUpAfterMs: number;
  readonly now: () => Date;
};

/** Of one source: enough for any night, and a bound on what it costs to ask. */
const mostDeliveries = 2_000;
const atOnce = 32;
const dayMs = 24 * 3_600_000;

/** Reads; writes nothing. `progress`: deliveries looked at. */
export async function readStatus(deps: StatusDeps, progress: (done: number) => void = () => {}): Promise<Status> {
  const { ledger, now } = deps;
  const at = now();
  // As long as a message can be on its way: what is older is settled, or lost with the queue.
  const since = new Date(at.getTime() - deps.giveUpAfterMs - dayMs).toISOString();
  const waiting = new Map<string, string[]>();
  let countedSince = since;
  for (const source of deps.sources) {
    const reached = await addWaiting(ledger, source, since, waiting, progress);
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
  const [reading, health] = await Promise.all([ledger.checkpoints.load(source), ledger.health.load(source)]);
  const checkpoint = reading.kind === 'found' ? reading.value : undefined;
  const { failures, since, reason } = health;
  const lastGood = [checkpoint?.at, health.lastGood]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return {
    source,
    ...(checkpoint && { revision: checkpoint.revision, plans: checkpoint.plans.length, lastChange: checkpoint.at }),
    ...(lastGood !== undefined && { lastGood }),
    ...(failures > 0 && {
      failing: { looks: failures, ...(since !== undefined && { since }), ...(reason !== undefined && { reason }) },
    }),
  };
}

async function destinationStatus(
  ledger: Ledger,
  destination: string,
  waiting: readonly string[],
  deadLetters: number,
): Promise<DestinationStatus> {
  const { failingSince, reason, notBefore } = await ledger.lanes.load(destination);
  const [oldestWaiting] = waiting.toSorted();
  return {
    destination,
    waiting: waiting.length,
    ...(oldestWaiting !== undefined && { oldestWaiting }),
    ...(failingSince !== undefined && {
      failing: {
        since: failingSince,
        ...(reason !== undefined && { reason }),
        ...(notBefore !== undefined && { nextAt: notBefore }),
      },
    }),
    deadLetters,
  };
}

/** Destination → when each of its deliveries without a receipt was decided. Returns the time it looked back to. */
async function addWaiting(
  ledger: Ledger,
  source: string,
  since: string,
  waiting: Map<string, string[]>,
  progress: (done: number) => void,
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
    batch = [];
    progress(read);
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
