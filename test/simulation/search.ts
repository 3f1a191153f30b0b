import fc from 'fast-check';
import { type History, histories } from './history.ts';
import { judge } from './invariants.ts';
import type { Run } from './stage.ts';
import { createWorld, type World } from './world.ts';

export type Told = { readonly broken: readonly string[]; readonly world: World };

/** Plays one history to its end, heals, and judges. `after`: told of each invocation. */
export async function tell(
  history: History,
  after: (command: number, runs: readonly Run[]) => void = () => {},
): Promise<Told> {
  const world = createWorld();
  for (const [index, command] of history.entries()) {
    const before = world.stage.all.length;
    await world.obey(command);
    if (command.do === 'run' || command.do === 'backfill') after(index, world.stage.all.slice(before));
    if (world.journal.violations.length > 0) break;
  }
  if (world.journal.violations.length > 0) return { broken: world.journal.violations, world };
  await world.heal();
  return { broken: judge(world), world };
}

export type Found = {
  readonly histories: number;
  readonly steps: number;
  readonly crashes: number;
  readonly copies: number;
  readonly seconds: number;
  readonly seed: number;
  /** The smallest history that breaks something, as a person reads it. */
  readonly failure?: {
    readonly path: string;
    readonly history: History;
    readonly broken: readonly string[];
    readonly story: readonly string[];
  };
};

/** Plays as many histories as asked for, and shrinks the first that breaks an invariant. */
export async function search(
  { runs, seed, path }: { readonly runs: number; readonly seed: number; readonly path?: string | undefined },
  progress: (done: number) => void = () => {},
): Promise<Found> {
  const began = Date.now();
  const sums = { histories: 0, steps: 0, crashes: 0, copies: 0 };
  const property = fc.asyncProperty(histories, async (history) => {
    const { broken, world } = await tell(history);
    sums.histories++;
    sums.steps += world.stage.tick;
    sums.crashes += world.stage.crashes;
    sums.copies += world.chats.copies.length;
    progress(sums.histories);
    return broken.length === 0;
  });
  const details = await fc.check(property, { numRuns: runs, seed, ...(path !== undefined && { path }) });
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  const base = { ...sums, seconds, seed };
  if (!details.failed) return base;
  const history = details.counterexample?.[0] ?? [];
  const { broken, world } = await tell(history);
  return { ...base, failure: { path: details.counterexamplePath ?? '', history, broken, story: world.stage.story } };
}

export const summaryOf = ({ histories, steps, crashes, copies, seconds, seed }: Found): string =>
  `simulation: ${histories} histories, ${steps} steps, ${crashes} crashes, ${copies} messages seen, ${seconds} s (seed ${seed})`;

export const storyOf = ({ seed, failure }: Found): string =>
  failure
    ? [
        `seed ${seed}, path ${failure.path}`,
        ...failure.story,
        '',
        ...failure.broken,
        '',
        JSON.stringify(failure.history),
      ].join('\n')
    : '';
