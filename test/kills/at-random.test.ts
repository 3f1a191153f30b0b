import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { report } from './each-request.ts';
import type { Moment } from './gate.ts';
import { createRandom } from './random.ts';
import { besiege, randomKills, type Siege, seed, type Victim } from './siege.ts';

const random = createRandom(seed);

/** At one of its next requests, or so many ms from now, whatever it is doing then. */
function threaten(siege: Siege, victim: Victim): void {
  // What deliver's last request asked of a chat cannot arrive late and in order as well.
  const moments: readonly [Moment, ...Moment[]] =
    victim === 'deliver' ? ['before', 'after'] : ['before', 'after', 'early'];
  if (random.chance(0.7)) siege.lay(victim, 1 + random.below(victim === 'deliver' ? 14 : 8), random.pick(moments));
  else setTimeout(() => siege.kill(victim), random.below(120));
}

/** A poll that stands still at one of its requests while the world goes on and others look, and then goes on itself. */
async function suspend(siege: Siege): Promise<void> {
  siege.lay('secondPoll', 1 + random.below(8), 'held');
  const suspended = siege.look('secondPoll');
  await Promise.race([suspended, pause(150)]);
  siege.shown.step(random);
  siege.show();
  await siege.look();
  siege.disarm();
  siege.letArrive();
  await suspended;
}

test(`killed at random moments, polls overlapping: everything is told, in order, and nothing twice without saying so (SEED=${seed})`, async () => {
  const began = Date.now();
  const siege = await besiege();
  siege.planwatch.setPlans([]);
  // What is there at the first look is nobody's news.
  await siege.look();
  while (siege.kills.poll + siege.kills.deliver < randomKills) {
    siege.shown.step(random);
    siege.show();
    if (random.chance(0.15)) await suspend(siege);
    threaten(siege, random.pick<Victim>(['poll', 'secondPoll', 'deliver', 'deliver']));
    await Promise.all([siege.look(), ...(random.chance(0.4) ? [siege.look('secondPoll')] : [])]);
    if (random.chance(0.3)) await siege.look();
    if (random.chance(0.5)) await siege.settle();
    await siege.planwatch.later(random.below(40_000));
    siege.disarm();
    if (random.chance(0.5)) siege.letArrive();
  }
  siege.letArrive();
  // Time enough for a plan that is missing to be called removed.
  for (let count = 0; count < 3; count++) {
    await siege.look();
    await siege.planwatch.later(31_000);
  }
  await siege.settle();
  const broken = await siege.brokenPromises(false);
  report(`at random (SEED=${seed})`, siege, began);
  await siege.close();
  expect(broken).toEqual([]);
}, 600_000);
