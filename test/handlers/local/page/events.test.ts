import { describe, expect, test } from '@jest/globals';
import type { EventsPart, EventView, Group } from '../../../../handlers/local/inbox/view.ts';
import { merge, nothing } from '../../../../handlers/local/page/feed/event-store.ts';
import { createMatcher, filterOf, isFiltering } from '../../../../handlers/local/page/filter.ts';
import { sliceOf } from '../../../../handlers/local/page/windowed.ts';

const event = (id: string, over: Partial<EventView> = {}): EventView => ({
  id,
  source: 'shop',
  type: 'plan.status',
  time: `2026-11-24T03:00:${id.padStart(2, '0')}.000Z`,
  group: 'bad',
  tone: 'bad',
  words: 'Release failed',
  detail: 'CREATED → FAILED',
  reasons: ['cart: image pull failed'],
  plan: { id: `plan-${id}`, name: `release-${id}`, creator: 'wzh' },
  deliveries: [],
  ...over,
});

const part = (ids: readonly string[], over: Partial<EventsPart> = {}): EventsPart => ({
  run: 'one',
  sequence: 10,
  events: ids.map((id) => event(id)),
  more: false,
  most: 5,
  older: false,
  ...over,
});

const ids = (events: readonly EventView[]) => events.map(({ id }) => id);

describe('what the page knows of the events', () => {
  const known = merge(nothing, part(['3', '2', '1']), 10);

  test('after the first part: all of it, in its order', () => {
    expect([ids(known.events), known.sequence, known.whole]).toEqual([['3', '2', '1'], 10, true]);
  });

  test.each<[what: string, part: EventsPart, order: string[]]>([
    ['new ones go on top', part(['5', '4']), ['5', '4', '3', '2', '1']],
    ['what changed stays in its place', part(['2']), ['3', '2', '1']],
    ['the oldest go when there are too many', part(['6', '5', '4']), ['6', '5', '4', '3', '2']],
    ['another run of planwatch replaces everything', part(['9'], { run: 'two' }), ['9']],
    ['nothing new changes nothing', part([]), ['3', '2', '1']],
  ])('%s', (_what, news, order) => {
    expect(ids(merge(known, news, 11).events)).toEqual(order);
  });

  test('one that comes late is put where its time belongs', () => {
    const around = merge(nothing, part(['8', '1']), 10);
    expect(ids(merge(around, part(['4']), 11).events)).toEqual(['8', '4', '1']);
  });

  test('a change takes the place of what was there before', () => {
    const told = event('2', { deliveries: [{ id: '2', destination: 'a', state: { kind: 'waiting', attempts: 1 } }] });
    expect(merge(known, part([], { events: [told] }), 11).events[1]?.deliveries).toHaveLength(1);
  });

  test('until the last of several parts is there, it asks from the beginning again', () => {
    const half = merge(nothing, part(['3', '2'], { more: true }), 10);
    expect([half.sequence, half.whole]).toEqual([0, false]);
    const whole = merge(half, part(['1'], { sequence: 12 }), 10);
    expect([ids(whole.events), whole.sequence, whole.whole]).toEqual([['3', '2', '1'], 10, true]);
  });
});

describe('the filter', () => {
  const failed = event('1');
  const notice = event('2', {
    group: 'planwatch',
    words: 'Cannot read shop',
    reasons: [],
    source: 'mill',
    plan: { id: '', name: '', creator: 'wzh' },
  });

  test.each<[query: string, fits: boolean[]]>([
    ['', [true, true]],
    ['class=bad', [true, false]],
    ['class=good,planwatch', [false, true]],
    ['class=nonsense', [true, true]],
    ['class=constructor', [true, true]],
    ['source=mill', [false, true]],
    ['plan=plan-1', [true, false]],
    ['q=IMAGE+pull', [true, false]],
    ['q=pull+release-1', [true, false]],
    ['q=pull+nothing', [false, false]],
    ['q=WZH', [true, true]],
    ['q=cannot', [false, true]],
    ['q=++', [true, true]],
    ['class=bad&q=cannot', [false, false]],
  ])('%j', (query, fits) => {
    const matches = createMatcher(filterOf(new URLSearchParams(query)));
    expect([failed, notice].map(matches)).toEqual(fits);
  });

  test("finds a destination's name and a provider's words", () => {
    const state = { kind: 'waiting', reason: 'HTTP 503: busy', attempts: 1 } as const;
    const waiting = event('3', { deliveries: [{ id: '3', destination: 'oncall', state }] });
    for (const [q, fits] of [
      ['oncall', true],
      ['503 busy', true],
      ['teapot', false],
    ] as const) {
      expect([q, createMatcher(filterOf(new URLSearchParams({ q })))(waiting)]).toEqual([q, fits]);
    }
  });

  test.each([
    ['', false],
    ['class=bad', true],
    ['q=%20', false],
    ['q=x', true],
    ['source=a', true],
    ['event=x&as=slack', false],
  ])('%j filters: %p', (query, filters) => {
    expect(isFiltering(filterOf(new URLSearchParams(query)))).toBe(filters);
  });

  test('keeps the groups that it knows, in any order', () => {
    expect(filterOf(new URLSearchParams('class=good,x,bad')).groups).toEqual(['good', 'bad'] satisfies Group[]);
  });
});

describe('the rows that are drawn of a long list', () => {
  test.each<[what: string, count: number, top: number, slice: { from: number; to: number }]>([
    ['at the top', 10_000, 0, { from: 0, to: 24 }],
    ['in the middle', 10_000, 60 * 500, { from: 492, to: 524 }],
    ['at the end', 10_000, 60 * 9_985, { from: 9_976, to: 10_000 }],
    ['of a short list', 3, 0, { from: 0, to: 3 }],
    ['of none', 0, 0, { from: 0, to: 0 }],
    ['pulled beyond its top, as phones do', 10_000, -80, { from: 0, to: 24 }],
    ['that became shorter than it was scrolled', 10, 60 * 500, { from: 0, to: 10 }],
  ])('%s', (_what, count, top, slice) => {
    expect(sliceOf(count, 60, top, 900)).toEqual(slice);
  });
});
