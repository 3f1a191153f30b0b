import { fileURLToPath } from 'node:url';
import type { Lambda } from '../test/support/lambda.ts';
import { startLambda } from '../test/support/lambda.ts';
import { against, type Figure, interleave, type Part } from './figure.ts';
import { cpuMs } from './process.ts';
import { batchFor, createScene, invoke, samplePlans } from './scene.ts';

type Start = {
  /** CPU of the process, in ms, until it first waits for an invocation; and until its first one is answered. */
  readonly init: number;
  readonly first: number;
};

async function start(sandbox: Lambda, event: unknown): Promise<Start> {
  const pid = await sandbox.ready();
  const init = cpuMs(pid);
  const how = await sandbox.invoke(event);
  if (how.kind !== 'result') throw new Error(`cold: ${JSON.stringify(how)}`);
  const first = cpuMs(pid);
  await sandbox.stop();
  return { init, first };
}

const empty = () => startLambda({ bundle: 'empty', folder: fileURLToPath(new URL('floor', import.meta.url)), env: {} });

/** What a new sandbox costs, as CPU: each bundle against a handler that does nothing, in the real runtime client. */
export const cold: Part = async (effort) => {
  const scene = await createScene({ plans: samplePlans(50) });
  // The look that a new sandbox takes is one of many: the list is known already.
  await invoke(await scene.launch('poll'), {});
  const rounds = await interleave(effort === 'full' ? 12 : 5, {
    empty: async () => start(await empty(), {}),
    poll: async () => start(await scene.launch('poll'), {}),
    deliver: async () => start(await scene.launch('deliver'), batchFor(['webhook'])),
    backfill: async () => start(await scene.launch('backfill'), { dryRun: true }),
  });
  await scene.close();
  const floors = rounds.map(({ empty: floor }) => floor.init);
  const figure = (name: 'poll' | 'deliver' | 'backfill', what: keyof Start): Figure =>
    against(
      {
        part: 'cold',
        figure: `${name}: ${what === 'init' ? 'start' : 'start and first invocation'}`,
        unit: 'ms CPU',
      },
      rounds.map((round) => round[name][what]),
      floors,
    );
  return [
    figure('poll', 'init'),
    figure('poll', 'first'),
    figure('deliver', 'init'),
    figure('deliver', 'first'),
    figure('backfill', 'init'),
    figure('backfill', 'first'),
  ];
};
