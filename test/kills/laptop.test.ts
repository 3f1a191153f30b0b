import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { besiegeDesk, type LocalSiege } from './desk.ts';
import { createRandom } from './random.ts';
import { randomKills, seed } from './siege.ts';

/** A start takes half a second, so these are dearer than those of the functions. */
const most = Math.max(8, Math.ceil(randomKills / 3));

let siege: LocalSiege;
beforeEach(async () => {
  siege = await besiegeDesk();
});
afterEach(() => siege.close());

/** A first look that nobody disturbs, so that everything after it is news. */
async function watching(): Promise<void> {
  const first = siege.start();
  await first.until(/Now watching 0/);
  await siege.kill(first);
}

async function toTheEnd(): Promise<string[]> {
  const last = siege.start();
  await last.until(/Ctrl-C/);
  // Once a plan that is missing has been looked for, it is gone half a minute later.
  await pause(1_500);
  siege.shift(31_000);
  const broken = await siege.brokenPromises(false);
  last.child.kill('SIGINT');
  await last.ended;
  return [...broken, ...(await siege.judge(false))];
}

describe('planwatch start, killed with kill -9 at random moments', () => {
  test(`while plans change: it goes on from there (SEED=${seed})`, async () => {
    const random = createRandom(seed);
    const began = Date.now();
    await watching();
    while (siege.kills() < most) {
      const running = siege.start();
      siege.shown.step(random);
      siege.show();
      // It takes about half a second before it looks, and then a few hundredths of a second to do everything.
      if (random.chance(0.8)) await Promise.race([running.until(/Ctrl-C/), running.ended]);
      await pause(random.below(200));
      if (random.chance(0.3)) siege.shown.step(random);
      siege.show();
      await siege.kill(running);
    }
    expect(await toTheEnd()).toEqual([]);
    report(`planwatch start ${siege.kills()} times`, began);
  }, 300_000);

  test(`while planwatch poll races it, and is killed as well (SEED=${seed})`, async () => {
    const random = createRandom(seed + 1);
    const began = Date.now();
    await watching();
    while (siege.kills() < most) {
      siege.shown.step(random);
      siege.show();
      const all = [siege.start(), siege.poll(), ...(random.chance(0.5) ? [siege.poll()] : [])];
      await pause(350 + random.below(600));
      await Promise.all(all.filter(() => random.chance(0.6)).map((one) => siege.kill(one)));
      for (const one of all.slice(1)) await one.ended;
      for (const one of all.slice(0, 1)) await siege.kill(one);
    }
    expect(await toTheEnd()).toEqual([]);
    report(`planwatch start and poll ${siege.kills()} times`, began);
  }, 300_000);
});

const report = (what: string, since: number): void =>
  void process.stderr.write(`kill -9, ${what}, in ${((Date.now() - since) / 1000).toFixed(1)} s\n`);
