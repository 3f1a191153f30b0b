import { describe, expect, test } from '@jest/globals';
import { type Answers, jsonOf, meaningForLater, meaningOf, waitOf } from '../../lib/channels/meaning.ts';

const answers: Answers = {
  '1001': 'rejected',
  '1002': 'retry',
  '1003': { retry: { waitMs: 600_000 } },
  '1004': { retry: { unsure: true } },
  '1006': { retry: { cause: 'rate-limited' } },
  '1005': { advice: 'Make a new robot.' },
};

const outcome = (
  code: string,
  answer: { status?: number; whole?: boolean; retryAfterMs?: number } = {},
  said: object = {},
) =>
  meaningOf(
    answers,
    { status: 200, body: '', whole: true, ...answer },
    {
      code,
      words: `${code} no`,
      success: 'code 0',
      advice: 'Look at the address.',
      ...said,
    },
  );

test.each([
  ['a message that cannot be had any more is gone', '1007', true, { kind: 'gone', reason: 'HTTP 200: 1007 no' }],
  ['what was cut short may have said something else', '1007', false, { kind: 'retry', unsure: true }],
  ['every other code means what it means of a post', '1001', true, { kind: 'rejected' }],
] as const)('after an edit or a reply, %s', (_rule, code, whole, meant) => {
  const said = { code, words: `${code} no`, success: 'code 0', advice: 'Look at the address.' };
  const answer = { status: 200, body: '', whole };
  expect(meaningForLater(answers, new Set(['1007']), answer, said)).toMatchObject(meant);
});

describe('what a provider said means', () => {
  test.each([
    ['this message is wrong', outcome('1001'), { kind: 'rejected', reason: 'HTTP 200: 1001 no' }],
    ['not now', outcome('1002'), { kind: 'retry', reason: 'HTTP 200: 1002 no' }],
    ['not before some time', outcome('1003'), { kind: 'retry', reason: 'HTTP 200: 1003 no', retryAfterMs: 600_000 }],
    [
      'not now, though it may have been shown',
      outcome('1004'),
      { kind: 'retry', reason: 'HTTP 200: 1004 no', unsure: true },
    ],
    [
      'the destination is wrong, with what mends it',
      outcome('1005'),
      { kind: 'misconfigured', reason: 'HTTP 200: 1005 no', advice: 'Make a new robot.' },
    ],
    [
      'a code counts whatever the status',
      outcome('1001', { status: 503 }),
      { kind: 'rejected', reason: 'HTTP 503: 1001 no' },
    ],
    [
      'a server error may have come after it was shown',
      outcome('1002', { status: 500 }),
      { kind: 'retry', reason: 'HTTP 500: 1002 no', unsure: true },
    ],
    ['503 did nothing', outcome('1002', { status: 503 }), { kind: 'retry', reason: 'HTTP 503: 1002 no' }],
    [
      'a body’s wait wins over the table’s',
      outcome('1003', {}, { waitMs: 5000 }),
      { kind: 'retry', reason: 'HTTP 200: 1003 no', retryAfterMs: 5000 },
    ],
    [
      'a header’s wait wins over the body’s',
      outcome('1003', { retryAfterMs: 7000 }, { waitMs: 5000 }),
      { kind: 'retry', reason: 'HTTP 200: 1003 no', retryAfterMs: 7000 },
    ],
    [
      'a code that nobody documented is tried again, with its words',
      outcome('4711'),
      { kind: 'retry', reason: 'HTTP 200: 4711 no' },
    ],
    [
      'a code that only JavaScript knows is one of those',
      outcome('toString'),
      { kind: 'retry', reason: 'HTTP 200: toString no' },
    ],
    [
      'no code at all may be a success that was cut short',
      outcome('', {}, { words: 'Sign in' }),
      { kind: 'retry', reason: 'HTTP 200, but instead of code 0 it said: Sign in', unsure: true },
    ],
    [
      'and so may half a code be the beginning of a success',
      outcome('1001', { whole: false }),
      { kind: 'retry', reason: 'HTTP 200, but instead of code 0 it said: 1001 no', unsure: true },
    ],
    [
      'and so may nothing at all',
      outcome('', { status: 204 }, { words: '' }),
      { kind: 'retry', reason: 'HTTP 204, but instead of code 0 it said: nothing', unsure: true },
    ],
    [
      'without a code that is known the status counts',
      outcome('4711', { status: 404 }),
      { kind: 'misconfigured', reason: 'HTTP 404: 4711 no', advice: 'Look at the address.' },
    ],
    ['as it does for a message', outcome('4711', { status: 400 }), { kind: 'rejected', reason: 'HTTP 400: 4711 no' }],
    [
      'and for a wait',
      outcome('', { status: 429, retryAfterMs: 3000 }, { words: '' }),
      { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 3000 },
    ],
    [
      'a redirect has its own advice',
      outcome('', { status: 302 }, { words: '' }),
      { kind: 'misconfigured', reason: 'HTTP 302', advice: expect.stringMatching(/final address/) },
    ],
  ])('%s', (_rule, is, expected) => {
    const { cause: _cause, ...meant } = { cause: undefined, ...is };
    expect(meant).toEqual(expected);
  });

  test.each([
    ['what the table says', outcome('1006'), 'rate-limited'],
    ['or else what the status says', outcome('1002', { status: 429 }), 'rate-limited'],
    ['of a fault of the server', outcome('1002', { status: 500 }), 'server'],
    ['and of a code that nobody documented', outcome('4711', { status: 503 }), 'server'],
    ['nothing in particular where a success holds a failure', outcome('1002'), 'other'],
  ])('a retry is counted as %s', (_rule, is, cause) => {
    expect(is).toMatchObject({ kind: 'retry', cause });
  });
});

test.each([
  ['{"a":1}', { a: 1 }],
  ['[1]', undefined],
  ['null', undefined],
  ['ok', undefined],
  ['', undefined],
])('%j as an object is %j', (body, expected) => {
  expect(jsonOf(body)).toEqual(expected);
});

test.each([
  [1.2345, 1235],
  [0, 0],
  [-1, undefined],
  [1e6, undefined],
  ['7', undefined],
  [Number.NaN, undefined],
])('%p seconds of a body are %p ms', (seconds, ms) => {
  expect(waitOf(seconds)).toBe(ms);
});
