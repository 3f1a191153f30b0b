import { against, type Figure, interleave, median, type Part, quantile } from './figure.ts';
import { type Cost, createScene, invoke, measure, replayOf, samplePlans } from './scene.ts';
import { listOf } from './servers.ts';

/** How many looks are measured at once: a short one is lost in what a process does by the way. */
const timesFor = (plans: number): number => Math.max(1, Math.min(20, Math.round(20_000 / plans)));

/**
 * A look with nothing new. `same`: the list is the same to the byte; `read`: only its blanks differ, so it must be read
 * and compared. Floors: the list fetched and parsed, nothing else (`bare`); our own requests with our own clients, the
 * digest taken, and no more (`client`).
 */
async function lookCosts(count: number, rounds: number) {
  const plans = samplePlans(count);
  const scene = await createScene({ plans });
  const [poll, bare, client] = [
    await scene.launch('poll'),
    await scene.launchModule('replay'),
    await scene.launchModule('replay'),
  ];
  const list = listOf(plans);
  const times = timesFor(count);
  let blanks = 0;
  const look = () => invoke(poll, {});
  const readAnew = () => {
    scene.list.show(Buffer.concat([list, Buffer.alloc(1 + (blanks++ % 7), ' ')]));
    return look();
  };
  const back = async () => {
    scene.list.show(list);
    await look();
  };
  const repeat = async (work: () => Promise<unknown>) => {
    for (let time = 0; time < times; time++) await work();
  };
  for (let warm = 0; warm < 4 + times; warm++) await readAnew();
  await back();
  scene.takeSeen();
  await look();
  const seen = scene.takeSeen();
  const asked = replayOf(seen, scene, { digest: true });
  const alone = replayOf(
    seen.filter(({ url }) => url.startsWith(scene.list.url)),
    scene,
    { parse: true },
  );
  const replay = (by: typeof bare, requests: typeof asked, name: 'bare' | 'same') =>
    repeat(() => invoke(by, { requests, client: name }));
  for (let warm = 0; warm < 4; warm++) {
    await replay(bare, alone, 'bare');
    await replay(client, asked, 'same');
  }
  const measured = await interleave(rounds, {
    same: () => measure(poll, () => repeat(look)),
    read: async () => {
      const cost = await measure(poll, () => repeat(readAnew));
      await back();
      return cost;
    },
    bare: () => measure(bare, () => replay(bare, alone, 'bare')),
    client: () => measure(client, () => replay(client, asked, 'same')),
  });
  await scene.close();
  return { seen, measured, times };
}

export const idle: Part = async (effort) => {
  const figures: Figure[] = [];
  const reads = new Map<number, number>();
  for (const count of effort === 'full' ? [10, 1_000, 10_000, 100_000] : [1_000, 10_000]) {
    const rounds = effort === 'full' ? (count > 10_000 ? 6 : 12) : 5;
    const { seen, measured, times } = await lookCosts(count, rounds);
    const each = (name: keyof (typeof measured)[number], what: keyof Cost) =>
      measured.map((round) => round[name][what] / times);
    const figure = (what: string) => ({
      part: 'idle',
      figure: `${count.toLocaleString('en')} plans: ${what}`,
      unit: 'ms CPU',
    });
    reads.set(count, median(each('read', 'cpu')));
    figures.push(
      against(figure('the same list ÷ fetch and JSON.parse'), each('same', 'cpu'), each('bare', 'cpu')),
      against(figure('the same list ÷ its requests alone'), each('same', 'cpu'), each('client', 'cpu')),
      against(figure('read and compared ÷ fetch and JSON.parse'), each('read', 'cpu'), each('bare', 'cpu')),
      against(figure('the same list ÷ read and compared'), each('same', 'cpu'), each('read', 'cpu')),
      {
        ...figure('the same list, time'),
        value: median(each('same', 'wall')),
        unit: 'ms',
        spread: [quantile(each('same', 'wall'), 0.25), quantile(each('same', 'wall'), 0.75)],
      },
      ...requestFigures(seen, count),
    );
  }
  const [small, large] = [reads.get(1_000), reads.get(effort === 'full' ? 100_000 : 10_000)];
  if (small !== undefined && large !== undefined) {
    const exponent = Math.log(large / small) / Math.log(effort === 'full' ? 100 : 10);
    figures.push({
      part: 'idle',
      figure: 'growth of a look that reads, from 1,000 plans on',
      value: exponent,
      unit: 'exponent',
    });
  }
  return figures;
};

function requestFigures(seen: Awaited<ReturnType<typeof lookCosts>>['seen'], count: number): Figure[] {
  const figure = (what: string, value: number, unit: string): Figure => ({
    part: 'idle',
    figure: `${count.toLocaleString('en')} plans: ${what}`,
    value,
    unit,
  });
  const writes = seen.filter(({ method, url }) => method !== 'GET' || url.includes('?list-type'));
  return [
    figure('requests', seen.length, ''),
    figure('writes and lists', writes.length, ''),
    figure('bytes received', seen.reduce((sum, { bytes }) => sum + bytes, 0) / 1024, 'kB'),
  ];
}
