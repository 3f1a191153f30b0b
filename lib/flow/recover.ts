import { toMessages } from '../core/delivery.ts';
import type { LogEntry } from '../ledger/log.ts';
import { afterEntry } from './catch-up.ts';
import type { Known, LookDeps } from './known.ts';
import { onItsWayMs } from './on-its-way.ts';

/**
 * What the log says where there is no checkpoint: nothing yet (a first look), one that was committed but not finished,
 * or a checkpoint that was lost. In the last case what is young is queued again; the receipts stop what was told.
 * `told`: the outage that `health/` knows, whose entry was queued before that was written.
 */
export async function recover(deps: LookDeps, name: string, told?: string): Promise<Known> {
  const { ledger, queue, now } = deps;
  let known: Known = { revision: 0, digest: '' };
  let last: LogEntry | undefined;
  let damaged: string | undefined;
  for await (const { revision, reading } of ledger.log.entries(name)) {
    known = { ...known, revision };
    if (reading.kind === 'absent') continue;
    if (reading.kind === 'damaged') {
      damaged = reading.kept;
      continue;
    }
    last = reading.value;
    known = afterEntry(known, last);
    // Everything a baseline does not build on is behind us.
    if (last.plans) damaged = undefined;
    const young = now().getTime() - Date.parse(last.at) < onItsWayMs(deps);
    const queued = last.events.some((event) => event.id === told);
    if (young && !queued) await queue.send(toMessages(last, last.at));
  }
  if (damaged !== undefined)
    return { ...known, lost: `The checkpoint was lost and a log entry was damaged; it is kept as ${damaged}.` };
  // A baseline at the end was committed and not finished, and without any baseline there never was a checkpoint.
  const finished = last === undefined || last.plans !== undefined || known.plans === undefined;
  const said = last?.events.some((event) => event.type === 'state.lost');
  return finished || said ? known : { ...known, lost: 'The checkpoint was lost; planwatch went on from its log.' };
}
