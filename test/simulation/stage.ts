/** What can go wrong at one numbered step of a run. A step is one call out of planwatch: store, queue, cloud, chat, sleep. */
export const hows = [
  'fails before',
  'fails after',
  'half done',
  'answers late',
  'dies before',
  'dies after',
  'sleeps 4 min',
  'sleeps an hour',
  'cloud moves',
] as const;

export type How = (typeof hows)[number];

/** `at`: the run's own step, from 0. */
export type Fault = { readonly at: number; readonly how: How };

/** One invocation: a process of its own that can die or be frozen at any step. */
export type Run = {
  readonly name: string;
  readonly faults: ReadonlyMap<number, How>;
  /** Ticks of the whole world, one a step. */
  readonly since: number;
  until: number;
  state: 'alive' | 'dead' | 'done';
  steps: number;
  /** The last tick at which something was done to it. */
  hurt: number;
  /** Frozen until then (ms since 1970). */
  frozenUntil: number;
};

type Edge<T> = {
  readonly what: string;
  /** Does it. `half`: only the first half, where there is one. */
  readonly act: (half: boolean) => T | Promise<T>;
  readonly broken?: (how: 'fails before' | 'fails after' | 'half done') => Error;
};

type Pending = {
  readonly run: Run;
  readonly perform: (how: How | undefined) => Promise<void>;
  readonly what: string;
  slept?: true;
};

export type Stage = ReturnType<typeof createStage>;

const minute = 60_000;
const begin = Date.parse('2026-11-24T03:00:00.000Z');
/** `setImmediate` comes after every microtask, so by then each run stands at its next call. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * The clock and the scheduler. No run does anything by itself: each call waits here until it is picked, one at a time,
 * so the same picks give the same history, whatever the machine does.
 */
export function createStage() {
  const story: string[] = [];
  const pending: Pending[] = [];
  const runs: Run[] = [];
  /** Those that ended as well. */
  const all: Run[] = [];
  const stage = {
    now: begin,
    /** Calls made so far, by all runs. */
    tick: 0,
    crashes: 0,
    /** What the cloud does when a fault says that it moves. */
    meanwhile: () => {},
  };

  const say = (words: string): void => {
    story.push(`${new Date(stage.now).toISOString().slice(5, 19).replace('T', ' ')}  ${words}`);
  };

  function start(name: string, faults: readonly Fault[]): Run {
    const run: Run = {
      name,
      faults: new Map(faults.map(({ at, how }) => [at, how])),
      since: stage.tick,
      until: Number.POSITIVE_INFINITY,
      state: 'alive',
      steps: 0,
      hurt: -1,
      frozenUntil: 0,
    };
    runs.push(run);
    all.push(run);
    return run;
  }

  function end(run: Run, state: 'dead' | 'done'): void {
    if (run.state !== 'alive') return;
    run.state = state;
    run.until = stage.tick;
    runs.splice(runs.indexOf(run), 1);
    for (let index = pending.length - 1; index >= 0; index--) if (pending[index]?.run === run) pending.splice(index, 1);
  }

  /** A dead run's calls never come back, so nothing after them ever happens. */
  function call<T>(run: Run, { what, act, broken = cutOff }: Edge<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (run.state !== 'alive') return;
      const perform = async (how: How | undefined) => {
        if (how === 'fails before') return reject(broken(how));
        if (how === 'dies before') return;
        try {
          const value = await act(how === 'half done');
          if (how === 'fails after' || how === 'half done') reject(broken(how));
          else if (how !== 'dies after') resolve(value);
        } catch (error) {
          if (how !== 'dies after') reject(error);
        }
      };
      pending.push({ run, perform, what });
    });
  }

  async function step(next: Pending): Promise<void> {
    const { run, what } = next;
    const how = next.slept ? undefined : run.faults.get(run.steps);
    if (how !== undefined) {
      say(`  ${run.name} ${how} at step ${run.steps}: ${what}`);
      run.hurt = stage.tick + 1;
    }
    if (how === 'sleeps 4 min' || how === 'sleeps an hour') {
      run.frozenUntil = stage.now + (how === 'sleeps an hour' ? 60 : 4) * minute;
      pending.unshift({ ...next, slept: true });
      return;
    }
    run.steps++;
    stage.tick++;
    stage.now += how === 'answers late' ? 15_000 : 3;
    if (how === 'cloud moves') stage.meanwhile();
    await next.perform(how);
    if (how === 'dies before' || how === 'dies after') {
      stage.crashes++;
      end(run, 'dead');
    }
  }

  /** Lets the runs go on until each is done, dead or frozen. `order`: who is picked when several could go; then the first. */
  async function play(order: readonly number[] = []): Promise<void> {
    let [turn, idle] = [0, 0];
    for (;;) {
      await settle();
      const awake = runs.filter((run) => run.frozenUntil <= stage.now);
      if (awake.length === 0) return;
      const ready = awake.filter((run) => pending.some((one) => one.run === run));
      // One that has said nothing yet is under way in itself.
      if (ready.length < awake.length && idle++ < (ready.length > 0 ? 50 : 100_000)) continue;
      idle = 0;
      const pick = order[turn++] ?? 0;
      const run = ready[pick % Math.max(1, ready.length)];
      const mine = pending.filter((one) => one.run === run);
      const next = mine[Math.floor(pick / 8) % Math.max(1, mine.length)];
      if (!next) throw new Error('A run neither ends nor asks for anything.');
      pending.splice(pending.indexOf(next), 1);
      await step(next);
    }
  }

  return Object.assign(stage, { story, all, say, start, end, call, play, date: () => new Date(stage.now) });
}

const cutOff = (how: string): Error =>
  new Error(`the simulated call ${how === 'fails before' ? 'was refused' : 'lost its answer'}`);
