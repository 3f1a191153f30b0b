import { setImmediate as breath } from 'node:timers/promises';
import { diffPlans } from '../lib/core/diff.ts';
import { parsePlanList, type ReleasePlan } from '../lib/core/plan.ts';
import { readWholeList } from '../lib/sources/whole-list.ts';
import { against, type Figure, interleave, median, type Part } from './figure.ts';
import { changed, samplePlans } from './scene.ts';
import { listOf } from './servers.ts';

/** CPU in ms for one call, over as many as fill a few milliseconds; what is collected meanwhile belongs to it. */
async function timed(times: number, work: () => unknown): Promise<number> {
  await breath();
  const began = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const done = work();
    // Waiting for what is there already would cost more than comparing a short list.
    if (done instanceof Promise) await done;
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000 / times;
}

const read = (text: string): readonly ReleasePlan[] => {
  const list = parsePlanList(JSON.parse(text));
  if ('fault' in list) throw new Error(list.fault);
  return list.plans;
};

/** What reading and comparing cost by themselves, against JSON.parse of the same list; in this process. */
export const diff: Part = async (effort) => {
  const figures: Figure[] = [];
  const curve: { readonly count: number; readonly ms: number }[] = [];
  for (const count of effort === 'full' ? [10, 1_000, 10_000, 100_000] : [1_000, 10_000]) {
    const plans = samplePlans(count);
    const bytes = listOf(plans);
    const text = bytes.toString();
    const [before, same] = [read(text), read(text)];
    const some = read(changed(plans, Math.ceil(count / 20), 1).toString());
    // One new on top and one gone from the middle: the ids agree nowhere.
    const moved = read(
      listOf([...samplePlans(1), ...plans.slice(0, count >> 1), ...plans.slice((count >> 1) + 1)]).toString(),
    );
    const times = Math.max(1, Math.round(20_000 / count));
    const subjects = {
      parse: () => timed(times, () => JSON.parse(text)),
      read: () => timed(times, () => read(text)),
      whole: () => timed(times, () => readWholeList(async () => bytes, parsePlanList, undefined)),
      same: () => timed(times, () => diffPlans(before, same)),
      some: () => timed(times, () => diffPlans(before, some)),
      moved: () => timed(times, () => diffPlans(before, moved)),
    };
    await interleave(3, subjects);
    const rounds = await interleave(effort === 'full' ? 15 : 7, subjects);
    const of = (name: keyof typeof subjects) => rounds.map((round) => round[name]);
    const figure = (what: string, name: keyof typeof subjects): Figure =>
      against(
        {
          part: 'diff',
          figure: `${count.toLocaleString('en')} plans: ${what} ÷ JSON.parse`,
          unit: 'ms CPU',
        },
        of(name),
        of('parse'),
      );
    figures.push(
      figure('parsed and checked', 'read'),
      figure('as the source reads its bytes, digest and all', 'whole'),
      figure('compared, nothing new', 'same'),
      figure('compared, 5 % changed', 'some'),
      figure('compared, all moved', 'moved'),
    );
    curve.push({ count, ms: median(of('moved')) });
  }
  const [from, to] = [curve.find(({ count }) => count === 1_000), curve.at(-1)];
  if (from && to) {
    figures.push({
      part: 'diff',
      figure: 'growth of comparing lists that moved, from 1,000 plans on',
      value: Math.log(to.ms / from.ms) / Math.log(to.count / from.count),
      unit: 'exponent',
    });
  }
  return figures;
};
