import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classOf, cloudTime, parsePlanList } from '../../lib/core/plan.ts';

/** As the vendor's page shows one. */
const item = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'release-1zws2j',
  action: 'create',
  create_time: 1711952860132,
  execute_time: 1711952860379,
  status: 'CREATED',
  creator: 'wzh',
};

const plansOf = (...items: unknown[]) => parsePlanList({ count: items.length, release_plans: items });

test.each([
  ['SUCCESS', 'good'],
  ['FAILED', 'bad'],
  ['PARTIALLY_FAILED', 'bad'],
  ['ROLLBACK_FAILED', 'bad'],
  ['ROLLBACK_SUCCEED', 'recovered'],
  ['ABORTED', 'stopped'],
  ['CREATED', 'waiting'],
  ['RELEASING', 'moving'],
  ['success', 'moving'],
  ['', 'moving'],
  ['constructor', 'moving'],
])('the status %s is %s', (status, of) => {
  expect(classOf(status)).toBe(of);
});

test.each([
  [1711952860132, '2024-04-01T06:27:40.132Z'],
  [1, '1970-01-01T00:00:00.001Z'],
  [253_402_300_799_999, '9999-12-31T23:59:59.999Z'],
  [0, undefined],
  [-0, undefined],
  [null, undefined],
  [undefined, undefined],
  [253_402_300_800_000, null],
  [1711952860132_000, '56219-'],
  [-1, null],
  [1.5, null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
  ['1711952860132', null],
  [{}, null],
])('the cloud time %p is %p', (value, time) => {
  // A time in microseconds is a year with five digits, which would sort before every other.
  expect(cloudTime(value)).toBe(time === '56219-' ? null : time);
});

test('times sort as text in the order in which they happened', () => {
  const ms = fc.integer({ min: 1, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(ms, ms, (a, b) => {
      const [left, right] = [cloudTime(a) ?? '', cloudTime(b) ?? ''];
      expect(left < right).toBe(a < b);
    }),
  );
});

describe('a list', () => {
  test('is read whole, in its order, with times that never were left out', () => {
    expect(
      plansOf(item, { id: 'b', status: 'X', execute_time: 0, create_time: null, name: null, extra: [] }),
    ).toStrictEqual({
      plans: [
        {
          id: item.id,
          name: 'release-1zws2j',
          action: 'create',
          status: 'CREATED',
          creator: 'wzh',
          createdAt: '2024-04-01T06:27:40.132Z',
          executedAt: '2024-04-01T06:27:40.379Z',
        },
        { id: 'b', name: 'b', action: '', status: 'X', creator: '' },
      ],
    });
  });

  test('may be empty', () => {
    expect(plansOf()).toStrictEqual({ plans: [] });
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', null, /not a JSON object/],
    ['an array', [], /not a JSON object/],
    ['an error', { error_code: 'SVCSTG.00100401' }, /no release_plans/],
    ['no array', { count: 0, release_plans: {} }, /no release_plans array/],
    ['no count', { release_plans: [] }, /count is missing/],
    ['a count as text', { count: '0', release_plans: [] }, /count is missing/],
    ['a broken count', { count: 0.5, release_plans: [] }, /count is missing/],
    ['fewer than counted', { count: 2, release_plans: [item] }, /count says 2, but 1 came/],
    ['more than counted', { count: 0, release_plans: [item] }, /count says 0, but 1 came/],
    ['a plan twice', { count: 2, release_plans: [item, item] }, /2 plans came with only 1/],
    ['a plan twice under the right count', { count: 1, release_plans: [item, item] }, /2 plans came with only 1/],
    ['a plan that is null', { count: 1, release_plans: [null] }, /release_plans\[0\] is not an object/],
    ['a plan without id', { count: 1, release_plans: [{ ...item, id: '' }] }, /release_plans\[0\] has no id/],
    ['a number for an id', { count: 1, release_plans: [{ ...item, id: 7 }] }, /has no id/],
    ['no status', { count: 2, release_plans: [item, { id: 'b' }] }, /release_plans\[1\] has no status/],
    ['a name that is no text', { count: 1, release_plans: [{ ...item, name: {} }] }, /a name that is not text/],
    ['a time as text', { count: 1, release_plans: [{ ...item, execute_time: '2024' }] }, /has a time/],
    ['an endless id', { count: 1, release_plans: [{ ...item, id: 'x'.repeat(201) }] }, /over 200 characters/],
    ['an endless status', { count: 1, release_plans: [{ ...item, status: 'x'.repeat(201) }] }, /over 200 characters/],
  ])('with %s is a fault and no list', (_, body, fault) => {
    expect(parsePlanList(body)).toStrictEqual({ fault: expect.stringMatching(fault) });
  });

  test('of any JSON is a list that is complete, or one fault; never an exception', () => {
    const odd = fc.oneof(fc.jsonValue(), fc.record({ ...fields(), id: fc.string() }, { requiredKeys: [] }));
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ count: fc.nat(3), release_plans: fc.array(odd, { maxLength: 3 }) }),
    );
    fc.assert(
      fc.property(body, (any) => {
        const result = parsePlanList(any);
        if ('fault' in result) return expect(result.fault).not.toBe('');
        const given = any as { count: number; release_plans: { id: string }[] };
        expect(result.plans.map(({ id }) => id)).toStrictEqual(given.release_plans.map(({ id }) => id));
        expect(new Set(result.plans.map(({ id }) => id)).size).toBe(given.count);
      }),
      { numRuns: 1_000 },
    );
  });
});

const fields = () => ({
  name: fc.option(fc.string()),
  action: fc.string(),
  creator: fc.string(),
  status: fc.constantFrom('CREATED', 'SUCCESS', 'ODD', ''),
  create_time: fc.option(fc.nat()),
  execute_time: fc.oneof(fc.nat(), fc.integer(), fc.double()),
});
