import { describe, expect, test } from '@jest/globals';
import type { Event, PlanEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { en } from '../../lib/core/words/en.ts';

/** What more than one event, and none, look like: the whole message and the whole text. */

const [early, late] = ['2026-11-24T03:04:05.678Z', '2026-11-24T09:08:07.000Z'];
const success: PlanEvent = {
  id: 'shop-000000000042-0',
  type: 'plan.status',
  source: 'shop',
  time: early,
  plan: { id: 'p1', name: 'checkout', action: 'create', status: 'SUCCESS', class: 'good', creator: 'wzh' },
  from: 'RELEASING',
  region: 'eu-west-0',
  projectId: '0123456789abcdef0123456789abcdef',
};
const failure: PlanEvent = {
  ...success,
  id: 'shop-000000000042-1',
  time: late,
  // A name of blanks is none.
  plan: { ...success.plan, id: 'p2', name: ' ', status: 'FAILED', class: 'bad' },
  failures: [
    { component: 'cart', reason: 'image pull failed' },
    { component: ' ', reason: '\n' },
  ],
};
const watching: Event = { id: 'shop-000000000001-0', type: 'source.watching', source: 'shop', time: early, count: 2 };
const lost: Event = { id: 'shop-000000000009-0', type: 'state.lost', source: 'shop', time: late, reason: 'a\nb' };

const url = 'https://console.huaweicloud.com/servicestage/?region=eu-west-0';
const link = { label: 'Open ServiceStage', url };
const where = { label: 'Where', value: 'shop (eu-west-0)' };
const seenLate = { label: 'Seen', value: '2026-11-24 09:08:07 UTC', time: late };
const blank = { language: 'en', labels: en.labels, mention: [], failures: [], lines: [], notes: [] };

test('with a failure: its look, a line for each, when the last was seen', () => {
  const events = [failure, success, lost];
  expect(composeMessage({ id: 'd.d3', events })).toStrictEqual({
    ...blank,
    id: 'd.d3',
    events,
    tone: 'bad',
    icon: '❌',
    title: '3 changes: 1 failed, 1 succeeded, 1 about planwatch · shop',
    facts: [where, seenLate],
    lines: [
      {
        icon: '❌',
        title: 'p2',
        detail: 'Releasing → Release failed · cart: image pull failed; a component without a name: no reason given',
      },
      { icon: '✅', title: 'checkout', detail: 'Releasing → Released' },
      { icon: '🧭', title: 'What planwatch remembered of shop was lost or damaged', detail: 'a b' },
    ],
    link,
    text: `❌ 3 changes: 1 failed, 1 succeeded, 1 about planwatch · shop
  ❌ p2: Releasing → Release failed · cart: image pull failed; a component without a name: no reason given
  ✅ checkout: Releasing → Released
  🧭 What planwatch remembered of shop was lost or damaged: a b
  Where: shop (eu-west-0)
  Seen: 2026-11-24 09:08:07 UTC
  Open ServiceStage: ${url}
  d.d3`,
  });
});

test('without one: no alarm, and the time of the last whatever the order', () => {
  const events = [success, { ...success, time: late }, success];
  expect(composeMessage({ id: 'd.d3', events })).toStrictEqual({
    ...blank,
    id: 'd.d3',
    events,
    tone: 'info',
    icon: '📋',
    title: '3 changes: 3 succeeded · shop',
    facts: [where, seenLate],
    lines: [
      { icon: '✅', title: 'checkout', detail: 'Releasing → Released' },
      { icon: '✅', title: 'checkout', detail: 'Releasing → Released' },
      { icon: '✅', title: 'checkout', detail: 'Releasing → Released' },
    ],
    link,
    text: `📋 3 changes: 3 succeeded · shop
  ✅ checkout: Releasing → Released
  ✅ checkout: Releasing → Released
  ✅ checkout: Releasing → Released
  Where: shop (eu-west-0)
  Seen: 2026-11-24 09:08:07 UTC
  Open ServiceStage: ${url}
  d.d3`,
  });
});

test('of notices only: no place and no link', () => {
  const events = [watching, lost];
  expect(composeMessage({ id: 'd.d2', events })).toStrictEqual({
    ...blank,
    id: 'd.d2',
    events,
    tone: 'info',
    icon: '📋',
    title: '2 changes: 2 about planwatch',
    facts: [seenLate],
    lines: [
      { icon: '👀', title: 'Now watching 2 release plans in shop', detail: '' },
      { icon: '🧭', title: 'What planwatch remembered of shop was lost or damaged', detail: 'a b' },
    ],
    text: `📋 2 changes: 2 about planwatch
  👀 Now watching 2 release plans in shop
  🧭 What planwatch remembered of shop was lost or damaged: a b
  Seen: 2026-11-24 09:08:07 UTC
  d.d2`,
  });
});

test('of nothing: it says so', () => {
  expect(composeMessage({ id: 'd', events: [] })).toStrictEqual({
    ...blank,
    id: 'd',
    events: [],
    tone: 'neutral',
    icon: 'ℹ️',
    title: 'Nothing to tell',
    facts: [],
    text: 'ℹ️ Nothing to tell\n  d',
  });
});

test('whom to call is handed on', () => {
  expect(composeMessage({ id: 'd', events: [failure], mention: ['here'] }).mention).toStrictEqual(['here']);
});

describe('whatever is written in an event, each text is one line', () => {
  const odd = 'a\n\u202e b\ud800';
  const shown = 'a b\ufffd';

  test('of a plan', () => {
    const {
      title,
      facts,
      link: to,
    } = composeMessage({
      id: 'd',
      events: [
        { ...success, from: odd, region: odd, plan: { ...success.plan, action: odd, status: odd, class: 'moving' } },
      ],
    });
    expect(title).toBe(`Release is now ${shown}: checkout · shop`);
    expect(facts.slice(0, 4).map(({ value }) => value)).toStrictEqual([
      `${shown} → ${shown}`,
      `shop (${shown})`,
      'wzh',
      shown,
    ]);
    expect(to?.url).toBe('https://console.huaweicloud.com/servicestage/?region=a%0A%E2%80%AE%20b%EF%BF%BD');
  });

  test('of a notice, alone or in a digest', () => {
    const event: Event = { ...lost, source: odd, reason: odd, advice: odd };
    const [one, digest] = [[event], [event, { ...success, source: odd }]].map((events) =>
      composeMessage({ id: 'd', events }),
    );
    expect(one).toMatchObject({
      title: `What planwatch remembered of ${shown} was lost or damaged`,
      facts: [{ label: 'Reason', value: shown }, seenLate],
      advice: shown,
    });
    expect(digest?.title).toBe(`2 changes: 1 succeeded, 1 about planwatch · ${shown}`);
    expect(digest?.lines[0]).toStrictEqual({ icon: '🧭', title: one?.title, detail: shown });
  });

  test.each([
    ['no more than one line', 'a\r\n\n\u2028\u2029 b', 'a b'],
    ['no blanks around a break', 'a \n b\n', 'a b'],
    ['no override of either kind, first to last', '\u202aa\u202e\u2066b\u2069\u202c', 'ab'],
    ['what only looks like one stays', '\u2029a\u202fb\u2065c\u206ad', 'a\u202fb\u2065c\u206ad'],
  ])('%s: %j', (_, typed, read) => {
    expect(composeMessage({ id: 'd', events: [{ ...lost, reason: typed }] }).facts[0]?.value).toBe(read);
  });

  test('a reason or an advice of blanks is none', () => {
    expect(composeMessage({ id: 'd', events: [{ ...lost, reason: ' ', advice: '\n' }] }).text).toBe(
      '🧭 What planwatch remembered of shop was lost or damaged\n  Seen: 2026-11-24 09:08:07 UTC\n  d',
    );
  });

  test('good news has details instead of a reason', () => {
    const labels = (event: Event) => composeMessage({ id: 'd', events: [event] }).facts[0]?.label;
    expect(labels({ ...watching, reason: 'x' })).toBe('Details');
    expect(labels({ ...watching, type: 'destination.recovered', reason: 'x' })).toBe('Details');
    expect(labels({ ...watching, type: 'source.degraded', reason: 'x' })).toBe('Reason');
  });
});
