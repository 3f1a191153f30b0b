import { describe, expect, test } from '@jest/globals';
import type { Figure } from '../../bench/figure.ts';
import { type Budgets, brokenGates, passGate, readBudgets, withBudget } from '../../bench/gate.ts';

const figure = (over: Partial<Figure> = {}): Figure => ({ part: 'p', figure: 'f', value: 1, unit: 'ms', ...over });
const budgets: Budgets = { p: { f: { budget: 2, gate: 3 }, wanted: { budget: 1 } } };

describe('the gate', () => {
  test.each<[string, readonly Figure[], readonly string[]]>([
    ['lets through what is on it', [figure({ value: 3 })], []],
    ['goes by the ratio where there is one', [figure({ value: 900, ratio: 3 })], []],
    [
      'names part, figure and limit of what is over it',
      [figure({ ratio: 3.014 })],
      ['p: f is 3.01, and at most 3 is let through; if that is meant, say so in bench/budgets.json'],
    ],
    [
      'takes no number for no pass',
      [figure({ ratio: Number.NaN })],
      ['p: f is NaN, and at most 3 is let through; if that is meant, say so in bench/budgets.json'],
    ],
    ['is no wish: a budget alone is not asked for', [figure(), figure({ figure: 'wanted', value: 9 })], []],
    [
      'is red for a figure that is no longer measured',
      [figure({ figure: 'other' })],
      ['p: f was not measured, and bench/budgets.json names it'],
    ],
  ])('%s', (_rule, figures, expected) => {
    expect([...brokenGates('p', figures, budgets).values()]).toEqual(expected);
  });

  const measuring = (...values: number[]) => {
    const left = [...values];
    return { left, measure: async () => [figure({ value: left.shift() ?? 0 })] };
  };

  test('measures once where all is well', async () => {
    const { left, measure } = measuring(1, 9);
    expect(await passGate('p', measure, budgets)).toEqual({ figures: [figure({ value: 1 })], broken: [] });
    expect(left).toEqual([9]);
  });

  test('forgives what is well the second time', async () => {
    const { measure } = measuring(9, 2);
    expect(await passGate('p', measure, budgets)).toEqual({ figures: [figure({ value: 2 })], broken: [] });
  });

  test('is red for what is over twice', async () => {
    const { measure } = measuring(9, 8);
    expect((await passGate('p', measure, budgets)).broken).toEqual([expect.stringContaining('p: f is 8')]);
  });

  test.each<[string, readonly (number | Error)[], readonly string[]]>([
    ['once is forgiven', [new Error('no'), 1], []],
    [
      'twice is red, and says of which part',
      [new Error('no'), new Error('no')],
      ['p could not be measured: Error: no'],
    ],
    ['after a figure that was over is red', [9, new Error('no')], ['p could not be measured: Error: no']],
    ['before a figure that is over is red', [new Error('no'), 9], ['p: f is 9, and at most 3 is let through']],
  ])('a part that cannot be measured %s', async (_rule, turns, expected) => {
    const left = [...turns];
    const measure = async () => {
      const turn = left.shift();
      if (turn instanceof Error) throw turn;
      return [figure({ value: turn ?? 0 })];
    };
    const { broken } = await passGate('p', measure, budgets);
    expect(broken).toEqual(expected.map((words) => expect.stringContaining(words)));
  });

  test('does not hold against a figure that another one was over first', async () => {
    const turns = [
      [figure({ value: 9 }), figure({ figure: 'g' })],
      [figure({ value: 1 }), figure({ figure: 'g', value: 9 })],
    ];
    const two: Budgets = { p: { f: { budget: 2, gate: 3 }, g: { budget: 2, gate: 3 } } };
    expect((await passGate('p', async () => turns.shift() ?? [], two)).broken).toEqual([]);
  });
});

test('a figure carries its own budget, and none where there is none', () => {
  expect(withBudget(figure(), budgets)).toEqual(figure({ budget: 2 }));
  expect(withBudget(figure({ part: 'q' }), budgets)).toEqual(figure({ part: 'q' }));
  expect(withBudget(figure({ figure: 'g' }), budgets)).toEqual(figure({ figure: 'g' }));
});

test('bench/budgets.json holds numbers', () => {
  for (const limits of Object.values(readBudgets())) {
    for (const { budget, gate = budget } of Object.values(limits)) {
      expect([typeof budget, typeof gate]).toEqual(['number', 'number']);
      expect(gate).toBeGreaterThanOrEqual(0);
    }
  }
});
