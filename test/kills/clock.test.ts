import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { besiegeDesk, type LocalSiege } from './desk.ts';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

let siege: LocalSiege;
beforeEach(async () => {
  siege = await besiegeDesk();
});
afterEach(() => siege.close());

/** By how much the clock jumps before each change: far more than the twenty seconds that a busy machine is given. */
const jumps: readonly (readonly [string, readonly number[]])[] = [
  ['jumps back an hour, forward a day and back again', [-hour, day, -day]],
  ['is set back by half a minute twice', [-minute / 2, -minute / 2]],
];

describe('planwatch start while the clock of the machine', () => {
  test.each(jumps)('%s: everything is told in order, as soon as ever', async (_, story) => {
    const running = siege.start();
    await running.until(/✓ told slack/);
    const plan = siege.shown.appear();
    siege.show();
    await running.until(/New release plan/);
    for (const [index, ms] of story.entries()) {
      siege.shift(ms);
      siege.shown.turn(plan, ['RELEASING', 'FAILED', 'ROLLBACK_SUCCEED', 'SUCCESS'][index] ?? '');
      siege.show();
      expect(await siege.brokenPromises(true)).toEqual([]);
    }
    expect(siege.kills()).toBe(0);
  });
});

describe('a clock that is set back while a chat is asked to wait', () => {
  const waiting = async () => {
    const running = siege.start();
    await running.until(/✓ told slack/);
    siege.slack.script({ status: 429, headers: { 'retry-after': '600' }, body: 'rate_limited' });
    siege.shown.appear();
    siege.shown.appear();
    siege.show();
    await running.until(/slack must wait/);
    return running;
  };

  test('an hour: the message does not wait longer than it was told to', async () => {
    await waiting();
    siege.shift(-hour);
    await pause(1_500);
    siege.shift(11 * minute);
    expect(await siege.brokenPromises(true)).toEqual([]);
  });

  test('an hour, and planwatch is killed meanwhile: nor after a new start', async () => {
    const first = await waiting();
    await siege.kill(first);
    siege.shift(-hour);
    siege.start();
    await pause(1_500);
    siege.shift(11 * minute);
    expect(await siege.brokenPromises(true)).toEqual([]);
  });

  test('a day forward: it is told at once, and once', async () => {
    await waiting();
    siege.shift(day);
    expect(await siege.brokenPromises(true)).toEqual([]);
  });
});

test('a plan that is missing while the clock is set back is held, and then removed', async () => {
  const running = siege.start();
  await running.until(/✓ told slack/);
  const plan = siege.shown.appear();
  siege.show();
  await running.until(/New release plan/);
  siege.shown.vanish(plan);
  siege.show();
  await pause(1_500);
  siege.shift(-10 * minute);
  await pause(2_500);
  expect(siege.webhook.messages.length).toBe(2);
  siege.shift(31_000);
  expect(await siege.brokenPromises(true)).toEqual([]);
});
