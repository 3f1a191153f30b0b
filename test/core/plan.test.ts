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

test('a time is spelled as toISOString spells it, whichever day was spelled before', () => {
  const day = fc.constantFrom(0, 19_814, 19_815, 2_932_896).map((days) => days * 86_400_000);
  const rest = fc.oneof(fc.integer({ min: 0, max: 86_399_999 }), fc.constantFrom(1, 59_999, 3_599_999, 86_399_999));
  fc.assert(
    fc.property(fc.array(fc.tuple(day, rest), { minLength: 1 }), (times) => {
      for (const [days, ms] of times) expect(cloudTime(days + ms || 1)).toBe(new Date(days + ms || 1).toISOString());
    }),
  );
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
      count: 2,
    });
  });

  test('may be empty', () => {
    expect(plansOf()).toStrictEqual({ plans: [], count: 0 });
  });

  test.each<[string, unknown, string]>([
    ['no object', null, 'the answer is not a JSON object'],
    ['an array', [], 'the answer is not a JSON object'],
    ['a text', 'release_plans', 'the answer is not a JSON object'],
    ['an error', { error_code: 'SVCSTG.00100401' }, 'the answer has no release_plans array'],
    ['no array', { count: 0, release_plans: {} }, 'the answer has no release_plans array'],
    ['no count', { release_plans: [] }, 'count is missing or not a whole number'],
    ['a count as text', { count: '0', release_plans: [] }, 'count is missing or not a whole number'],
    ['a broken count', { count: 0.5, release_plans: [] }, 'count is missing or not a whole number'],
    ['more than counted', { count: 0, release_plans: [item] }, 'count says 0, but 1 came'],
    ['a plan twice', { count: 2, release_plans: [item, item] }, '2 plans came with only 1 distinct ids'],
    ['a plan twice, counted once', { count: 1, release_plans: [item, item] }, '2 plans came with only 1 distinct ids'],
  ])('with %s is a fault and no list', (_, body, fault) => {
    const kind = /^(?:count|\d)/.test(fault) ? 'incomplete' : 'nonsense';
    expect(parsePlanList(body)).toStrictEqual({ fault, kind });
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'is not an object'],
    ['an array', [], 'is not an object'],
    ['a text', 'CREATED', 'is not an object'],
    ['no id', { ...item, id: undefined }, 'has no id'],
    ['an empty id', { ...item, id: '' }, 'has no id'],
    ['a number for an id', { ...item, id: 7 }, 'has no id'],
    ['no status', { id: 'b' }, 'has no status'],
    ['an empty status', { ...item, status: '' }, 'has no status'],
    ['a list for a status', { ...item, status: ['CREATED'] }, 'has no status'],
    ['an endless id', { ...item, id: 'x'.repeat(201) }, 'has an id or status of over 200 characters'],
    ['an endless status', { ...item, status: 'x'.repeat(201) }, 'has an id or status of over 200 characters'],
    ['a name that is no text', { ...item, name: {} }, 'has no text as its name'],
    ['an action that is no text', { ...item, action: 0 }, 'has no text as its action'],
    ['a creator that is no text', { ...item, creator: false }, 'has no text as its creator'],
    ['a text for a time', { ...item, create_time: '2024' }, 'has a time that is not milliseconds since 1970'],
    ['a text for a run', { ...item, execute_time: '2024' }, 'has a time that is not milliseconds since 1970'],
  ])('with a plan that is or has %s is a fault which says where', (_, odd, fault) => {
    expect(plansOf({ ...item, id: 'first' }, odd)).toStrictEqual({
      fault: `release_plans[1] ${fault}`,
      kind: 'nonsense',
    });
  });

  test('takes an id and a status of up to 200 characters', () => {
    const [id, status] = ['i'.repeat(200), 's'.repeat(200)];
    expect(plansOf({ id, status })).toStrictEqual({
      plans: [{ id, name: id, action: '', status, creator: '' }],
      count: 1,
    });
  });

  test('that counts more than came is one page, and says how many there are', () => {
    expect(parsePlanList({ count: 7, release_plans: [item] })).toMatchObject({ plans: [{ id: item.id }], count: 7 });
  });

  test('of any JSON is a page that counts itself, or one fault; never an exception', () => {
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
        expect(new Set(result.plans.map(({ id }) => id)).size).toBe(result.plans.length);
        expect(result.count).toBe(given.count);
        expect(given.count).toBeGreaterThanOrEqual(result.plans.length);
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
