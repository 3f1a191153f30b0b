import { describe, expect, test } from '@jest/globals';
import type { Group, PlanStep } from '../../../../handlers/local/inbox/view.ts';
import { segmentsOf } from '../../../../handlers/local/page/plans/segments.ts';
import { fittingRange, ticks } from '../../../../handlers/local/page/plans/time-axis.ts';
import { nextStop, type Stop } from '../../../../handlers/local/page/plans/walk.ts';

const at = (time: string) => Date.parse(`2026-11-24T${time}Z`);
const step = (time: string, group: Group): PlanStep => ({
  time: `2026-11-24T${time}.000Z`,
  words: '',
  status: group,
  group,
  reasons: [],
});

describe("a plan's states on a chart", () => {
  const steps = [step('03:00:00', 'waiting'), step('03:05:00', 'moving'), step('03:06:00', 'bad')];
  const shown = (listed: boolean, from: string, to: string) =>
    segmentsOf({ steps, listed }, at(from), at(to)).map(({ step: { group }, left, width, lasts }) => [
      group,
      left,
      width,
      lasts,
    ]);

  test('follow one another, the last one until now', () => {
    expect(shown(true, '03:00:00', '03:10:00')).toEqual([
      ['waiting', 0, 0.5, false],
      ['moving', 0.5, expect.closeTo(0.1), false],
      ['bad', 0.6, 0.4, true],
    ]);
  });

  test('are cut at the left edge, and gone beyond it', () => {
    expect(shown(true, '03:05:30', '03:06:30')).toEqual([
      ['moving', 0, 0.5, false],
      ['bad', 0.5, 0.5, true],
    ]);
  });

  test('end where the plan was gone', () => {
    expect(shown(false, '03:00:00', '03:10:00').at(-1)).toEqual(['bad', 0.6, 0, false]);
  });

  test('that began after now, by another clock, are not drawn', () => {
    expect(shown(true, '02:00:00', '03:05:30').map(([group]) => group)).toEqual(['waiting', 'moving']);
  });
});

describe('the time axis', () => {
  test.each([
    [90_000, '2m'],
    [120_001, '5m'],
    [3_600_000, '3h'],
    [6 * 86_400_000, '7d'],
    [99 * 86_400_000, '30d'],
  ] as const)('%d ms fit into %s', (ms, range) => {
    expect(fittingRange(at('03:00:00') - ms, at('03:00:00'))).toBe(range);
  });

  test.each<[from: string, to: string, offsetMs: number, times: string[]]>([
    ['03:00:10', '03:05:10', 0, ['03:01', '03:02', '03:03', '03:04', '03:05']],
    ['03:00:00', '03:02:00', 0, ['03:00', '03:00:30', '03:01', '03:01:30', '03:02']],
    ['00:30:00', '23:30:00', 0, ['06:00', '12:00', '18:00']],
    // India is half an hour off: six o'clock there is 00:30 here.
    ['00:00:00', '23:00:00', 19_800_000, ['00:30', '06:30', '12:30', '18:30']],
  ])('round times from %s to %s, %d ms ahead of UTC', (from, to, offsetMs, times) => {
    const found = ticks(at(from), at(to), 6, offsetMs).map((ms) => new Date(ms).toISOString().slice(11, 19));
    expect(found).toEqual(times.map((time) => time.padEnd(8, ':00')));
  });
});

describe('arrow keys on the chart', () => {
  const stops: Stop[] = [
    { id: 'a1', row: 0, left: 0 },
    { id: 'a2', row: 0, left: 0.5 },
    { id: 'a3', row: 0, left: 0.9 },
    { id: 'c1', row: 2, left: 0.1 },
    { id: 'c2', row: 2, left: 0.8 },
  ];
  test.each([
    ['a1', 'ArrowRight', 'a2'],
    ['a1', 'ArrowLeft', undefined],
    ['a3', 'ArrowRight', undefined],
    ['a3', 'Home', 'a1'],
    ['a1', 'End', 'a3'],
    ['a3', 'ArrowDown', 'c2'],
    ['a1', 'ArrowDown', 'c1'],
    ['c1', 'ArrowUp', 'a1'],
    ['c2', 'ArrowUp', 'a3'],
    ['c1', 'ArrowDown', undefined],
    ['a1', 'x', undefined],
  ])('from %s, %s leads to %s', (from, key, to) => {
    const start = stops.find(({ id }) => id === from) as Stop;
    expect(nextStop(stops, start, key)?.id).toBe(to);
  });
});
