import { describe, expect, test } from '@jest/globals';
import { type Event, eventTypes, type NoticeType } from '../../lib/core/event.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import { en } from '../../lib/core/words/en.ts';

/** Every type of event as people read it: the whole message, and the whole text, which also holds its id. */

const time = '2026-11-24T03:04:05.678Z';
const plan = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'release-1zws2j',
  action: 'create',
  creator: 'wzh',
  createdAt: '2024-04-01T06:27:40.132Z',
  executedAt: '2024-04-01T07:28:41.379Z',
};
const place = { source: 'shop-prod', time, region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const failures = [
  { component: 'cart', reason: 'image pull failed' },
  { component: 'pay', reason: 'timed out' },
];

const seen = { label: 'Seen', value: '2026-11-24 03:04:05 UTC', time };
const factsOf = (status: string) => [
  { label: 'Status', value: status },
  { label: 'Where', value: 'shop-prod (ap-southeast-3)' },
  { label: 'Creator', value: 'wzh' },
  { label: 'Action', value: 'batch deployment' },
  { label: 'Last run', value: '2024-04-01 07:28:41 UTC', time: '2024-04-01T07:28:41.379Z' },
  { label: 'Created', value: '2024-04-01 06:27:40 UTC', time: '2024-04-01T06:27:40.132Z' },
  seen,
];
const url = 'https://console.huaweicloud.com/servicestage/?region=ap-southeast-3';
const link = { label: 'Open ServiceStage', url };
const rest = `  Where: shop-prod (ap-southeast-3)
  Creator: wzh
  Action: batch deployment
  Last run: 2024-04-01 07:28:41 UTC
  Created: 2024-04-01 06:27:40 UTC
  Seen: 2026-11-24 03:04:05 UTC`;
const open = `  Open ServiceStage: ${url}`;

const blank = { language: 'en', labels: en.labels, mention: [], failures: [], lines: [], notes: [] };
type Body = Partial<Omit<Message, 'id' | 'events' | 'text' | 'language' | 'labels'>> &
  Pick<Message, 'tone' | 'icon' | 'title'>;

const changeRows: [Event, Body, string][] = [
  [
    { id: 'e-0', type: 'plan.appeared', plan: { ...plan, status: 'CREATED', class: 'waiting' }, ...place },
    {
      tone: 'neutral',
      icon: '🕒',
      title: 'New release plan: release-1zws2j · shop-prod',
      facts: factsOf('new → To release'),
    },
    `🕒 New release plan: release-1zws2j · shop-prod
  Status: new → To release
${rest}
${open}
  e-0`,
  ],
  [
    {
      id: 'e-0',
      type: 'plan.status',
      plan: { ...plan, status: 'PARTIALLY_FAILED', class: 'bad' },
      from: 'CREATED',
      ...place,
      failures,
    },
    {
      tone: 'bad',
      icon: '❌',
      title: 'Release partly failed: release-1zws2j · shop-prod',
      facts: factsOf('To release → … → Partly failed'),
      failures,
      notes: ['States in between were not seen.'],
    },
    `❌ Release partly failed: release-1zws2j · shop-prod
  cart: image pull failed
  pay: timed out
  Status: To release → … → Partly failed
${rest}
  States in between were not seen.
${open}
  e-0`,
  ],
  [
    { id: 'e-0', type: 'plan.rerun', plan: { ...plan, status: 'FAILED', class: 'bad' }, ...place },
    {
      tone: 'bad',
      icon: '❌',
      title: 'Release ran again and failed: release-1zws2j · shop-prod',
      facts: factsOf('Release failed → … → Release failed'),
      notes: ['Which component failed is not known: ServiceStage has the details.'],
    },
    `❌ Release ran again and failed: release-1zws2j · shop-prod
  Status: Release failed → … → Release failed
${rest}
  Which component failed is not known: ServiceStage has the details.
${open}
  e-0`,
  ],
  [
    { id: 'e-0', type: 'plan.removed', plan: { ...plan, status: 'FAILED', class: 'bad' }, ...place },
    {
      tone: 'neutral',
      icon: '🗑️',
      title: 'Release plan no longer listed: release-1zws2j · shop-prod',
      facts: factsOf('Release failed when last seen'),
    },
    `🗑️ Release plan no longer listed: release-1zws2j · shop-prod
  Status: Release failed when last seen
${rest}
${open}
  e-0`,
  ],
];

const notice = (type: NoticeType, more: object = {}): Event => ({ id: 'n-0', type, time, ...more });
const [source, destination] = ['shop-prod', 'oncall'];
const reason = (value: string) => [{ label: 'Reason', value }, seen];
const details = (value: string) => [{ label: 'Details', value }, seen];

const noticeRows: [Event, Body, string][] = [
  [
    notice('source.watching', { source, count: 12 }),
    {
      tone: 'info',
      icon: '👀',
      title: 'Now watching 12 release plans in shop-prod',
      facts: [seen],
      notes: ['What is there already is not announced; every change from now on is.'],
    },
    `👀 Now watching 12 release plans in shop-prod
  Seen: 2026-11-24 03:04:05 UTC
  What is there already is not announced; every change from now on is.
  n-0`,
  ],
  [
    notice('source.unreachable', { source, reason: 'HTTP 401', advice: 'Give planwatch a key that may read them.' }),
    {
      tone: 'bad',
      icon: '🔌',
      title: 'Cannot read the release plans of shop-prod',
      facts: reason('HTTP 401'),
      advice: 'Give planwatch a key that may read them.',
      notes: ['Until they can be read, nobody hears of changes there; then the latest status of each plan is told.'],
    },
    `🔌 Cannot read the release plans of shop-prod
  Reason: HTTP 401
  Seen: 2026-11-24 03:04:05 UTC
  What to do: Give planwatch a key that may read them.
  Until they can be read, nobody hears of changes there; then the latest status of each plan is told.
  n-0`,
  ],
  [
    notice('source.recovered', { source, reason: 'about 9 min' }),
    {
      tone: 'good',
      icon: '✅',
      title: 'The release plans of shop-prod can be read again',
      facts: details('about 9 min'),
    },
    `✅ The release plans of shop-prod can be read again
  Details: about 9 min
  Seen: 2026-11-24 03:04:05 UTC
  n-0`,
  ],
  [
    notice('source.changed', { source, count: 1, reason: 'another project' }),
    {
      tone: 'warning',
      icon: '🔀',
      title: 'shop-prod now watches another list: 1 release plan',
      facts: reason('another project'),
      notes: ['What is in it already is not announced; every change from now on is.'],
    },
    `🔀 shop-prod now watches another list: 1 release plan
  Reason: another project
  Seen: 2026-11-24 03:04:05 UTC
  What is in it already is not announced; every change from now on is.
  n-0`,
  ],
  [
    notice('source.degraded', { source, reason: 'HTTP 403', lacks: 'reasons' }),
    {
      tone: 'warning',
      icon: '⚠️',
      title: 'Why releases of shop-prod fail cannot be read',
      facts: reason('HTTP 403'),
    },
    `⚠️ Why releases of shop-prod fail cannot be read
  Reason: HTTP 403
  Seen: 2026-11-24 03:04:05 UTC
  n-0`,
  ],
  [
    notice('source.degraded', { source, reason: 'HTTP 403' }),
    { tone: 'warning', icon: '⚠️', title: 'shop-prod is watched, but not in full', facts: reason('HTTP 403') },
    `⚠️ shop-prod is watched, but not in full
  Reason: HTTP 403
  Seen: 2026-11-24 03:04:05 UTC
  n-0`,
  ],
  [
    notice('state.lost', { source, reason: 'the checkpoint was gone' }),
    {
      tone: 'warning',
      icon: '🧭',
      title: 'What planwatch remembered of shop-prod was lost or damaged',
      facts: reason('the checkpoint was gone'),
    },
    `🧭 What planwatch remembered of shop-prod was lost or damaged
  Reason: the checkpoint was gone
  Seen: 2026-11-24 03:04:05 UTC
  n-0`,
  ],
  [
    notice('destination.failing', { destination, reason: 'HTTP 404: no_service', advice: 'Make a new webhook.' }),
    {
      tone: 'bad',
      icon: '📵',
      title: 'Messages do not get through to oncall',
      facts: reason('HTTP 404: no_service'),
      advice: 'Make a new webhook.',
      notes: ['They are kept, in order, and tried again; what is given up is told as well.'],
    },
    `📵 Messages do not get through to oncall
  Reason: HTTP 404: no_service
  Seen: 2026-11-24 03:04:05 UTC
  What to do: Make a new webhook.
  They are kept, in order, and tried again; what is given up is told as well.
  n-0`,
  ],
  [
    notice('destination.recovered', { destination }),
    { tone: 'good', icon: '✅', title: 'Messages get through to oncall again', facts: [seen] },
    `✅ Messages get through to oncall again
  Seen: 2026-11-24 03:04:05 UTC
  n-0`,
  ],
  [
    notice('delivery.dead', { destination, count: 3, reason: 'HTTP 400: too_long' }),
    {
      tone: 'bad',
      icon: '📪',
      title: 'Gave up 3 messages for oncall',
      facts: reason('HTTP 400: too_long'),
      notes: ['They are kept as dead letters, and a backfill with deadLetters sends them again.'],
    },
    `📪 Gave up 3 messages for oncall
  Reason: HTTP 400: too_long
  Seen: 2026-11-24 03:04:05 UTC
  They are kept as dead letters, and a backfill with deadLetters sends them again.
  n-0`,
  ],
];

describe('an event reads as it should', () => {
  const rows = [...changeRows, ...noticeRows].map(([event, body, text]) => ({ event, body, text }));

  test.each(rows)('$event.type', ({ event, body, text }) => {
    const expected = { ...blank, id: event.id, events: [event], ...('plan' in event && { link }), ...body, text };
    expect(composeMessage({ id: event.id, events: [event] })).toStrictEqual(expected);
  });

  test('whatever its type: each has its row', () => {
    expect([...new Set(rows.map(({ event }) => event.type))]).toStrictEqual(eventTypes);
  });

  test.each<[NoticeType, string]>([
    ['source.watching', '👀 Now watching 0 release plans in a source'],
    ['source.changed', '🔀 a source now watches another list: 0 release plans'],
    ['destination.failing', '📵 Messages do not get through to a destination'],
    ['delivery.dead', '📪 Gave up 1 message for a destination'],
  ])('%s without its fields: %s', (type, headline) => {
    expect(composeMessage({ id: 'n-0', events: [notice(type)] }).text.split('\n')[0]).toBe(headline);
  });
});
