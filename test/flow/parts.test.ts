import { describe, expect, test } from '@jest/globals';
import { SourceError } from '../../lib/core/source-error.ts';
import { noteFailing, noteGivenUp, noteRecovered } from '../../lib/flow/destination-notices.ts';
import { errorText } from '../../lib/flow/error-text.ts';
import { holdMissing } from '../../lib/flow/missing.ts';
import { afterFailedLook, afterGoodLook, describeOutage, healthAfter, sameHealth } from '../../lib/flow/outage.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';
import { plan } from '../support/build.ts';

const at = new Date('2026-11-24T03:00:00.000Z');
const ago = (seconds: number) => new Date(at.getTime() - seconds * 1000).toISOString();
const [a, b] = [plan({ id: 'a' }), plan({ id: 'b' })];

describe('a plan that is missing', () => {
  test.each<[string, object, object]>([
    ['none is missing: nothing is held', { listed: [a, b] }, { plans: [a, b] }],
    [
      'missing for the first time: held, from now on',
      { listed: [a] },
      { plans: [a, b], missing: { b: at.toISOString() } },
    ],
    [
      'missing for less than half a minute: held, since then',
      { listed: [a], known: { b: ago(29) } },
      { plans: [a, b], missing: { b: ago(29) } },
    ],
    ['missing for half a minute: gone', { listed: [a], known: { b: ago(30) } }, { plans: [a] }],
    ['here again: forgotten', { listed: [a, b], known: { b: ago(10) } }, { plans: [a, b] }],
    [
      'since a time to come (the clock was set back): held, from now on',
      { listed: [a], known: { b: ago(-5) } },
      { plans: [a, b], missing: { b: at.toISOString() } },
    ],
    [
      'since a time that is none: held, from now on',
      { listed: [a], known: { b: 'soon' } },
      { plans: [a, b], missing: { b: at.toISOString() } },
    ],
  ])('%s', (_rule, given, expected) => {
    const { listed, known } = given as { listed: (typeof a)[]; known?: Record<string, string> };
    expect(holdMissing([a, b], listed, known, at)).toEqual(expected);
  });

  // An assignment to that name sets no key, and the plan would be held for ever.
  test.each(['__proto__', 'constructor'])('is held for half a minute also when its id is %s', (id) => {
    const known = JSON.parse(JSON.stringify(holdMissing([plan({ id })], [], undefined, at).missing));
    expect(Object.entries(known)).toEqual([[id, at.toISOString()]]);
    const later = new Date(at.getTime() + 30_000);
    expect(holdMissing([plan({ id })], [], known, later)).toEqual({ plans: [] });
  });
});

describe('an outage', () => {
  const error = new SourceError('HTTP 502', 'Wait.');
  const failing = { v: 1, failures: 3, since: ago(600), reason: 'HTTP 502' } as const;

  test('is counted from the first failed look on', () => {
    const first = afterFailedLook({ v: 1, failures: 0 }, error, at);
    expect(first).toEqual({ v: 1, failures: 1, since: at.toISOString(), reason: 'HTTP 502' });
    const second = afterFailedLook(first, new SourceError('HTTP 503', 'x'), new Date(at.getTime() + 60_000));
    expect(second).toEqual({ v: 1, failures: 2, since: at.toISOString(), reason: 'HTTP 503' });
  });

  test.each<[string, object, object]>([
    ['after failed looks', failing, { v: 1, failures: 0, lastGood: at.toISOString() }],
    ['after one that was told', { v: 1, failures: 0, told: 'x' }, { v: 1, failures: 0, lastGood: at.toISOString() }],
    [
      'after none: as it was, so that nothing is written',
      { v: 1, failures: 0, lastGood: ago(9) },
      { v: 1, failures: 0, lastGood: ago(9) },
    ],
    ['after none ever: as it was', { v: 1, failures: 0 }, { v: 1, failures: 0 }],
  ])('a good look %s', (_when, health, expected) => {
    expect(afterGoodLook(health as never, at)).toEqual(expected);
  });

  test('is told and taken back by what the log says', () => {
    const event = (type: string) => ({ id: `e-${type}`, type, source: 's', time: at.toISOString() }) as never;
    const told = healthAfter(failing, [event('source.unreachable')]);
    expect(told).toEqual({ ...failing, told: 'e-source.unreachable' });
    expect(healthAfter({ ...told, missing: { a: ago(1) } }, [event('source.recovered')])).toEqual({
      v: 1,
      failures: 0,
      lastGood: at.toISOString(),
      missing: { a: ago(1) },
    });
    expect(healthAfter(told, [event('source.recovered')])).toEqual({ v: 1, failures: 0, lastGood: at.toISOString() });
    expect(healthAfter(told, [event('plan.status')])).toBe(told);
  });

  test('what the list lacks outlives it, until the list is another one', () => {
    const event = (type: string, over = {}) =>
      ({ id: `e-${type}`, type, source: 's', time: at.toISOString(), ...over }) as never;
    const lacking = healthAfter(failing, [
      event('source.degraded', { lacks: 'plans' }),
      event('source.degraded', { lacks: 'reasons' }),
    ]);
    const lacks = {
      truncated: { told: 'e-source.degraded', asked: at.toISOString() },
      unexplained: 'e-source.degraded',
    };
    expect(lacking).toEqual({ ...failing, ...lacks });
    expect(healthAfter(lacking, [event('source.recovered')])).toMatchObject(lacks);
    expect(afterGoodLook(lacking, at)).toEqual({ v: 1, failures: 0, lastGood: at.toISOString(), ...lacks });
    expect(healthAfter(lacking, [event('source.changed')])).toEqual(failing);
  });

  test.each([
    [failing, 'It could not be read for about 10 min (3 failed looks). HTTP 502'],
    [{ v: 1, failures: 4 } as const, 'It could not be read for about 1 min (4 failed looks).'],
  ])('%j is described: %s', (health, words) => {
    expect(describeOutage(health, at)).toBe(words);
  });

  test('is the same as itself and no other', () => {
    expect(sameHealth(failing, { ...failing })).toBe(true);
    expect(sameHealth({ v: 1, failures: 0, told: 'x' }, { told: 'x', failures: 0, v: 1 })).toBe(true);
    expect(sameHealth(failing, { ...failing, failures: 4 })).toBe(false);
  });
});

describe('notices about a destination', () => {
  const since = ago(3_600);
  const ms = Date.parse(since);
  const lane: Lane = { v: 1, failingSince: since, reason: 'HTTP 404: no_service' };

  test('failing: with the provider’s words and what to do, and the lane knows that it is told', () => {
    expect(noteFailing(lane, 'releases', at, 'Make a new webhook.')).toEqual({
      ...lane,
      told: {
        failing: true,
        notices: [
          {
            id: `planwatch-releases-${ms}-failing`,
            type: 'destination.failing',
            destination: 'releases',
            time: at.toISOString(),
            reason: 'HTTP 404: no_service',
            advice: 'Make a new webhook.',
          },
        ],
      },
    });
    const [bare] = noteFailing({ v: 1 }, 'releases', at).told?.notices ?? [];
    expect(bare).toMatchObject({ id: `planwatch-releases-${at.getTime()}-failing`, reason: 'It does not answer.' });
    expect(bare?.advice).toMatch(/messages wait, and arrive in order/);
  });

  test('recovered: how long, and how many waited, beside what waits to be told already', () => {
    const other = { id: 'x', type: 'delivery.dead', time: at.toISOString() } as const;
    const { told } = noteRecovered({ ...lane, told: { failing: true, notices: [other] } }, 'releases', at, 7);
    expect(told).toEqual({
      notices: [
        other,
        {
          id: `planwatch-releases-${ms}-recovered`,
          type: 'destination.recovered',
          destination: 'releases',
          time: at.toISOString(),
          count: 7,
          reason: 'Nothing got through for about 60 min. What waited (7 in hand) arrives now, in order.',
        },
      ],
    });
    expect(noteRecovered({ v: 1 }, 'releases', at, 1).told?.notices?.[0]?.reason).toContain('about 1 min');
  });

  test.each<[string, Lane, object | undefined]>([
    ['nothing was given up: nothing to tell', lane, undefined],
    ['told less than an hour ago: not yet', { ...lane, told: { deadUntold: 2, deadAt: ago(3_599) } }, undefined],
    [
      'told an hour ago: again, under its own time, with the count since then',
      { ...lane, told: { deadUntold: 2, deadAt: ago(3_600) } },
      { id: `planwatch-releases-${at.getTime()}-dead`, count: 2, reason: 'HTTP 404: no_service' },
    ],
    [
      'told before this outage: under the time of the outage',
      { ...lane, told: { deadUntold: 2, deadAt: ago(7_200) } },
      { id: `planwatch-releases-${ms}-dead` },
    ],
    [
      'never told: under the time of the outage',
      { ...lane, told: { deadUntold: 1 } },
      { id: `planwatch-releases-${ms}-dead`, count: 1 },
    ],
    [
      'no outage: under its own time, with a reason',
      { v: 1, told: { deadUntold: 1 } },
      {
        id: `planwatch-releases-${at.getTime()}-dead`,
        reason: 'The provider rejected it, or the configuration has no such destination any more.',
      },
    ],
  ])('given up; %s', (_rule, given, expected) => {
    const noted = noteGivenUp(given, 'releases', at);
    if (expected === undefined) return void expect(noted).toBeUndefined();
    expect(noted?.told?.notices).toMatchObject([
      { type: 'delivery.dead', destination: 'releases', time: at.toISOString(), ...expected },
    ]);
    expect(noted?.told?.notices?.[0]?.advice).toMatch(/backfill --dead-letters/);
    expect(noted?.told).toMatchObject({ deadAt: at.toISOString() });
    expect(noted?.told?.deadUntold).toBeUndefined();
  });
});

test.each([
  [new SourceError('HTTP 502.', 'Wait.'), 'HTTP 502. Wait.'],
  [new Error('disk full'), 'disk full'],
  ['odd', 'odd'],
])('what is thrown is put in words: %s', (thrown, words) => {
  expect(errorText(thrown)).toBe(words);
});
