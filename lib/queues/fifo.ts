import { randomUUID } from 'node:crypto';

/** `visibilityMs`: how long a received message stays in hand. `dedupWindowMs`: how long a second copy is swallowed. */
export type QueueTimes = {
  readonly now: () => Date;
  readonly visibilityMs?: number;
  readonly dedupWindowMs?: number;
};

/** As on SQS: nothing is hidden for longer than 12 hours at a time. */
const maxDelaySeconds = 43_200;

/** Whole seconds, since SQS knows no others: never shorter than asked for, never longer than it allows. */
export function wholeSeconds(seconds: number): number {
  if (Number.isNaN(seconds)) throw new RangeError('A delay must be a number of seconds, and this one is not a number.');
  return Math.min(Math.max(Math.ceil(seconds), 0), maxDelaySeconds);
}

type Entry = { readonly group: string; until: number; span: number; handle?: string };

/** A message by its key; keys sort in the order in which messages were sent. */
type Keyed = { readonly key: string; readonly group: string };

/**
 * Which messages may be handed out now, by SQS's rule: while any message of a group is hidden (in hand or delayed), none of
 * that group is. Bookkeeping only: no bodies, no clock, no disk. Times are ms since 1970.
 */
export function createFifo(visibilityMs: number) {
  const entries = new Map<string, Entry>();
  const keys = new Map<string, string>();

  // Measured anew at each look: a clock set back must not make a message wait longer than it was told to.
  const hidden = (entry: Entry, now: number): boolean => {
    entry.until = Math.min(entry.until, now + entry.span);
    return entry.until > now;
  };

  const remove = (key: string): void => {
    const handle = entries.get(key)?.handle;
    if (handle !== undefined) keys.delete(handle);
    entries.delete(key);
  };

  const hide = (key: string, spanMs: number, until: number): void => {
    const entry = entries.get(key);
    if (entry) Object.assign(entry, { span: spanMs, until });
  };

  /** A handle is good until its message is handed out again or removed, so one that came late still settles it. */
  const keyOf = (handle: string): string | undefined => keys.get(handle);

  return {
    remove,
    hide,
    keyOf,

    keyInHand(handle: string): string {
      const key = keyOf(handle);
      if (key !== undefined) return key;
      throw new Error(
        'This message is not in hand any more: it is done, or its time ran out and it was handed out again.',
      );
    },

    add({ key, group }: Keyed): void {
      if (!entries.has(key)) entries.set(key, { group, until: 0, span: 0 });
    },

    has: (key: string): boolean => entries.has(key),
    all: (): string[] => [...entries.keys()],

    take(most: number, now: number): { readonly key: string; readonly handle: string; readonly group: string }[] {
      const locked = new Set<string>();
      for (const entry of entries.values()) if (hidden(entry, now)) locked.add(entry.group);
      const due = [...entries].filter(([, { group }]) => !locked.has(group)).sort(([a], [b]) => (a < b ? -1 : 1));
      return due.slice(0, Math.max(0, most)).map(([key, entry]) => {
        if (entry.handle !== undefined) keys.delete(entry.handle);
        const handle = randomUUID();
        Object.assign(entry, { handle, span: visibilityMs, until: now + visibilityMs });
        keys.set(handle, key);
        return { key, handle, group: entry.group };
      });
    },

    waiting(now: number): { readonly messages: number; readonly nextDueAt?: number } {
      const due = [...entries.values()].filter((entry) => hidden(entry, now)).map(({ until }) => until);
      return { messages: entries.size, ...(due.length > 0 && { nextDueAt: Math.min(...due) }) };
    },
  };
}

/** Remembers ids for a while, as SQS does for five minutes, whether or not their messages are done. */
export function createRecentIds(windowMs: number) {
  const seen = new Map<string, number>();
  // The distance in either direction, so that a clock set back does not stretch the window.
  const recent = (at: number, now: number): boolean => Math.abs(now - at) < windowMs;
  return {
    has(id: string, now: number): boolean {
      const at = seen.get(id);
      return at !== undefined && recent(at, now);
    },
    add(id: string, now: number): void {
      for (const [old, at] of seen) if (!recent(at, now)) seen.delete(old);
      seen.set(id, now);
    },
  };
}
