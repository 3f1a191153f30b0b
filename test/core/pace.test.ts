import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextToken, type Pace } from '../../lib/core/pace.ts';

const at = 1_000_000;
const pace: Pace = { everyMs: 1_000, burst: 3 };

describe('one message a second, up to three at once', () => {
  test.each<[string, Parameters<typeof nextToken>[1], number, [waitMs: number, tokensAfter: number]]>([
    ['the first ever goes at once', {}, at, [0, 2]],
    ['so does the first after a lane that knows no tokens', { at }, at, [0, 2]],
    ['the second and the third too', { tokens: 2, at }, at, [0, 1]],
    ['', { tokens: 1, at }, at, [0, 0]],
    ['the fourth waits its second', { tokens: 0, at }, at, [1_000, 0]],
    ['or what is left of it', { tokens: 0, at }, at + 400, [600, 0]],
    ['a second later it goes at once', { tokens: 0, at }, at + 1_000, [0, 0]],
    ['a part of a token counts', { tokens: 0.25, at }, at + 250, [500, 0]],
    ['a quiet time refills', { tokens: 0, at }, at + 2_500, [0, 1.5]],
    ['but never more than the burst', { tokens: 0, at }, at + 3_600_000, [0, 2]],
    ['nor where more was noted', { tokens: 99, at }, at, [0, 2]],
    ['a clock set back refills nothing and takes nothing', { tokens: 0, at }, at - 3_600_000, [1_000, 0]],
    ['', { tokens: 2, at }, at - 3_600_000, [0, 1]],
    ['tokens without a time are what there is', { tokens: 0 }, at, [1_000, 0]],
  ])('%s: %j', (_, last, now, [waitMs, tokensAfter]) => {
    expect(nextToken(pace, last, now)).toStrictEqual({ waitMs, tokensAfter });
  });
});

test('a wait is whole milliseconds and never too short; what it brings beyond one token is kept', () => {
  const { waitMs, tokensAfter } = nextToken({ everyMs: 3, burst: 1 }, { tokens: 0.5, at }, at);
  expect(waitMs).toBe(2);
  expect(tokensAfter).toBeCloseTo(1 / 6);
});

test('whoever keeps to it never sends more than the burst and the rate allow, and never waits for nothing', () => {
  const anyPace = fc.record({ everyMs: fc.integer({ min: 1, max: 5_000 }), burst: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(anyPace, fc.array(fc.nat(8_000), { minLength: 2, maxLength: 30 }), (any, pauses) => {
      let [now, last]: [number, Parameters<typeof nextToken>[1]] = [at, {}];
      const sent: number[] = [];
      for (const pause of pauses) {
        const { waitMs, tokensAfter } = nextToken(any, last, now + pause);
        expect(tokensAfter).toBeGreaterThanOrEqual(0);
        now += pause + waitMs;
        sent.push(now);
        last = { tokens: tokensAfter, at: now };
        // One that had to wait found the bucket empty: a millisecond sooner would have been too soon.
        if (waitMs > 1) expect(tokensAfter * any.everyMs).toBeLessThan(1 + 1e-6);
      }
      for (const [first, from] of sent.entries()) {
        for (const [index, to] of sent.entries()) {
          // A wait is rounded up, and what that brings is kept: a stretch may look a millisecond short.
          const most = any.burst + (to - from + 1) / any.everyMs + 1e-6;
          if (index >= first) expect(index - first + 1).toBeLessThanOrEqual(most);
        }
      }
    }),
  );
});
