import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../lib/core/change.ts';
import { type Failure, type NoticeType, noticeTypes, planEvent } from '../../lib/core/event.ts';
import { composeMessage, readableTime } from '../../lib/core/message.ts';

const seed = {
  id: '4cf4d39e-c11a-41b0-82eb-30defc376d52',
  name: 'release-1zws2j',
  action: 'create',
  status: 'SUCCESS',
  creator: 'wzh',
  createdAt: '2024-04-01T06:27:40.132Z',
  executedAt: '2024-04-01T06:27:40.379Z',
};
const place = { source: 'shop-prod', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const time = '2026-11-24T03:04:05.678Z';
const id = 'shop-prod-000000000042-0';
const broken = [{ component: 'cart', reason: 'image pull failed' }];

const tell = (change: Change, failures: readonly Failure[] = [], more = {}) =>
  composeMessage({ id, events: [planEvent(change, id, time, place, failures)], ...more });
const to = (status: string, from = 'RUNNING'): Change => ({ type: 'plan.status', plan: { ...seed, status }, from });
const notice = (type: NoticeType, more = {}) =>
  composeMessage({ id, events: [{ id, type, time, source: 'shop-prod', destination: 'oncall', ...more }] });

test('a failure tells what, where, why, who and since when, in this order', () => {
  expect(tell(to('FAILED', 'CREATED'), broken).text.split('\n')).toEqual([
    '❌ Release failed: release-1zws2j · shop-prod',
    '  cart: image pull failed',
    '  Status: CREATED → … → FAILED',
    '  Where: shop-prod (ap-southeast-3)',
    '  Creator: wzh',
    '  Action: create',
    '  Last run: 2024-04-01 06:27:40 UTC',
    '  Created: 2024-04-01 06:27:40 UTC',
    '  Seen: 2026-11-24 03:04:05 UTC',
    '  States in between were not seen.',
    '  Open ServiceStage: https://console.huaweicloud.com/servicestage/?region=ap-southeast-3',
    '  shop-prod-000000000042-0',
  ]);
});

describe('headlines', () => {
  const plan = (status: string) => ({ ...seed, status });
  test.each<[string, string, Change]>([
    ['good', '✅ Release succeeded', to('SUCCESS')],
    ['bad', '❌ Release failed', to('FAILED')],
    ['bad', '❌ Release partly failed', to('PARTIALLY_FAILED')],
    ['bad', '❌ Release could not be rolled back', to('ROLLBACK_FAILED')],
    ['warning', '↩️ Release was rolled back', to('ROLLBACK_SUCCEED')],
    ['warning', '⏹️ Release was stopped', to('ABORTED')],
    ['neutral', '🕒 Release is waiting to run', to('CREATED')],
    ['info', '🔄 Release is now RELEASING', to('RELEASING')],
    ['neutral', '🕒 New release plan', { type: 'plan.appeared', plan: plan('CREATED') }],
    ['good', '✅ New release plan, succeeded', { type: 'plan.appeared', plan: plan('SUCCESS') }],
    ['info', '🔄 New release plan, RELEASING', { type: 'plan.appeared', plan: plan('RELEASING') }],
    ['bad', '❌ Release ran again and failed', { type: 'plan.rerun', plan: plan('FAILED') }],
    ['good', '✅ Release ran again and succeeded', { type: 'plan.rerun', plan: plan('SUCCESS') }],
    ['neutral', '🗑️ Release plan no longer listed', { type: 'plan.removed', plan: plan('FAILED') }],
  ])('%s: %s', (tone, words, change) => {
    const message = tell(change);
    expect(`${message.icon} ${message.title}`).toBe(`${words}: release-1zws2j · shop-prod`);
    expect(message.tone).toBe(tone);
  });
});

test.each<[string, Change]>([
  ['CREATED → … → SUCCESS', to('SUCCESS', 'CREATED')],
  ['RUNNING → SUCCESS', to('SUCCESS')],
  ['FAILED → RUNNING', to('RUNNING', 'FAILED')],
  ['new → SUCCESS', { type: 'plan.appeared', plan: seed }],
  ['SUCCESS → … → SUCCESS', { type: 'plan.rerun', plan: seed }],
  ['SUCCESS when last seen', { type: 'plan.removed', plan: seed }],
])('the status reads %s', (status, change) => {
  expect(tell(change).facts[0]).toEqual({ label: 'Status', value: status });
});

describe('notes say what a reader must know to take it right', () => {
  test.each<[string, string[], ReturnType<typeof tell>]>([
    ['nothing to add', [], tell(to('SUCCESS'))],
    ['a state was skipped', ['States in between were not seen.'], tell(to('SUCCESS', 'FAILED'))],
    [
      'why it failed is not known',
      ['Which component failed is not known: ServiceStage has the details.'],
      tell(to('FAILED')),
    ],
    ['why it failed is told', [], tell(to('FAILED'), broken)],
    [
      'why a removed one had failed is no news',
      [],
      tell({ type: 'plan.removed', plan: { ...seed, status: 'FAILED' } }),
    ],
    [
      'there may be more failures than are kept',
      ['Only the first 20 failing components are listed.'],
      tell(to('FAILED'), Array(21).fill(broken[0])),
    ],
    [
      'an answer was lost',
      ['May be a repeat: the answer to an earlier try was lost.'],
      tell(to('SUCCESS'), [], { unsure: true }),
    ],
    ['somebody asked for it', ['Sent again on request.'], tell(to('SUCCESS'), [], { repeat: true })],
  ])('%s', (_rule, notes, message) => {
    expect(message.notes).toEqual(notes);
    for (const note of notes) expect(message.text).toContain(note);
  });
});

test('what a plan does not have is left out', () => {
  const { createdAt: _, executedAt: __, ...bare } = { ...seed, creator: '', action: '' };
  const labels = tell({ type: 'plan.appeared', plan: bare }).facts.map(({ label }) => label);
  expect(labels).toEqual(['Status', 'Where', 'Seen']);
});

test.each<[NoticeType, object, string]>([
  ['source.watching', { count: 1 }, '👀 Now watching 1 release plan in shop-prod'],
  ['source.watching', { count: 0 }, '👀 Now watching 0 release plans in shop-prod'],
  ['source.unreachable', {}, '🔌 Cannot read the release plans of shop-prod'],
  ['source.recovered', {}, '✅ The release plans of shop-prod can be read again'],
  ['source.changed', { count: 12 }, '🔀 shop-prod now watches another list: 12 release plans'],
  ['source.degraded', {}, '⚠️ shop-prod is watched, but not in full'],
  ['state.lost', {}, '🧭 What planwatch remembered of shop-prod was lost or damaged'],
  ['destination.failing', {}, '📵 Messages do not get through to oncall'],
  ['destination.recovered', {}, '✅ Messages get through to oncall again'],
  ['delivery.dead', { count: 3 }, '📪 Gave up 3 messages for oncall'],
])('the notice %s %j', (type, more, headline) => {
  expect(notice(type, more).text.split('\n')[0]).toBe(headline);
});

test('a notice tells the far end’s words and what to do', () => {
  const { text } = notice('destination.failing', { reason: 'HTTP 404: no_service', advice: 'Make a new webhook.' });
  expect(text).toContain('\n  Reason: HTTP 404: no_service\n');
  expect(text).toContain('\n  What to do: Make a new webhook.\n');
});

test('no notice lacks a word because the event lacks a field', () => {
  for (const type of noticeTypes) {
    expect(composeMessage({ id, events: [{ id, type, time }] }).text).not.toMatch(/undefined|NaN/);
  }
});

describe('a digest', () => {
  const event = (status: string, name: string, failures: Failure[] = []) =>
    planEvent({ type: 'plan.status', plan: { ...seed, status, name }, from: 'RUNNING' }, id, time, place, failures);
  const events = [
    event('FAILED', 'a', [...broken, { component: 'pay', reason: 'timed out' }]),
    event('SUCCESS', 'b'),
    event('SUCCESS', 'c'),
    planEvent({ type: 'plan.appeared', plan: { ...seed, status: 'CREATED', name: 'd' } }, id, time, place),
    planEvent({ type: 'plan.removed', plan: { ...seed, name: 'e' } }, id, time, place),
    { id, type: 'source.recovered', source: 'shop-prod', time, reason: 'about 9 min' } as const,
  ];

  test('counts in its headline, the worst first, and has a line for each event', () => {
    const digest = composeMessage({ id: `${id}.d6`, events });
    expect(digest.tone).toBe('bad');
    expect(digest.text.split('\n')).toEqual([
      '❌ 6 changes: 1 failed, 1 waiting to run, 2 succeeded, 1 no longer listed, 1 about planwatch · shop-prod',
      '  ❌ a: RUNNING → FAILED · cart: image pull failed; pay: timed out',
      '  ✅ b: RUNNING → SUCCESS',
      '  ✅ c: RUNNING → SUCCESS',
      '  🕒 d: new → CREATED',
      '  🗑️ e: SUCCESS when last seen',
      '  ✅ The release plans of shop-prod can be read again: about 9 min',
      '  Where: shop-prod (ap-southeast-3)',
      '  Seen: 2026-11-24 03:04:05 UTC',
      '  Open ServiceStage: https://console.huaweicloud.com/servicestage/?region=ap-southeast-3',
      '  shop-prod-000000000042-0.d6',
    ]);
  });

  test('without a failure does not look like one', () => {
    expect(composeMessage({ id, events: events.slice(1) })).toMatchObject({ tone: 'info', icon: '📋' });
  });
});

test('a delivery without events says so', () => {
  expect(composeMessage({ id, events: [] }).title).toBe('Nothing to tell');
});

describe('whatever people typed', () => {
  test.each([
    ['a line break forges no line', 'a\n  Status: SUCCESS', 'a Status: SUCCESS'],
    ['nor does any other separator', 'a\r\n\u2028\u0085b\u0000', 'a b'],
    ['a direction override is dropped', 'a\u202eb\u2066c', 'abc'],
    ['half a character is replaced', 'a\ud83e', 'a\ufffd'],
    ['markup is left to the channels', '<!channel> *b* & :x:', '<!channel> *b* & :x:'],
    ['blanks inside a line stay', 'a  b', 'a  b'],
  ])('%s', (_rule, typed, shown) => {
    const message = tell({ ...to('FAILED'), plan: { ...seed, name: typed, creator: typed } }, [
      { component: typed, reason: typed },
    ]);
    expect(message.title).toBe(`Release succeeded: ${shown} · shop-prod`);
    expect(message.facts.find(({ label }) => label === 'Creator')?.value).toBe(shown);
    expect(message.failures).toEqual([{ component: shown, reason: shown }]);
  });

  test('every text is one well-formed line, and the text has one line for each', () => {
    const typed = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(typed, typed, typed, typed, (name, status, component, reason) => {
        const message = tell({ ...to(status), plan: { ...seed, name, status } }, [{ component, reason }]);
        const texts = [
          message.title,
          ...message.facts.map(({ value }) => value),
          ...message.failures.flatMap(Object.values),
        ];
        for (const text of texts) expect(text.isWellFormed() && !/[\p{Cc}\u2028\u2029\u202e]/u.test(text)).toBe(true);
        const lines = 1 + message.failures.length + message.facts.length + message.notes.length + 2;
        expect(message.text.split(/[\n\r\u2028]/)).toHaveLength(lines);
      }),
    );
  });

  test('a name of blanks is no name, and a creator of blanks no fact', () => {
    const message = tell({ type: 'plan.appeared', plan: { ...seed, name: ' \n', creator: ' ' } });
    expect(message.title).toBe(`New release plan, succeeded: ${seed.id} · shop-prod`);
    expect(message.facts.map(({ label }) => label)).not.toContain('Creator');
  });

  test('a component without a name or a reason still makes a sentence', () => {
    expect(tell(to('FAILED'), [{ component: ' ', reason: '' }]).text).toContain(
      '\n  a component without a name: no reason given\n',
    );
  });

  test('100 kB of blanks take no more time than reading them', () => {
    const event = planEvent({ type: 'plan.appeared', plan: seed }, id, time, place);
    const name = `a${' '.repeat(100_000)}b`;
    const { title } = composeMessage({ id, events: [{ ...event, plan: { ...event.plan, name } }] });
    expect(title.includes(name)).toBe(true);
  });
});

test('times read the same for everybody', () => {
  expect(readableTime('2026-11-24T03:04:05.678Z')).toBe('2026-11-24 03:04:05 UTC');
});
