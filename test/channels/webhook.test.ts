import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { CloudEvent, type CloudEventV1 } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { cloudEvent } from '../../lib/channels/cloudevents-payload.ts';
import { readKeys, sign, webhook } from '../../lib/channels/webhook.ts';
import type { Event } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { startWebhookReceiver } from '../support/chat-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = `whsec_${Buffer.alloc(32, 'k').toString('base64')}`;
const advice = 'Ask whoever runs the receiver whether url and secret are still right.';
const edges = { fetch, now: () => new Date(seen) };
const how = () => ({ plain: false, signal: AbortSignal.timeout(5000) });

const answers: Parameters<typeof describeChannel>[1]['answers'] = [
  ...[200, 201, 202, 204].map(
    (status) => [`${status} is delivered, whatever the body says`, { status }, { kind: 'delivered' }] as const,
  ),
  ...[401, 403, 404, 410].map(
    (status) =>
      [
        `${status}: the destination is wrong`,
        { status, body: 'go away' },
        { kind: 'misconfigured', reason: `HTTP ${status}: go away`, advice },
      ] as const,
  ),
  ...[400, 405, 413, 422].map(
    (status) =>
      [`${status}: this message is wrong`, { status }, { kind: 'rejected', reason: `HTTP ${status}` }] as const,
  ),
  ...[408, 425, 429, 503].map(
    (status) =>
      [
        `${status}: not now, and nothing was done`,
        { status, headers: { 'retry-after': '7' } },
        { kind: 'retry', reason: `HTTP ${status}`, retryAfterMs: 7000 },
      ] as const,
  ),
  ...[500, 502, 504].map(
    (status) =>
      [`${status} may be a repeat`, { status }, { kind: 'retry', reason: `HTTP ${status}`, unsure: true }] as const,
  ),
  [
    'of a web page only the title is told',
    { status: 502, body: '<html>\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>' },
    { kind: 'retry', reason: 'HTTP 502: 502 Bad Gateway', unsure: true },
  ],
];

describeChannel('webhook', {
  kind: webhook,
  start: () => startWebhookReceiver({ secret }),
  settings: (url) => ({ url, secret: [secret] }),
  address: 'url',
  // The status alone is the rule here, and it had come.
  halfAnswered: 'delivered',
  answers,
  check(rendered, message) {
    const told = JSON.parse(JSON.stringify(rendered));
    if (message.events.length === 1) expect(told).toEqual(JSON.parse(JSON.stringify(message.events[0])));
    else if (message.events.length > 1) expect(told.events).toEqual(JSON.parse(JSON.stringify(message.events)));
  },
});

describeChannel('webhook-cloudevents', {
  kind: webhook,
  start: () => startWebhookReceiver({ secret, cloudEvents: true }),
  settings: (url) => ({ url, secret: [secret], format: 'cloudevents' }),
  address: 'url',
  example: { ...webhook.example, format: 'cloudevents', typePrefix: 'com.example.releases' },
  halfAnswered: 'delivered',
  answers,
  check(_rendered, message) {
    const data = { type: 'x' };
    const event = new CloudEvent(cloudEvent(message, data, 'planwatch') as CloudEventV1<object>);
    expect(event.validate()).toBe(true);
    expect(event.data).toEqual(data);
    expect(event.source).toMatch(/^[\x21-\x7e]+$/);
  },
});

describe('a CloudEvent', () => {
  const event = (events: Event[]) => cloudEvent(composeMessage({ id: 'd-0', events }), {}, 'com.example');
  const [id, time] = ['n-0', seen];

  test.each<[string, Event[], object]>([
    [
      'of a plan',
      [failedEvent],
      {
        source: '/regions/ap-southeast-3/projects/0123456789abcdef0123456789abcdef',
        type: 'com.example.plan.status',
        subject: failedEvent.plan.id,
      },
    ],
    [
      'of a source',
      [{ id, time, type: 'source.unreachable', source: 'shop-prod' }],
      { source: '/planwatch/sources/shop-prod', type: 'com.example.source.unreachable', subject: 'shop-prod' },
    ],
    [
      'of a destination',
      [{ id, time, type: 'delivery.dead', destination: 'oncall' }],
      { source: '/planwatch/destinations/oncall', type: 'com.example.delivery.dead', subject: 'oncall' },
    ],
    [
      'of several is about no one of them',
      [failedEvent, failedEvent],
      {
        source: '/regions/ap-southeast-3/projects/0123456789abcdef0123456789abcdef',
        type: 'com.example.digest',
      },
    ],
  ])('%s', (_what, events, expected) => {
    const common = { specversion: '1.0', id: 'd-0', time: seen, datacontenttype: 'application/json', data: {} };
    expect(event(events)).toStrictEqual({ ...common, ...expected });
  });

  test('holds what a plain webhook gets, and is signed as one', async () => {
    const receiver = await startWebhookReceiver({ secret, cloudEvents: true });
    const settings = { url: receiver.url, secret: [secret], format: 'cloudevents' };
    const now = () => new Date();
    expect(await webhook.create(settings, { fetch, now }).send(failed, how())).toEqual({ kind: 'delivered' });
    const { headers, raw } = await receiver.next();
    receiver.expectNothingMore();
    await receiver.close();
    const told = new Webhook(secret).verify(raw, headers) as CloudEventV1<object>;
    expect(told.data).toEqual(JSON.parse(JSON.stringify(webhook.render(failed, { plain: false }))));
    expect(told.type).toBe('planwatch.plan.status');
  });
});

describe('headers of one’s own', () => {
  const sent = async (headers: Record<string, string>) => {
    const receiver = await startWebhookReceiver();
    const outcome = await webhook.create({ url: receiver.url, headers }, edges).send(failed, how());
    await receiver.close();
    return { outcome, headers: receiver.requests[0]?.headers };
  };

  test('are sent along, without the line break at the end of a secret file', async () => {
    const { outcome, headers } = await sent({ Authorization: 'Bearer s3cret\n', 'X-Team': 'shop' });
    expect(outcome).toEqual({ kind: 'delivered' });
    expect(headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-team': 'shop' });
  });

  test('take the place of none that planwatch sets', async () => {
    const { headers } = await sent({ 'content-type': 'text/plain', 'webhook-id': 'x' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': failed.id });
  });

  test.each(['s3cret\r\nX-Other: 1', 's3cret\u0000', 's3cret发'])(
    'whose value is %j send nothing and are named',
    async (value) => {
      const { outcome, headers } = await sent({ 'X-Key': value });
      expect(outcome).toMatchObject({ kind: 'misconfigured', reason: expect.stringContaining('X-Key') });
      expect(JSON.stringify(outcome)).not.toContain('s3cret');
      expect(headers).toBeUndefined();
    },
  );

  test('stay out of what is quoted of an answer', async () => {
    const receiver = await startWebhookReceiver();
    receiver.script({ status: 403, body: 'the key s3cret-key-1 is not known' });
    const headers = { 'X-Key': 's3cret-key-1' };
    const outcome = await webhook.create({ url: receiver.url, headers }, edges).send(failed, how());
    await receiver.close();
    expect(outcome).toMatchObject({ kind: 'misconfigured', reason: 'HTTP 403: the key *** is not known' });
  });
});

describe('what a webhook gets', () => {
  test('is the event itself, in bytes that the reference library verifies', async () => {
    const receiver = await startWebhookReceiver({ secret });
    const now = () => new Date();
    await webhook.create({ url: receiver.url, secret: [secret] }, { fetch, now }).send(failed, how());
    const { headers, raw, body } = await receiver.next();
    receiver.expectNothingMore();
    await receiver.close();
    expect(new Webhook(secret).verify(raw, headers)).toEqual(failedEvent);
    expect(() => new Webhook(other).verify(raw, headers)).toThrow();
    expect(body).toEqual(failedEvent);
    expect(headers['webhook-id']).toBe('shop-prod-000000000042-0');
  });

  test('of several events is one digest; the dot that the specification forbids in an id is a dash in the header', async () => {
    const receiver = await startWebhookReceiver({ secret });
    const events = [failedEvent, { ...failedEvent, id: 'shop-prod-000000000042-1' }];
    const digest = composeMessage({ id: 'shop-prod-000000000042-0.d2', events });
    expect(await webhook.create({ url: receiver.url, secret: [secret] }, edges).send(digest, how())).toEqual({
      kind: 'delivered',
    });
    const { headers, body } = await receiver.next();
    receiver.expectNothingMore();
    await receiver.close();
    expect(body).toEqual({ id: digest.id, type: 'digest', source: 'shop-prod', time: seen, events });
    expect(headers['webhook-id']).toBe('shop-prod-000000000042-0-d2');
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(Date.parse(seen) / 1000)));
  });

  test('is signed by every key while one replaces another', async () => {
    for (const receiversKey of [secret, other]) {
      const receiver = await startWebhookReceiver({ secret: receiversKey });
      // In one value with a blank between them, as a list of values, or both.
      for (const values of [[`${other} ${secret}\n`], [other, secret], [`${secret} ${other}`, other]]) {
        const channel = webhook.create({ url: receiver.url, secret: values }, edges);
        expect(await channel.send(failed, how())).toEqual({ kind: 'delivered' });
        await receiver.next();
      }
      receiver.expectNothingMore();
      await receiver.close();
    }
  });

  test('is not signed without a secret, and says who sent it', async () => {
    const receiver = await startWebhookReceiver();
    await webhook.create({ url: receiver.url }, edges).send(failed, how());
    const { headers } = await receiver.next();
    await receiver.close();
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(headers['user-agent']).toBe(`planwatch/${version}`);
  });
});

test('the signature is the one that the specification publishes', () => {
  const keys = readKeys([secret]);
  if ('kind' in keys) throw new Error(keys.reason);
  const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
  expect(sign(keys, signed)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test.each([
  ['a password', 'hunter2-s3cret'],
  ['base64 without its prefix', 's3cretMfKQ9r8GKYqrTwjUPD8ILPZIo2'],
  ['no base64', 'whsec_s3cret!!MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['too short', 'whsec_s3cretAA'],
  ['too long', `whsec_s3cret${'A'.repeat(86)}`],
  ['a public key', 'whpk_s3cretMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  ['good and bad', `${secret} s3cret`],
])('a secret that is %s sends nothing and is named, not shown', async (_what, value) => {
  const receiver = await startWebhookReceiver();
  const outcome = await webhook.create({ url: receiver.url, secret: [value] }, edges).send(failed, how());
  await receiver.close();
  expect(outcome).toMatchObject({
    kind: 'misconfigured',
    reason: expect.stringMatching(/^secret is not a signing key/),
    advice: expect.stringMatching(/openssl/),
  });
  expect(JSON.stringify(outcome)).not.toContain('s3cret');
  expect(receiver.requests).toEqual([]);
});
