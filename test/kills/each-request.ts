import type { Moment } from './gate.ts';
import { type Siege, thorough } from './siege.ts';

/**
 * Killed at its first request, at its second and so on until it has none left: `story` gets the number and the moment,
 * and says whether there was such a request. Returns how many there were. In a short run `each` request is lost once,
 * in turn before it arrives and after it was carried out, or only every `other` one; in a thorough one each twice.
 */
export async function atEachRequest(
  story: (nth: number, when: Moment) => Promise<boolean>,
  inShort: 'both' | 'each' | 'other' = 'other',
): Promise<number> {
  if (thorough || inShort === 'both') {
    const before = await lose(story, 1, () => 'before');
    return Math.min(before, await lose(story, 1, () => 'after'));
  }
  return lose(story, inShort === 'each' ? 1 : 2, (count) => (count % 2 === 0 ? 'before' : 'after'));
}

async function lose(
  story: (nth: number, when: Moment) => Promise<boolean>,
  step: number,
  momentOf: (count: number) => Moment,
): Promise<number> {
  let nth = 1;
  for (let count = 0; await story(nth, momentOf(count)); count++) nth += step;
  return nth - 1;
}

/** Three plans that exist already, and everybody has heard of. */
export async function watching({ shown, planwatch, show, look, settle }: Siege): Promise<[string, string, string]> {
  planwatch.setPlans([]);
  await look();
  const ids: [string, string, string] = [shown.appear(), shown.appear(), shown.appear()];
  show();
  await look();
  await settle();
  return ids;
}

/** One line, so that a run can be compared with another. */
export const report = (what: string, { kills }: Siege, since: number): void =>
  void process.stderr.write(
    `kill -9, ${what}: poll ${kills.poll} times, deliver ${kills.deliver} times, in ${((Date.now() - since) / 1000).toFixed(1)} s\n`,
  );
