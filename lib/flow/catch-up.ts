import { toMessages } from '../core/delivery.ts';
import type { Reading } from '../ledger/document.ts';
import type { Health } from '../ledger/health.ts';
import { applyEntry, type LogEntry } from '../ledger/log.ts';
import { type Known, type LookDeps, saveCheckpoint } from './known.ts';
import { healthAfter, sameHealth } from './outage.ts';

type CaughtUp = { readonly known: Known; readonly health: Health; readonly adopted: readonly LogEntry[] };

/**
 * Passes on what an earlier run committed and did not finish, or a parallel run won: the deliveries that each entry
 * carries, whatever today's routes say. Doing so twice is harmless; the receipts know. `first`: the entry behind `start`,
 * where it was read already.
 */
export async function catchUp(
  deps: LookDeps,
  name: string,
  start: Known,
  startHealth: Health,
  first?: Reading<LogEntry>,
): Promise<CaughtUp> {
  let inHand = first;
  let [known, health] = [start, startHealth];
  const adopted: LogEntry[] = [];
  let damaged = 0;
  for (;;) {
    const revision = known.revision + 1;
    const next = inHand ?? (await deps.ledger.log.read(name, revision));
    inHand = undefined;
    if (next.kind === 'absent') break;
    if (next.kind === 'damaged') {
      if (++damaged === mostDamaged) throw notOurs(name, revision);
      // Its changes are found again by comparing, and told under new ids: twice rather than never.
      known = {
        ...known,
        revision,
        digest: '',
        lost: `Log entry ${revision} was damaged; it is kept as ${next.kept}.`,
      };
      continue;
    }
    damaged = 0;
    const entry = next.value;
    await deps.queue.send(toMessages(entry, entry.at));
    known = afterEntry(known, entry);
    health = healthAfter(health, entry.events);
    adopted.push(entry);
  }
  if (adopted.length > 0) {
    if (!sameHealth(startHealth, health)) await deps.ledger.health.save(name, health);
    // What is lost and not told yet must be found again by whoever comes next.
    if (known.lost === undefined) await saveCheckpoint(deps, name, known);
  }
  return { known, health, adopted };
}

/** A disk damages one or two; a proxy or a wrong endpoint has a page for every key that it is ever asked for. */
const mostDamaged = 20;

const notOurs = (name: string, revision: number): Error =>
  new Error(
    `Twenty log entries in a row, up to ${revision} of ${name}, are not planwatch’s: does something else answer for the store? Look at quarantine/log/${name}/; if they are damaged indeed, move them away.`,
  );

/** An entry before the first baseline (an outage told before there was any list) leaves `plans` absent. */
export function afterEntry(known: Known, entry: LogEntry): Known {
  const plans = known.plans ? applyEntry(known.plans, entry) : entry.plans;
  // A baseline told what was lost before it, and nothing builds on that any more.
  const { lost, ...whole } = known;
  return {
    ...(entry.plans ? whole : known),
    revision: entry.revision,
    digest: '',
    identity: entry.identity,
    ...(plans && { plans }),
  };
}
