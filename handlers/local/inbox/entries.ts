import type { Log, LogEntry } from '../../../lib/ledger/log.ts';

/** The page reads back so far, hours of a busy project; the log itself keeps everything. */
export const mostEntries = 1_000;
const atOnce = 50;

/** The end of one source's log, kept in memory: an entry never changes, so each is read once. */
export function createEntries(log: Log, source: string) {
  const known = new Map<number, LogEntry>();
  let unread = 1;

  /** false: there is no such entry yet. One that is damaged has been set aside by whoever reads it first, and is passed over. */
  async function take(revision: number): Promise<boolean> {
    const reading = await log.read(source, revision);
    if (reading.kind === 'found') known.set(revision, reading.value);
    return reading.kind !== 'absent';
  }

  return {
    /** Oldest first. `revision`: the checkpoint's; the log can be ahead of it, never behind. */
    async upTo(revision: number): Promise<readonly LogEntry[]> {
      let next = Math.max(unread, revision - mostEntries + 1);
      while (next <= revision) {
        const batch = Array.from({ length: Math.min(atOnce, revision - next + 1) }, (_, index) => next + index);
        await Promise.all(batch.map(take));
        next += batch.length;
      }
      while (await take(next)) next++;
      unread = Math.max(unread, next);
      const entries = [...known.values()].sort((a, b) => a.revision - b.revision).slice(-mostEntries);
      for (const old of known.keys()) if (old < (entries[0]?.revision ?? 0)) known.delete(old);
      return entries;
    },
  };
}
