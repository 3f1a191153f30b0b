import type { Log, LogEntry } from '../../../lib/ledger/log.ts';

/** The page reads back so far, weeks of a busy project; the log itself keeps everything. */
export const mostEntries = 10_000;
const atOnce = 50;

/** The end of one source's log, kept in memory: an entry never changes, so each is read once. */
export function createEntries(log: Log, source: string) {
  let known: LogEntry[] = [];
  let unread = 1;

  /** undefined: there is no such entry yet. One that is damaged has been set aside by whoever reads it first, and is passed over. */
  async function take(revision: number): Promise<readonly LogEntry[] | undefined> {
    const reading = await log.read(source, revision);
    if (reading.kind === 'absent') return undefined;
    return reading.kind === 'found' ? [reading.value] : [];
  }

  return {
    /** Oldest first. `revision`: the checkpoint's; the log can be ahead of it, never behind. */
    async upTo(revision: number): Promise<readonly LogEntry[]> {
      let next = Math.max(unread, revision - mostEntries + 1);
      const fresh: LogEntry[] = [];
      while (next <= revision) {
        const batch = Array.from({ length: Math.min(atOnce, revision - next + 1) }, (_, index) => next + index);
        for (const taken of await Promise.all(batch.map(take))) fresh.push(...(taken ?? []));
        next += batch.length;
      }
      for (let taken = await take(next); taken !== undefined; taken = await take(next)) {
        fresh.push(...taken);
        next++;
      }
      unread = Math.max(unread, next);
      if (fresh.length > 0) known = [...known, ...fresh].slice(-mostEntries);
      return known;
    },
  };
}
