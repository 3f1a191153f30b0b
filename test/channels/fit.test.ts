import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFit, inBytes, inCodePoints, inJsonBytes, inUnits, type Measure } from '../../lib/channels/fit.ts';

const more = (count: number) => `… (${count} more)`;
const html = (character: string) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? character;

const measures: [string, Measure][] = [
  ['UTF-16 units', inUnits],
  ['code points', inCodePoints],
  ['bytes', inBytes],
  ['bytes inside JSON', inJsonBytes],
];

test.each([
  ['a', 1, 1, 1, 1],
  ['é', 1, 1, 2, 2],
  ['发', 1, 1, 3, 3],
  ['🧨', 2, 1, 4, 4],
  ['"\n', 2, 2, 2, 4],
])('%j is %i units, %i code points, %i bytes, %i in JSON', (text, ...lengths) => {
  expect(measures.map(([, measure]) => measure(text))).toEqual(lengths);
});

describe('a text is cut between characters, with an ellipsis that counts', () => {
  test.each<[string, Measure, number, string]>([
    ['abc', inUnits, 3, 'abc'],
    ['abcd', inUnits, 3, 'ab…'],
    ['ab🧨d', inUnits, 4, 'ab…'],
    ['ab🧨d', inCodePoints, 4, 'ab🧨d'],
    ['ab🧨de', inCodePoints, 4, 'ab🧨…'],
    ['发布失败', inBytes, 12, '发布失败'],
    ['发布失败', inBytes, 11, '发布…'],
    ['a<b', inUnits, 6, 'a&lt;b'],
    // An escaped character is whole or not there.
    ['a<b', inUnits, 5, 'a…'],
    ['a\ud83e', inUnits, 5, 'a\ufffd'],
    ['abc', inUnits, 0, ''],
    ['', inUnits, 0, ''],
  ])('%j in %p of %i: %j', (text, measure, longest, expected) => {
    expect(createFit({ escape: html, measure, more }).cut(text, longest)).toBe(expected);
  });

  test('100 kB take no more time than what is kept of them', () => {
    const { all } = createFit({ measure: inBytes, more });
    expect(all(Array(40).fill('<'.repeat(100_000)), 4096)).toHaveLength(33);
  });
});

describe.each(measures)('several texts, measured in %s', (_name, measure) => {
  const fit = createFit({ escape: html, measure, more });
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('发'.repeat(90), '🧨'.repeat(80), '<'.repeat(99)),
    ),
    { minLength: 1, maxLength: 60 },
  );

  test('fit together whatever they are, and what is left out is counted', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 400, max: 5000 }), (given, budget) => {
        const fitted = fit.all(given, budget);
        expect(measure(fitted.join('\n'))).toBeLessThanOrEqual(budget);
        const [, count = 0] = /^… \((\d+) more\)$/.exec(fitted.at(-1) ?? '') ?? [];
        expect(fitted.length - (count ? 1 : 0) + Number(count)).toBe(given.length);
        expect(fitted.every((text) => text.isWellFormed())).toBe(true);
      }),
    );
  });

  test('that fit as they are stay as they are', () => {
    fc.assert(
      fc.property(texts, (given) => {
        const whole = given.map(fit.escaped);
        const budget = Math.max(measure(whole.join('\n')) + 200, (given.length + 2) * 200);
        expect(fit.all(given, budget)).toEqual(whole);
      }),
    );
  });

  test('are packed without losing one', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 2000 }), (given, longest) => {
        expect(fit.pack(given, longest, ' ').join(' ')).toBe(given.join(' '));
      }),
    );
  });
});

test('the line breaks between many cut texts count as well', () => {
  const fitted = createFit({ more }).all(Array(100).fill('x'.repeat(900)), 4990);
  expect(fitted).toHaveLength(100);
  expect(fitted.join('\n').length).toBeLessThanOrEqual(4990);
});

test('short texts stay whole beside a long one', () => {
  const fitted = createFit({ more }).all(['x'.repeat(9000), ...Array(9).fill('short')], 1000);
  expect(fitted.slice(1)).toEqual(Array(9).fill('short'));
  expect(fitted[0]).toMatch(/^x{800,}…$/);
});

test('as many short texts are there as fit, not as many as long ones would', () => {
  const { all } = createFit({ more, measure: inBytes });
  const texts = Array(40).fill('发布成功');
  expect(all(texts, 40 * 13)).toEqual(texts);
  expect(all(texts, 40 * 13 - 1)).toEqual([...Array(30).fill('发布成功'), '… (10 more)']);
});

test('texts are packed up to the limit and no further', () => {
  const { pack } = createFit({ more, measure: inBytes });
  expect(pack(['aa', 'bb', 'cc'], 5)).toEqual(['aa\nbb', 'cc']);
  expect(pack(['发', '布'], 6)).toEqual(['发', '布']);
  expect(pack(['发', '布'], 7)).toEqual(['发\n布']);
});
