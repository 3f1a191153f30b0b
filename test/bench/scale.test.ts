import { describe, expect, test } from '@jest/globals';
import { judge } from '../../bench/scale/judge.ts';
import { createVirtualTime } from '../../bench/scale/virtual-time.ts';
import { createWatched } from '../../bench/scale/watched.ts';
import { scale } from '../../bench/scale.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';

const at = '2026-11-24T03:00:00.000Z';
const later = Date.parse(at) + 250;

/** Revision 2 and 3 of one source: a plan fails, and is rolled back. */
const log = [
  ['s-000000000002-0', 'CREATED', 'FAILED'],
  ['s-000000000003-0', 'FAILED', 'ROLLBACK_SUCCEED'],
].map(([id, from, status]) => ({
  at,
  events: [{ id, from, plan: { id: 'a', status } }],
  deliveries: [{ id, destination: 'team', events: [id] }],
})) as unknown as LogEntry[];
const shown = [
  { id: 'a', from: 'CREATED', to: 'FAILED' },
  { id: 'a', from: 'FAILED', to: 'ROLLBACK_SUCCEED' },
];
const copy = (revision: number) => ({ destination: 'team', delivery: `s-00000000000${revision}-0`, at: later });
const whole = [copy(2), copy(3)];
const fine = { events: 2, lost: 0, invented: 0, outOfOrder: 0, repeats: 0, delays: [250, 250] };

describe('the judge of the load', () => {
  test.each<[string, Parameters<typeof judge>, object]>([
    ['finds no fault where all was told in order', [[log], [shown], whole, new Set()], fine],
    ['counts what nobody heard', [[log], [shown], [copy(2)], new Set()], { ...fine, lost: 1, delays: [250] }],
    [
      'counts what a list showed and the log does not hold',
      [[log.slice(0, 1)], [shown], [copy(2)], new Set()],
      { ...fine, events: 1, lost: 1, delays: [250] },
    ],
    [
      'counts what the log says and no list showed',
      [[log], [shown.slice(0, 1)], whole, new Set()],
      { ...fine, invented: 1 },
    ],
    ['counts a plan that never moved', [[log], [[]], whole, new Set()], { ...fine, invented: 2 }],
    [
      'counts a transition that is told as another one',
      [[log], [[{ id: 'a', from: 'CREATED', to: 'SUCCESS' }, ...shown.slice(1)]], whole, new Set()],
      { ...fine, lost: 1 },
    ],
    ['counts a copy that nobody decided', [[log], [shown], [...whole, copy(4)], new Set()], { ...fine, invented: 1 }],
    ['counts what came before its time', [[log], [shown], [copy(3), copy(2)], new Set()], { ...fine, outOfOrder: 1 }],
    ['counts a second copy', [[log], [shown], [...whole, copy(3)], new Set()], { ...fine, repeats: 1 }],
    [
      'excuses a second copy where the answer to the first was lost',
      [[log], [shown], [...whole, copy(3)], new Set(['team s-000000000003-0'])],
      fine,
    ],
  ])('%s', (_, given, expected) => {
    expect(judge(...given)).toEqual(expected);
  });
});

test('a watched list knows what it showed after something else: another status, or another run', () => {
  const watched = createWatched({ sources: 1, plans: 1, share: 1 });
  const shows = (...minutes: number[]) => {
    for (const now of minutes) watched.move(now);
    watched.show(0);
  };
  shows();
  shows(1);
  shows();
  // Five minutes on it fails again, and nothing in between was shown.
  shows(2, 3, 4, 5, 6);
  shows(7);
  expect(watched.projects[0]?.transitions.map(({ from, to }) => [from, to])).toEqual([
    ['CREATED', 'FAILED'],
    [undefined, 'FAILED'],
    ['FAILED', 'CREATED'],
  ]);
});

test('virtual time passes in order, and only while everybody waits', async () => {
  const time = createVirtualTime(0);
  const woken: string[] = [];
  const sleeper = async (name: string, ms: number) => {
    await time.sleep(ms);
    woken.push(`${name} at ${time.ms()}`);
  };
  const all = Promise.all([sleeper('late', 3_600_000), sleeper('soon', 5), sleeper('as soon', 5), sleeper('now', 0)]);
  await time.run(() => woken.length === 4);
  await all;
  expect(woken).toEqual(['now at 0', 'soon at 5', 'as soon at 5', 'late at 3600000']);
  await expect(time.run(() => false)).rejects.toThrow('Nobody waits');
});

test('a small deployment under load keeps every promise', async () => {
  const figures = await scale('short');
  const promises = figures.filter(({ figure }) => /: (lost|told|dead letters)/.test(figure));
  expect(promises.map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
  expect(figures.find(({ figure }) => figure.endsWith('events a minute'))?.value).toBe(100);
});
