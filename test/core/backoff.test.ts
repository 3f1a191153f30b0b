import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoff, backoffMisconfigured, retryAfter } from '../../lib/core/backoff.ts';
import { maxGiveUpAfterMs } from '../../lib/core/config.ts';

const [shortest, middle, longest] = [() => 0, () => 0.5, () => 1];

describe('the schedule', () => {
  test.each([
    [1, 5_000],
    [2, 30_000],
    [3, 120_000],
    [4, 600_000],
    [5, 1_800_000],
    [6, 3_600_000],
    [7, 3_600_000],
    [1_000_000, 3_600_000],
    [0, 5_000],
    [-1, 5_000],
  ])('after failure %i it waits %i ms, give or take a fifth', (attempt, ms) => {
    expect(backoff(attempt, middle)).toBe(ms);
    expect(backoff(attempt, shortest)).toBe(ms * 0.8);
    expect(backoff(attempt, longest)).toBe(ms * 1.2);
  });

  test('what a person must mend is tried hourly', () => {
    expect(backoffMisconfigured(middle)).toBe(3_600_000);
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-24T03:04:05.678Z');
  test.each<[string | null | undefined, number | undefined]>([
    ['120', 120_000],
    [' 1 ', 1_000],
    ['0', 0],
    ['0.3', 300],
    ['12.34', 12_340],
    ['.5', undefined],
    ['5.', undefined],
    ['5s', undefined],
    ['s5', undefined],
    ['1.0004', 1_001],
    ['Tue, 24 Nov 2026 03:05:05 GMT', 59_322],
    ['Tue, 24 Nov 2026 03:00:00 GMT', 0],
    // The older way to write it, which RFC 9110 says must be read.
    ['Tuesday, 24-Nov-26 03:05:05 GMT', 59_322],
    ['Tue, 24 Nov 2026 03:05:05', undefined],
    ['Tue, 24 Nov 2026 03:05:05 GMT+1', undefined],
    ['(Tue, 24 Nov 2026 03:05:05 GMT', undefined],
    ['on Tue, 24 Nov 2026 03:05:05 GMT', undefined],
    ['tue, 24 Nov 2026 03:05:05 GMT', undefined],
    ['24 Nov 2026 03:05:05 GMT', undefined],
    [null, undefined],
    [undefined, undefined],
    ['', undefined],
    ['  ', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['Infinity', undefined],
    ['5, 10', undefined],
    ['May', undefined],
    ['Tue, 99 Nov 2026 03:05:05 GMT', undefined],
    // Nothing waits longer than a message lives, and every wait added to a date is still a date.
    ['99999999', maxGiveUpAfterMs],
    ['9'.repeat(400), maxGiveUpAfterMs],
    ['Fri, 24 Nov 9996 03:05:05 GMT', maxGiveUpAfterMs],
  ])('%p is %p ms', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms);
  });

  test('of any text is undefined, or a wait that leads to a date', () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[\d.]{1,30}$/),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(text, (header) => {
        const ms = retryAfter(header, now);
        if (ms === undefined) return;
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(new Date(now.getTime() + ms).toISOString() >= now.toISOString()).toBe(true);
      }),
    );
  });
});
