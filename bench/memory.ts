import { fileURLToPath } from 'node:url';
import { startLambda } from '../test/support/lambda.ts';
import type { Figure, Part } from './figure.ts';
import { peakMb } from './process.ts';
import { changed, createScene, invoke, samplePlans } from './scene.ts';

const ticks = 20;

/** The most memory that a sandbox of poll ever has over twenty looks, by the length of the list. */
export const memory: Part = async (effort) => {
  const idle = await startLambda({
    bundle: 'empty',
    folder: fileURLToPath(new URL('floor', import.meta.url)),
    env: {},
  });
  const floor = peakMb(await idle.ready());
  await idle.stop();
  const figures: Figure[] = [];
  for (const [count, budget] of [[50], [10_000, floor + 60], ...(effort === 'full' ? [[100_000, 512]] : [])] as const) {
    const plans = samplePlans(count ?? 0);
    const scene = await createScene({ plans });
    const poll = await scene.launch('poll');
    for (let tick = 0; tick < ticks; tick++) {
      // Another status each time: an unchanged list would not even be parsed.
      scene.list.show(changed(plans, 1, tick));
      await invoke(poll, {});
    }
    figures.push({
      part: 'memory',
      figure: `poll, ${count?.toLocaleString('en')} plans`,
      value: peakMb(await poll.ready()),
      unit: 'MB at most',
      floor,
      ...(budget !== undefined && { budget }),
    });
    await scene.close();
  }
  return figures;
};
