import { describe, expect, test } from '@jest/globals';
import { against, interleave, median, quantile } from '../../bench/figure.ts';

describe('what a figure is worth', () => {
  test.each([
    ['the middle one', [3, 1, 2], 0.5, 2],
    ['between the two in the middle', [4, 1, 2, 3], 0.5, 2.5],
    ['a quarter of the way', [1, 2, 3, 4, 5], 0.25, 2],
    ['one value is every quantile of itself', [7], 0.75, 7],
  ])('%s', (_rule, values, q, expected) => {
    expect(quantile(values, q)).toBe(expected);
  });

  test('a ratio is taken round by round: a machine that turned slow half-way slowed the floor as well', () => {
    const { ratio, value, floor, spread } = against({ part: 'p', figure: 'f', unit: 'ms' }, [2, 20, 200], [1, 10, 100]);
    expect({ ratio, value, floor, spread }).toEqual({ ratio: 2, value: 20, floor: 10, spread: [2, 2] });
    expect(median([2, 20, 200]) / median([1, 1, 100])).not.toBe(2);
  });

  test('every subject is run once in every round, one after the other', async () => {
    const ran: string[] = [];
    let running = 0;
    const subject = (name: string) => async () => {
      expect(running++).toBe(0);
      ran.push(name);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return name;
    };
    const rounds = await interleave(5, { a: subject('a'), b: subject('b') });
    expect(rounds).toEqual(Array(5).fill({ a: 'a', b: 'b' }));
    for (let round = 0; round < 5; round++) expect(ran.slice(2 * round, 2 * round + 2).sort()).toEqual(['a', 'b']);
  });
});
