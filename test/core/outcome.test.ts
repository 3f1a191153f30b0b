import { expect, test } from '@jest/globals';
import { causeOfStatus } from '../../lib/core/failure-cause.ts';
import { causeOf, isTold, outcomeOfStatus } from '../../lib/core/outcome.ts';

test.each([
  [100, 'rejected'],
  [199, 'rejected'],
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [300, 'misconfigured'],
  [301, 'misconfigured'],
  [308, 'misconfigured'],
  [399, 'misconfigured'],
  [400, 'rejected'],
  [401, 'misconfigured'],
  [403, 'misconfigured'],
  [404, 'misconfigured'],
  [405, 'rejected'],
  [407, 'misconfigured'],
  [408, 'retry'],
  [409, 'rejected'],
  [410, 'misconfigured'],
  [413, 'rejected'],
  [422, 'rejected'],
  [499, 'rejected'],
  [425, 'retry'],
  [429, 'retry'],
  [451, 'rejected'],
  [500, 'retry'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [599, 'retry'],
])('HTTP %i is %s', (status, kind) => {
  expect(outcomeOfStatus(status, '').kind).toBe(kind);
});

test('there is no status that ends without an outcome, and only 2xx is told', () => {
  for (let status = 100; status < 600; status++) {
    expect(isTold(outcomeOfStatus(status, ''))).toBe(status >= 200 && status < 300);
  }
});

test.each([
  [429, undefined],
  [503, undefined],
  [500, true],
  [502, true],
  [504, true],
])('after HTTP %i it is unsure whether the message was shown: %p', (status, unsure) => {
  const outcome = outcomeOfStatus(status, '');
  expect(outcome.kind === 'retry' && outcome.unsure).toBe(unsure);
});

test('the reason has the status and the words, where there are any', () => {
  expect(outcomeOfStatus(400, 'invalid_blocks')).toStrictEqual({
    kind: 'rejected',
    reason: 'HTTP 400: invalid_blocks',
  });
  expect(outcomeOfStatus(404, '')).toStrictEqual({ kind: 'misconfigured', reason: 'HTTP 404' });
  expect(outcomeOfStatus(503, 'busy')).toStrictEqual({
    kind: 'retry',
    reason: 'HTTP 503: busy',
    cause: 'server',
  });
  expect(outcomeOfStatus(204, 'ok')).toStrictEqual({ kind: 'delivered' });
});

test('what the far end asked for is kept, zero too', () => {
  expect(outcomeOfStatus(429, '', 0)).toMatchObject({ retryAfterMs: 0 });
  expect(outcomeOfStatus(429, '')).not.toHaveProperty('retryAfterMs');
});

test('a redirect comes with what to do about it', () => {
  expect(outcomeOfStatus(302, '')).toStrictEqual({
    kind: 'misconfigured',
    reason: 'HTTP 302',
    advice: 'It redirects elsewhere, and planwatch never follows: set the final address.',
  });
});

test.each([
  [{ kind: 'delivered' }, true],
  [{ kind: 'accepted' }, true],
  [{ kind: 'retry', reason: '' }, false],
  [{ kind: 'misconfigured', reason: '' }, false],
  [{ kind: 'rejected', reason: '' }, false],
] as const)('%j is told: %p', (outcome, told) => {
  expect(isTold(outcome)).toBe(told);
});

test.each([
  [200, 'other'],
  [299, 'other'],
  [300, 'misconfigured'],
  [401, 'misconfigured'],
  [408, 'time-out'],
  [418, 'misconfigured'],
  [425, 'server'],
  [429, 'rate-limited'],
  [499, 'misconfigured'],
  [500, 'server'],
  [599, 'server'],
])('a failure with HTTP %i is counted as %s', (status, cause) => {
  expect(causeOfStatus(status)).toBe(cause);
});

test.each([
  [{ kind: 'retry', reason: '', cause: 'network' }, 'network'],
  [{ kind: 'retry', reason: '' }, 'other'],
  [{ kind: 'misconfigured', reason: '' }, 'misconfigured'],
  [{ kind: 'rejected', reason: '' }, 'rejected'],
] as const)('%j is counted as %s', (outcome, cause) => {
  expect(causeOf(outcome)).toBe(cause);
});
