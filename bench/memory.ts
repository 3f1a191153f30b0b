import { fileURLToPath } from 'node:url';
import { startLambda } from '../test/support/lambda.ts';
import type { Figure, Part } from './figure.ts';
import { peakMb } from './process.ts';
import { changed, createScene, invoke, samplePlans } from './scene.ts';

const looks = 20;

/**
 * V8 sizes its heap by the memory of the machine, and this one has a hundred times what a function has: left alone it
 * would rather grow than collect. These are about the sizes that it takes in 256 and 512 MB.
 */
const sized = (mb: number) => ({ NODE_OPTIONS: `--max-old-space-size=${mb} --max-semi-space-size=${mb / 128}` });

/** The most memory that a sandbox of poll ever has, by the length of the list: at its first look, after twenty
 * with nothing new, and after twenty that each find a change. */
export const memory: Part = async (effort) => {
  const empty = await startLambda({
    bundle: 'empty',
    folder: fileURLToPath(new URL('floor', import.meta.url)),
    env: {},
  });
  const floor = peakMb(await empty.ready());
  await empty.stop();
  const figures: Figure[] = [];
  const sizes = [
    { count: 50, mb: 256 },
    { count: 10_000, mb: 256 },
    { count: 100_000, mb: 512 },
  ];
  for (const { count, mb } of effort === 'full' ? sizes : sizes.slice(0, 2)) {
    const plans = samplePlans(count);
    const scene = await createScene({ plans });
    const poll = await scene.launch('poll', { env: sized(mb) });
    const figure = async (what: string): Promise<Figure> => ({
      part: 'memory',
      figure: `${count.toLocaleString('en')} plans, ${mb} MB: ${what}`,
      value: peakMb(await poll.ready()) - floor,
      unit: 'MB over idle',
      floor,
    });
    await invoke(poll, {});
    figures.push(await figure('the first look'));
    for (let turn = 0; turn < looks; turn++) await invoke(poll, {});
    figures.push(await figure(`${looks} looks with nothing new`));
    for (let turn = 0; turn < looks; turn++) {
      // An unchanged list would not even be parsed.
      scene.list.show(changed(plans, 1, turn));
      await invoke(poll, {});
    }
    figures.push(await figure(`${looks} looks with a change`));
    await scene.close();
  }
  return figures;
};
