import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Config, Match } from '../../lib/core/config.ts';
import type { Event, NoticeEvent, PlanEvent } from '../../lib/core/event.ts';
import { explainRoutes, glob, matchesAny, mentionsFor, routeEvent } from '../../lib/core/route.ts';

const event: PlanEvent = {
  id: 'shop-prod-000000000042-0',
  type: 'plan.status',
  source: 'shop-prod',
  time: '2026-11-24T03:04:05.678Z',
  plan: { id: 'p1', name: 'checkout-7', action: 'upgrade', status: 'FAILED', class: 'bad', creator: 'wzh' },
  from: 'CREATED',
  region: 'ap-southeast-3',
  projectId: '0123456789abcdef0123456789abcdef',
};
const { from: _, ...appeared } = { ...event, type: 'plan.appeared' as const };

const destinations: Config['destinations'] = { a: { kind: 'slack' }, b: { kind: 'slack' }, c: { kind: 'webhook' } };
const routing = (routes: Config['routes'], notices: readonly string[] = []) => ({ routes, notices, destinations });

describe('glob', () => {
  test.each([
    ['shop-*', 'shop-prod', true],
    ['shop-*', 'shop-', true],
    ['shop-*', 'shop', false],
    ['shop-*', 'my-shop-prod', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '😀', true],
    ['a?c', 'abc', true],
    ['*b*', 'abc', true],
    ['*bc', 'abcbc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    // What stands before a star and after it may not share a letter.
    ['ab*bc', 'abc', false],
    ['a.c', 'abc', false],
    ['[a-z]', 'b', false],
    ['FAILED', 'failed', false],
    ['FAILED', 'PARTIALLY_FAILED', false],
    ['**', 'anything', true],
    ['*?', '', false],
    ['*?', 'a', true],
    ['a\\*', 'a*', false],
  ])('%j matches %j: %p', (pattern, value, matches) => {
    expect(glob(pattern, value)).toBe(matches);
  });

  test('does what the same pattern does as a regular expression', () => {
    const letters = fc.constantFrom('a', 'b', '.', '😀');
    const pattern = fc.string({ unit: fc.oneof(letters, fc.constantFrom('*', '?')), maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.string({ unit: letters, maxLength: 8 }), (any, value) => {
        const source = any.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(glob(any, value)).toBe(new RegExp(`^${source}$`, 'su').test(value));
      }),
      { numRuns: 5_000 },
    );
  });

  test('a pattern made to take for ever does not', () => {
    expect(glob(`${'*a'.repeat(1_000)}b`, 'a'.repeat(2_000))).toBe(false);
  });

  test('of several patterns any will do, of none none', () => {
    expect([matchesAny('a', ['b', 'a']), matchesAny('a', 'a'), matchesAny('a', [])]).toStrictEqual([true, true, false]);
  });
});

describe('a route takes an event when every condition holds', () => {
  test.each<[Match, boolean]>([
    [{}, true],
    [{ type: 'plan.status' }, true],
    [{ type: 'plan.*' }, true],
    [{ type: 'plan.removed' }, false],
    [{ class: 'bad' }, true],
    [{ class: ['good', 'bad'] }, true],
    [{ class: 'good' }, false],
    [{ status: '*FAILED' }, true],
    [{ from: 'CREATED' }, true],
    [{ from: 'SUCCESS' }, false],
    [{ source: ['other', 'shop-*'] }, true],
    [{ action: 'upgrade' }, true],
    [{ name: 'checkout-?' }, true],
    [{ creator: 'wzh' }, true],
    [{ creator: 'w' }, false],
    [{ class: 'bad', source: 'shop-*', creator: 'wzh' }, true],
    [{ class: 'bad', source: 'other' }, false],
  ])('%j: %p', (match, takes) => {
    expect(routeEvent(event, routing([{ match, to: ['a'] }]))).toStrictEqual(takes ? ['a'] : []);
  });

  test('a condition on what the event does not have fails', () => {
    expect(explainRoutes(appeared, routing([{ match: { from: '*' }, to: ['a'] }]))).toStrictEqual({
      destinations: [],
      verdicts: [{ route: 0, matches: false, because: 'from: a plan.appeared event has none' }],
    });
  });
});

describe('where an event goes', () => {
  test('without routes: everywhere', () => {
    expect(explainRoutes(event, routing([]))).toStrictEqual({ destinations: ['a', 'b', 'c'], verdicts: [] });
  });

  test('every route that matches counts, each destination once, in the order of the configuration', () => {
    const routes = [{ to: ['c', 'a'] }, { match: { class: 'good' as const }, to: ['b'] }, { to: ['a'] }];
    expect(routeEvent(event, routing(routes))).toStrictEqual(['a', 'c']);
  });

  test('with routes of which none matches: nowhere', () => {
    expect(routeEvent(event, routing([{ match: { class: 'good' }, to: ['a'] }]))).toStrictEqual([]);
  });

  test('a route to what is no destination leads nowhere', () => {
    expect(routeEvent(event, routing([{ to: ['gone', 'b'] }]))).toStrictEqual(['b']);
  });

  test('and why', () => {
    const routes = [
      { match: { class: ['good', 'stopped'] as const }, to: ['a'] },
      { match: { class: 'bad' as const, source: 'shop-*' }, to: ['b'] },
      { to: ['c'] },
    ];
    expect(explainRoutes(event, routing(routes)).verdicts).toStrictEqual([
      { route: 0, matches: false, because: 'class is "bad", wanted good or stopped' },
      { route: 1, matches: true, because: 'class, source match' },
      { route: 2, matches: true, because: 'it matches everything' },
    ]);
  });
});

describe('where a notice goes', () => {
  const notice = (over: Partial<NoticeEvent>): Event => ({
    id: 'n',
    type: 'source.unreachable',
    time: event.time,
    ...over,
  });
  test.each<[string, Event, readonly string[], readonly string[]]>([
    ['to the notice destinations, whatever the routes say', notice({ source: 'shop-prod' }), ['c', 'b'], ['b', 'c']],
    [
      'never to the destination that it is about',
      notice({ type: 'destination.failing', destination: 'b' }),
      ['b', 'c'],
      ['c'],
    ],
    [
      'nowhere when its own destination is the only one',
      notice({ type: 'delivery.dead', destination: 'b' }),
      ['b'],
      [],
    ],
    ['nowhere when nobody wants notices', notice({}), [], []],
  ])('%s', (_, event, notices, expected) => {
    expect(explainRoutes(event, routing([{ match: { class: 'good' }, to: ['a'] }], notices))).toStrictEqual({
      destinations: expected,
      verdicts: [],
    });
  });
});

describe('whom to call', () => {
  const routes = [
    { match: { class: 'bad' as const }, to: ['a', 'b'], mention: ['here', 'user:1'] },
    { to: ['a'], mention: ['user:1', 'group:2'] },
    { match: { source: 'other' }, to: ['a'], mention: ['all'] },
  ];
  test('is what the routes that took the event there say, each once', () => {
    expect(mentionsFor(event, 'a', routes)).toStrictEqual(['here', 'user:1', 'group:2']);
    expect(mentionsFor(event, 'b', routes)).toStrictEqual(['here', 'user:1']);
    expect(mentionsFor(event, 'c', routes)).toStrictEqual([]);
  });
  const good = { ...event, plan: { ...event.plan, status: 'SUCCESS', class: 'good' as const } };
  test.each<[string, Match | undefined, readonly string[]]>([
    ['nobody, where the route takes everything', undefined, []],
    ['nobody, where it asks for something else than how it ended', { source: 'shop-*', type: 'plan.*' }, []],
    ['those of a route that asks for this class', { class: ['good', 'bad'] }, ['here']],
    ['those of a route that asks for this status', { status: 'SUCC*' }, ['here']],
    ['nobody, where it asks for another status', { status: 'FAILED' }, []],
  ])('for good news: %s', (_, match, called) => {
    expect(mentionsFor(good, 'a', [{ ...(match && { match }), to: ['a'], mention: ['here'] }])).toStrictEqual(called);
  });
  test('is nobody where a route names nobody', () => {
    expect(mentionsFor(event, 'a', [{ to: ['a'] }])).toStrictEqual([]);
  });
  test('is nobody when nothing failed', () => {
    expect(mentionsFor(good, 'a', routes)).toStrictEqual([]);
    expect(mentionsFor({ id: 'n', type: 'state.lost', time: event.time }, 'a', routes)).toStrictEqual([]);
  });
});
