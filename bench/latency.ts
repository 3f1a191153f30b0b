import { setTimeout as pause } from 'node:timers/promises';
import { against, interleave, type Part } from './figure.ts';
import { changed, createScene, invoke, replayOf, samplePlans } from './scene.ts';

/**
 * From the tick that finds a change to the first post, in warm functions, against the same requests made bare and one
 * after another. The queue hands over at once here; on AWS its own way takes some tens of milliseconds more.
 */
export const latency: Part = async (effort) => {
  const plans = samplePlans(50);
  let posted = Promise.withResolvers<void>();
  const scene = await createScene({ plans, onPost: () => void posted.resolve() });
  const [poll, deliver, floor] = [
    await scene.launch('poll'),
    await scene.launch('deliver'),
    await scene.launchModule('replay'),
  ];
  let turn = 0;
  const told = async (): Promise<number> => {
    scene.list.show(changed(plans, 1, turn++));
    // planwatch keeps to ten a second for a webhook.
    await pause(110);
    posted = Promise.withResolvers<void>();
    const began = performance.now();
    await invoke(poll, {});
    const batch = await scene.nextBatch();
    if (!batch) throw new Error('latency: a change, and no message');
    const delivered = invoke(deliver, batch);
    await posted.promise;
    const took = performance.now() - began;
    await delivered;
    await scene.done(batch);
    return took;
  };
  await invoke(poll, {});
  for (let batch = await scene.nextBatch(); batch; batch = await scene.nextBatch()) {
    await invoke(deliver, batch);
    await scene.done(batch);
  }
  for (let warm = 0; warm < 10; warm++) await told();
  scene.takeSeen();
  await told();
  // Nothing tells a change sooner: the list, the entry that decides it, the queue, the lane's note, the post.
  const needed = scene
    .takeSeen()
    .filter(({ method, url, body }) =>
      method === 'GET' ? url.includes('release-plans') : /\/(log|lanes)\/|hook$/.test(url) || body.includes('Entries'),
    );
  const requests = replayOf(needed, scene);
  const alone = async (): Promise<number> => {
    const began = performance.now();
    await invoke(floor, { requests, client: 'bare' });
    return performance.now() - began;
  };
  for (let warm = 0; warm < 10; warm++) await alone();
  const rounds = await interleave(effort === 'full' ? 30 : 10, { told, alone });
  await scene.close();
  return [
    against(
      { part: 'latency', figure: 'change → first post ÷ its requests alone', unit: 'ms' },
      rounds.map((round) => round.told),
      rounds.map((round) => round.alone),
    ),
    { part: 'latency', figure: 'requests that nothing could do without', value: requests.length, unit: '' },
  ];
};
