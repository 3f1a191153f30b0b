import type { EventsPart, EventView } from '../../inbox/view.ts';

/** What the page knows of the events; a value, so that drawing follows from it. */
export type Known = {
  readonly run: string;
  readonly sequence: number;
  /** Newest first. */
  readonly events: readonly EventView[];
  /** false: the first read is still under way, and older ones may follow. */
  readonly whole: boolean;
  /** The log goes further back than what is kept here. */
  readonly older: boolean;
};

export const nothing: Known = { run: '', sequence: 0, events: [], whole: false, older: false };

/** What is known once a part has come. Of an answer in several parts only the last moves `sequence` on. */
export function merge(known: Known, part: EventsPart, sequenceOfFirst: number): Known {
  const before = part.run === known.run ? known.events : [];
  const changed = new Map(part.events.map((event) => [event.id, event]));
  const kept = before.map((event) => {
    const newer = changed.get(event.id);
    changed.delete(event.id);
    return newer ?? event;
  });
  const added = part.events.filter(({ id }) => changed.has(id));
  return {
    run: part.run,
    sequence: part.more ? 0 : sequenceOfFirst,
    events: (added.length === 0 ? kept : inOrder(added, kept)).slice(0, part.most),
    whole: !part.more,
    older: part.older,
  };
}

/** Both are in order already, newest first; equal times stay as they came. */
function inOrder(added: readonly EventView[], kept: readonly EventView[]): readonly EventView[] {
  const [newest, oldest] = [kept[0], kept.at(-1)];
  if (newest === undefined || oldest === undefined) return added;
  if (added.every(({ time }) => time >= newest.time)) return [...added, ...kept];
  if (added.every(({ time }) => time <= oldest.time)) return [...kept, ...added];
  return [...added, ...kept].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0));
}
