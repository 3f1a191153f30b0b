import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Change, changeTypes } from '../../lib/core/change.ts';
import { cut, eventId, eventTypes, isPlanEvent, listedEventId, planEvent, revisionKey } from '../../lib/core/event.ts';

const place = { source: 'shop-prod', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const time = '2026-11-24T03:04:05.678Z';
const plan = { id: 'p1', name: 'release-1zws2j', action: 'create', status: 'FAILED', creator: 'wzh' };
const changed: Change = { type: 'plan.status', plan, from: 'CREATED' };

describe('ids', () => {
  test('an event is named by its source, revision and place', () => {
    expect(eventId('shop-prod', 42, 0)).toBe('shop-prod-000000000042-0');
  });

  test('revisions sort as text in their order', () => {
    const revision = fc.integer({ min: 1, max: 999_999_999_999 });
    fc.assert(fc.property(revision, revision, (a, b) => expect(revisionKey(a) < revisionKey(b)).toBe(a < b)));
  });

  test.each<[string, object, boolean]>([
    ['the same plan in the same state', { name: 'other', creator: 'x' }, true],
    ['another plan', { id: 'p2' }, false],
    ['another status', { status: 'SUCCESS' }, false],
    ['another run', { executedAt: time }, false],
  ])('from the list, %s is the same event: %p', (_, over, same) => {
    const id = listedEventId('shop-prod', plan);
    expect(id).toMatch(/^shop-prod-list-[0-9a-f]{12}$/);
    expect(listedEventId('shop-prod', { ...plan, ...over }) === id).toBe(same);
  });

  test('no two events of two sources share one, even where a name looks like an id', () => {
    const name = fc.constantFrom('a', 'a-000000000001', 'a-000000000001-0', 'planwatch', '0', '-');
    const key = fc.tuple(name, fc.integer({ min: 1, max: 12 }), fc.nat(12));
    fc.assert(fc.property(key, key, (a, b) => expect(eventId(...a) === eventId(...b)).toBe(String(a) === String(b))));
  });
});

describe('an event', () => {
  test('has what the documented one has', () => {
    const failures = [{ component: 'cart', reason: 'image pull failed' }];
    expect(planEvent(changed, 'id', time, place, failures)).toStrictEqual({
      id: 'id',
      type: 'plan.status',
      source: 'shop-prod',
      time,
      plan: { ...plan, class: 'bad' },
      from: 'CREATED',
      region: 'ap-southeast-3',
      projectId: '0123456789abcdef0123456789abcdef',
      failures,
    });
  });

  test.each(['plan.appeared', 'plan.rerun', 'plan.removed'] as const)('of type %s has no status before', (type) => {
    const event = planEvent({ type, plan }, 'id', time, place);
    expect(event).not.toHaveProperty('from');
    expect(event).not.toHaveProperty('failures');
  });

  test('names at most 20 failures and cuts what is long', () => {
    const long = 'x'.repeat(10_000);
    const failures = Array.from({ length: 30 }, () => ({ component: long, reason: long }));
    const event = planEvent(
      { type: 'plan.appeared', plan: { ...plan, name: long, action: long, creator: long } },
      'id',
      time,
      place,
      failures,
    );
    const shortened = `${'x'.repeat(499)}…`;
    expect(event.failures).toStrictEqual(Array(20).fill({ component: shortened, reason: shortened }));
    expect(event.plan).toMatchObject({ name: shortened, action: shortened, creator: shortened });
    // A queue takes 256 kB: however hostile the answer was, ten such events fit one by one.
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(100_000);
  });

  test('is told from a notice by its plan', () => {
    expect(isPlanEvent(planEvent(changed, 'id', time, place))).toBe(true);
    expect(isPlanEvent({ id: 'id', type: 'source.watching', time })).toBe(false);
  });

  test('of each type is known once', () => {
    expect(new Set(eventTypes).size).toBe(eventTypes.length);
    expect(eventTypes).toEqual(expect.arrayContaining([...changeTypes]));
  });
});

describe('cut', () => {
  test.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['', 0, ''],
    ['a', 0, ''],
    ['abc', -1, ''],
    ['abc', 1, '…'],
    ['ab😀', 4, 'ab😀'],
    ['ab😀c', 4, 'ab…'],
    ['ab😀c', 3, 'ab…'],
    ['ab😀cd', 5, 'ab😀…'],
    ['😀😀', 2, '…'],
    ['😀😀', 3, '😀…'],
    // The first and the last character that are a pair, and the last and the first beside them that are not.
    ['\u{10000}ab', 2, '…'],
    ['\u{10ffff}ab', 2, '…'],
    ['\ud7ffab', 2, '\ud7ff…'],
    ['\ue000ab', 2, '\ue000…'],
    // Half a pair is left out even where it was alone before.
    ['\ud83dab', 2, '…'],
  ])('%j to %i is %j', (text, most, expected) => {
    expect(cut(text, most)).toBe(expected);
  });

  test('never is longer than asked, never splits a character, and keeps the beginning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: -2, max: 12 }), (text, most) => {
        const result = cut(text, most);
        expect(result.length).toBeLessThanOrEqual(Math.max(0, most));
        expect(result.isWellFormed()).toBe(true);
        if (result !== text) expect(text.startsWith(result.slice(0, -1))).toBe(true);
        // At most the half of a pair is lost besides the room for the ellipsis.
        if (result !== text && most > 0) expect(result.length).toBeGreaterThanOrEqual(most - 1);
      }),
      { numRuns: 1_000 },
    );
  });
});
