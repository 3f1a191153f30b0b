import type { Ledger } from '../ledger/ledger.ts';
import type { LogEntry } from '../ledger/log.ts';

const atOnce = 32;

/** One source's log, newest entry first. Lists only where the checkpoint is lost. What is damaged or gone is passed over. */
export async function* readBack({ log, checkpoints }: Ledger, source: string): AsyncGenerator<LogEntry> {
  const checkpoint = await checkpoints.load(source);
  let last = checkpoint.kind === 'found' ? checkpoint.value.revision : 0;
  if (last === 0) for await (const revision of log.revisions(source)) last = revision;
  // The log can be ahead of its checkpoint, never behind.
  while ((await log.read(source, last + 1)).kind !== 'absent') last++;
  while (last > 0) {
    const batch = Array.from({ length: Math.min(atOnce, last) }, (_, index) => last - index);
    last -= batch.length;
    for (const reading of await Promise.all(batch.map((revision) => log.read(source, revision))))
      if (reading.kind === 'found') yield reading.value;
  }
}
