/**
 * Where the story was: what a caller keeps so that the next start goes on there. `seenAt`: when it was last looked at;
 * `pauses`: how long nobody ran it, and from when. Times in ms since 1970.
 */
export type StoryState = {
  readonly startedAt: number;
  readonly seenAt?: number;
  readonly pauses?: readonly { readonly at: number; readonly ms: number }[];
};

type StoryClock = {
  /** ms of story told by `now`. */
  elapsed(now: number): number;
  /** When a moment of the story was or will be, ms since 1970. */
  wallTime(elapsed: number): number;
  state(now: number): StoryState;
};

/** Enough to place everything that is still listed; older pauses are folded into one. */
const mostPauses = 50;

/**
 * Stops while nobody runs it: after a night, the plans are still there and the story goes on, instead of twelve plans
 * vanishing and twelve others appearing at the first look. `speed`: how much faster than life.
 */
export function createStoryClock(
  { startedAt, seenAt, pauses = [] }: StoryState,
  now: number,
  speed: number,
): StoryClock {
  const gap = seenAt === undefined ? 0 : now - seenAt;
  const all = gap > 0 && seenAt !== undefined ? [...pauses, { at: seenAt, ms: gap }] : [...pauses];
  const kept = foldOldest(all);
  return {
    elapsed: (at) => {
      const paused = kept.reduce((sum, pause) => sum + (pause.at < at ? pause.ms : 0), 0);
      return Math.max(0, at - startedAt - paused) * speed;
    },
    wallTime: (elapsed) =>
      kept.reduce((at, pause) => (pause.at < at ? at + pause.ms : at), startedAt + elapsed / speed),
    state: (at) => ({ startedAt, seenAt: at, pauses: kept }),
  };
}

/** The oldest two become one, which moves only what happened between them: plans that left the list long ago. */
function foldOldest(pauses: NonNullable<StoryState['pauses']>): NonNullable<StoryState['pauses']> {
  const over = pauses.length - mostPauses;
  if (over <= 0) return pauses;
  const folded = pauses.slice(0, over + 1);
  const first = folded[0];
  if (!first) return pauses;
  return [{ at: first.at, ms: folded.reduce((sum, { ms }) => sum + ms, 0) }, ...pauses.slice(over + 1)];
}
