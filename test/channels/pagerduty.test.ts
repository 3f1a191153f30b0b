import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pagerDutyAnswers, pagerduty } from '../../lib/channels/pagerduty.ts';
import { type PagerDutyEvent, pagerDutyEvents } from '../../lib/channels/pagerduty-payload.ts';
import { changeTypes } from '../../lib/core/change.ts';
import { noticeTypes, type PlanEvent } from '../../lib/core/event.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { classOf } from '../../lib/core/plan.ts';
import type { Receiver, Scripted } from '../support/chat-server.ts';
import {
  type PagerDutyBody,
  pagerDutyError,
  pagerDutyFaults,
  pagerDutyKey,
  startPagerDutyReceiver,
} from '../support/pagerduty-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';

const newKey =
  'Copy the integration key of an "Events API v2" integration of the PagerDuty service, and put it where routingKey points.';
const now = () => new Date(seen);
const configured = (endpoint: string) => ({ endpoint, routingKey: pagerDutyKey });
const dedup_key = 'shop-prod/4cf4d39e-c11a-41b0-82eb-30defc376d52';

describeChannel('pagerduty', {
  kind: pagerduty,
  start: startPagerDutyReceiver,
  settings: configured,
  told: { kind: 'accepted', reference: 'as-it-came' },
  halfAnswered: 'retry',
  codes: {
    answers: pagerDutyAnswers,
    say: (code) => ({
      status: code === 'throttle exceeded' ? 429 : 400,
      body: pagerDutyError(code, [`about the ${code}`]),
    }),
  },
  answers: [
    [
      'an event that was refused says why',
      { status: 400, body: pagerDutyError('invalid event', ["'payload.severity' is invalid"]) },
      {
        kind: 'rejected',
        reason: "HTTP 400: invalid event Event object is invalid 'payload.severity' is invalid",
      },
    ],
    [
      'a key that is none looks like an event that is wrong',
      {
        status: 400,
        body: pagerDutyError('invalid event', ["Length of 'routing_key' is incorrect (should be 32 characters)"]),
      },
      {
        kind: 'misconfigured',
        reason:
          "HTTP 400: invalid event Event object is invalid Length of 'routing_key' is incorrect (should be 32 characters)",
        advice: newKey,
      },
    ],
    [
      'a key that nobody has',
      { status: 400, body: 'Invalid routing key' },
      { kind: 'misconfigured', reason: 'HTTP 400: Invalid routing key', advice: newKey },
    ],
    [
      '429 without a word waits a minute',
      { status: 429, body: '429 - Request Limit Exceeded' },
      { kind: 'retry', reason: 'HTTP 429: 429 - Request Limit Exceeded', retryAfterMs: 60_000 },
    ],
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '90' } },
      { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 90_000 },
    ],
    ...[401, 403, 404].map((status): [string, Scripted, Outcome] => [
      `${status}: the destination is wrong`,
      { status, body: 'what?' },
      { kind: 'misconfigured', reason: `HTTP ${status}: what?`, advice: newKey },
    ]),
    [
      '200 is not what PagerDuty says',
      { status: 200, body: '{"status":"success"}' },
      { kind: 'retry', reason: 'HTTP 200: success' },
    ],
    [
      '202 of somebody else is not PagerDuty',
      { status: 202 },
      { kind: 'retry', reason: 'HTTP 202, but instead of "status":"success" it said: nothing', unsure: true },
    ],
    ['202 without its key', { status: 202, body: '{"status":"success"}' }, { kind: 'accepted' }],
    ['500 may have paged somebody', { status: 500 }, { kind: 'retry', reason: 'HTTP 500', unsure: true }],
    ['503 did nothing', { status: 503 }, { kind: 'retry', reason: 'HTTP 503' }],
  ],
  check(rendered, message) {
    const events = rendered as PagerDutyEvent[];
    for (const event of events) {
      expect(pagerDutyFaults(event)).toEqual([]);
      if (event.event_action !== 'trigger' || message.events.length > 1 || message.text.length > 900) continue;
      const { summary, custom_details: details } = event.payload;
      const shown = Object.values(details).flat();
      expect(summary.startsWith(message.title)).toBe(true);
      for (const { component, reason } of message.failures)
        expect(shown).toContain(`• ${message.labels.pair(component, reason)}`);
      for (const { label, value } of message.facts) expect(details[label]).toBe(value);
      for (const text of [...message.notes, message.id]) expect(shown).toContain(text);
    }
    expect(events.length).toBe(message.events.length);
  },
});

const planOf = (status: string, type: PlanEvent['type'] = 'plan.status', id = failedEvent.plan.id): PlanEvent => ({
  ...failedEvent,
  type,
  plan: { ...failedEvent.plan, id, status, class: classOf(status) },
});
const told = (...events: Message['events']) => composeMessage({ id: 'a', events });

describe('who is paged', () => {
  const actions = {
    FAILED: 'trigger',
    PARTIALLY_FAILED: 'trigger',
    ROLLBACK_FAILED: 'trigger',
    SUCCESS: 'resolve',
    ROLLBACK_SUCCEED: 'resolve',
    CREATED: undefined,
    ABORTED: undefined,
    RUNNING: undefined,
    'a new one': undefined,
  };
  const rows = Object.entries(actions).flatMap(([status, action]) =>
    changeTypes.map((type) => [status, type, type === 'plan.removed' ? undefined : action] as const),
  );
  test.each(rows)('%s, %s: %s', (status, type, action) => {
    const events = pagerDutyEvents(told(planOf(status, type)));
    expect(events.map((event) => [event.event_action, event.dedup_key])).toEqual(
      action === undefined ? [] : [[action, dedup_key]],
    );
  });

  test.each(noticeTypes)('%s: nobody', (type) => {
    expect(pagerDutyEvents(told({ id: 'a', type, source: 'shop', destination: 'ops', time: seen }))).toEqual([]);
  });

  test('a plan with the longest id has a key of its own, the same for trigger and resolve', () => {
    const keyOf = (id: string, status: string) =>
      pagerDutyEvents(told(planOf(status, 'plan.status', id)))[0]?.dedup_key;
    const long = 'x'.repeat(500);
    expect(keyOf(long, 'FAILED')).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(long, 'SUCCESS')).toBe(keyOf(long, 'FAILED'));
    expect(keyOf(`${long}y`, 'FAILED')).not.toBe(keyOf(long, 'FAILED'));
  });
});

describe('the alert', () => {
  test('says what failed, where, why and since when', () => {
    expect(pagerDutyEvents(failed)).toEqual([
      {
        dedup_key,
        event_action: 'trigger',
        payload: {
          summary: 'Release failed: release-1zws2j · shop-prod · cart: image pull failed',
          source: 'shop-prod (ap-southeast-3)',
          severity: 'error',
          timestamp: seen,
          component: 'cart',
          group: 'shop-prod',
          class: 'FAILED',
          custom_details: {
            'The component that failed': ['• cart: image pull failed'],
            Status: 'To release → … → Release failed',
            Where: 'shop-prod (ap-southeast-3)',
            Creator: 'wzh',
            Action: 'batch deployment',
            'Last run': '2024-04-01 06:27:40 UTC',
            Created: '2024-04-01 06:27:40 UTC',
            Seen: '2026-11-24 03:04:05 UTC',
            planwatch: ['States in between were not seen.', 'shop-prod-000000000042-0'],
          },
        },
        links: [
          { href: 'https://console.huaweicloud.com/servicestage/?region=ap-southeast-3', text: 'Open ServiceStage' },
        ],
        client: 'planwatch',
      },
    ]);
  });

  test.each([
    ['FAILED', 'error'],
    ['PARTIALLY_FAILED', 'error'],
    ['ROLLBACK_FAILED', 'critical'],
  ])('of %s is %s', (status, severity) => {
    expect(pagerDutyEvents(told(planOf(status)))).toMatchObject([{ payload: { severity } }]);
  });

  test('of a digest is one for each plan, in its own words and the reader’s language', () => {
    const events = [planOf('FAILED', 'plan.status', 'p1'), planOf('CREATED', 'plan.status', 'p2'), planOf('SUCCESS')];
    const message = composeMessage({ id: 'a.d3', events }, { language: 'zh' });
    expect(pagerDutyEvents(message)).toEqual([
      expect.objectContaining({
        dedup_key: 'shop-prod/p1',
        payload: expect.objectContaining({
          summary: '发布失败：release-1zws2j · shop-prod · cart：image pull failed',
        }),
      }),
      { dedup_key, event_action: 'resolve' },
    ]);
  });
});

describe('sending', () => {
  let receiver: Receiver<PagerDutyBody>;
  beforeEach(async () => {
    receiver = await startPagerDutyReceiver();
  });
  afterEach(async () => receiver.close());

  const send = (message: Message, over: object = {}) =>
    pagerduty
      .create({ ...configured(receiver.url), ...over }, { fetch, now })
      .send(message, { plain: false, signal: AbortSignal.timeout(5000) });
  const plans = (count: number) =>
    Array.from({ length: count }, (_, index) => planOf('FAILED', 'plan.status', `p${index}`));

  test.each([
    ['a plan that waits', told(planOf('CREATED'))],
    ['a notice', told({ id: 'a', type: 'source.unreachable', source: 'shop', time: seen })],
    ['a digest in which nothing ended', told(planOf('CREATED'), planOf('RUNNING'))],
  ])('%s is settled without a request, and the receipt says why', async (_what, message) => {
    expect(await send(message)).toEqual({ kind: 'delivered', reference: 'nothing to page or to resolve' });
    expect(receiver.requests).toEqual([]);
  });

  test('a digest of 40 is told whole, and the receipt says how many', async () => {
    expect(await send(told(...plans(39), planOf('CREATED')))).toEqual({
      kind: 'accepted',
      reference: '39 of 40 events',
    });
    const keys = receiver.messages.map(({ body }) => body.dedup_key);
    expect(new Set(keys)).toEqual(new Set(plans(39).map(({ plan }) => `shop-prod/${plan.id}`)));
    expect(receiver.faults).toEqual([]);
  });

  test('a digest of which PagerDuty throttles one event comes again, and the others are told now', async () => {
    receiver.script({ status: 202, body: '{"status":"success"}' }, { status: 429 });
    expect(await send(told(...plans(20)))).toMatchObject({ kind: 'retry', reason: 'HTTP 429', retryAfterMs: 60_000 });
    expect(receiver.messages).toHaveLength(19);
  });

  test('an event of a digest that is refused does not keep the others from being told', async () => {
    receiver.script({ status: 400, body: pagerDutyError('invalid event', []) });
    expect(await send(told(...plans(20)))).toMatchObject({ kind: 'rejected' });
    expect(receiver.messages).toHaveLength(19);
  });

  test('one that is throttled counts more than one that is refused: it comes again', async () => {
    receiver.script({ status: 400, body: pagerDutyError('invalid event', []) }, { status: 429 });
    expect(await send(told(...plans(3)))).toMatchObject({ kind: 'retry' });
  });

  test.each([
    [undefined, /32 letters and digits/],
    [' \n', /32 letters and digits/],
    ['s3cret', /32 letters and digits/],
    [`${pagerDutyKey}s3cret`, /32 letters and digits/],
  ])('the key %j is refused, also where there is nobody to page', async (routingKey, reason) => {
    for (const message of [failed, told(planOf('CREATED'))]) {
      const outcome = await send(message, { routingKey });
      expect(outcome).toEqual({ kind: 'misconfigured', reason: expect.stringMatching(reason), advice: newKey });
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
    }
    expect(receiver.requests).toEqual([]);
  });

  test('a key that a file ends with a line break is the same', async () => {
    expect(await send(failed, { routingKey: `${pagerDutyKey}\n` })).toMatchObject({ kind: 'accepted' });
  });

  test('an endpoint in clear is refused', async () => {
    expect(await send(failed, { endpoint: 'http://events.example.com' })).toMatchObject({
      kind: 'misconfigured',
      reason: 'endpoint is not an https address',
    });
  });

  test('without an endpoint it is the one of PagerDuty', async () => {
    const asked: string[] = [];
    const stop = async (to: string | URL | Request) => {
      asked.push(new Request(to).url);
      return new Response('{"status":"success"}', { status: 202 });
    };
    const channel = pagerduty.create({ routingKey: pagerDutyKey }, { fetch: stop, now });
    await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
    expect(asked).toEqual(['https://events.pagerduty.com/v2/enqueue']);
  });
});
