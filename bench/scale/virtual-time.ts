import { setImmediate as breath } from 'node:timers/promises';

export type VirtualTime = ReturnType<typeof createVirtualTime>;

/** Time that passes only while everybody waits for it: an hour of two hundred sources is over in a minute. */
export function createVirtualTime(start: number) {
  let now = start;
  /** Soonest first. */
  const waiting: { readonly at: number; readonly wake: () => void }[] = [];

  const sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      const at = now + Math.max(0, ms);
      let index = waiting.length;
      while (index > 0 && (waiting[index - 1]?.at ?? 0) > at) index--;
      waiting.splice(index, 0, { at, wake });
    });

  return {
    now: () => new Date(now),
    ms: () => now,
    sleep,
    /** Until `done` says so; it is asked whenever nothing is left to do at this moment. */
    async run(done: () => boolean): Promise<void> {
      for (;;) {
        // What a wake-up sets going (promises, streams of an answer) is through after two turns of the loop.
        for (let turn = 0; turn < 2; turn++) await breath();
        if (done()) return;
        const next = waiting[0];
        if (!next) throw new Error('Nobody waits for anything, and it is not done.');
        now = next.at;
        while (waiting[0] && waiting[0].at <= now) waiting.shift()?.wake();
      }
    },
  };
}
