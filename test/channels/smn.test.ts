import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Settings } from '../../lib/channels/channel.ts';
import { outlineOf } from '../../lib/channels/outline.ts';
import { smn, smnAnswers } from '../../lib/channels/smn.ts';
import { type SmnPayload, smnPayload } from '../../lib/channels/smn-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Receiver } from '../support/chat-server.ts';
import { signatureFault } from '../support/gateway-signature.ts';
import {
  type SmnBody,
  smnFault,
  smnFaults,
  smnKeys,
  smnToken,
  smnTopic,
  startSmnReceiver,
} from '../support/smn-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';

const place = { region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
const accepted = { kind: 'accepted', reference: 'bf94b63a5dfb4759' } as const;
const adviceOf = (code: string) => smnAnswers[code] as { readonly advice: string };
const mayPublish = adviceOf('SMN.0001');

const textsOf = ({ message, message_structure: structure }: SmnPayload): { default: string; sms: string } =>
  structure === undefined ? { default: message ?? '', sms: '' } : JSON.parse(structure);

describeChannel('smn', {
  kind: smn,
  start: startSmnReceiver,
  settings: (url) => ({ topic: smnTopic, endpoint: url, ...smnKeys }),
  address: 'endpoint',
  told: accepted,
  halfAnswered: 'retry',
  codes: { answers: smnAnswers, say: (code) => ({ status: 400, body: smnFault(code) }) },
  answers: [
    [
      'the gateway of some regions has another name for the same codes',
      { status: 401, body: smnFault('APIG.0301') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 401: {"error_code":"APIG.0301","error_msg":"about APIG.0301","request_id":"8080"}',
        ...adviceOf('APIGW.0301'),
      },
    ],
    [
      '200 without a message_id is not SMN',
      { status: 200, body: '{"request_id":"1"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of a message_id it said: {"request_id":"1"}', unsure: true },
    ],
    [
      '200 with nothing is not SMN',
      { status: 200 },
      { kind: 'retry', reason: 'HTTP 200, but instead of a message_id it said: nothing', unsure: true },
    ],
    [
      'a message_id under another status proves nothing',
      { status: 202, body: '{"message_id":"1"}' },
      { kind: 'retry', reason: 'HTTP 202, but instead of a message_id it said: {"message_id":"1"}', unsure: true },
    ],
    [
      'a code that nobody documented counts by its status',
      { status: 400, body: smnFault('SMN.9999') },
      { kind: 'rejected', reason: 'HTTP 400: {"request_id":"aad0860d","code":"SMN.9999","message":"about SMN.9999"}' },
    ],
    ...[401, 403, 404].map(
      (status) =>
        [
          `${status} without a known code: the destination is wrong`,
          { status, body: 'what?' },
          { kind: 'misconfigured', reason: `HTTP ${status}: what?`, ...mayPublish },
        ] as const,
    ),
    [
      '429 waits',
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 7000 },
    ],
    ['500 may have come after it', { status: 500 }, { kind: 'retry', reason: 'HTTP 500', unsure: true }],
    ['413: this message is wrong', { status: 413 }, { kind: 'rejected', reason: 'HTTP 413' }],
  ],
  check(rendered, message) {
    const payload = rendered as SmnPayload;
    expect(smnFaults(payload)).toEqual([]);
    const texts = textsOf(payload);
    if (Buffer.byteLength(message.text) < 15_000) expect(texts.default).toBe(message.text);
    const { headline } = outlineOf(message);
    if (payload.subject !== undefined && Buffer.byteLength(headline) < 480) expect(payload.subject).toBe(headline);
    if (payload.message_structure !== undefined) expect(texts.sms.split('\n').at(-1)).toBe(message.id);
  },
});

describe('what SMN gets', () => {
  const smsOf = (message: Message) => textsOf(smnPayload(message, { plain: false })).sms;
  const named = (name: string) =>
    composeMessage({ id: 'a-0', events: [{ ...failedEvent, plan: { ...failedEvent.plan, name } }] });

  test('of a failure: all of it for most, what and why for an SMS', () => {
    expect(smnPayload(failed, { plain: false })).toEqual({
      subject: '❌ Release failed: release-1zws2j · shop-prod',
      message_structure: JSON.stringify({
        default: failed.text,
        sms: [
          'Release failed: release-1zws2j · shop-prod',
          'cart: image pull failed',
          'States in between were not seen.',
          'shop-prod-000000000042-0',
        ].join('\n'),
      }),
      time_to_live: '86400',
    });
  });

  test('in its plain form is one text for everyone', () => {
    expect(smnPayload(failed, { plain: true })).toEqual({ message: failed.text, time_to_live: '86400' });
  });

  test('an SMS has no brackets, which would name its sender', () => {
    expect(smsOf(named('[a]【b】'))).toMatch(/^Release failed: \(a\)（b） · shop-prod\n/);
  });

  test('an SMS without a failure has the first fact instead, and says where it may be a repeat', () => {
    const events = [
      { id: 'n-0', type: 'source.unreachable', source: 'shop-prod', time: seen, reason: 'HTTP 401' } as const,
    ];
    expect(smsOf(composeMessage({ id: 'n-0', events, unsure: true }))).toBe(
      [
        'Cannot read the release plans of shop-prod',
        'Reason: HTTP 401',
        'Until they can be read, nobody hears of changes there; then the latest status of each plan is told.',
        'May be a repeat: the answer to an earlier try was lost.',
        'n-0',
      ].join('\n'),
    );
  });

  test('an SMS of many says how many it left out', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}` },
    }));
    const sms = smsOf(composeMessage({ id: 'a.d40', events }));
    const listed = sms.split('\n').filter((line) => line.startsWith('plan-')).length;
    expect(listed).toBeGreaterThan(5);
    expect(sms).toMatch(new RegExp(`\\n… \\(${40 - listed} more\\)\\n(?:.*\\n)*a\\.d40$`));
  });
});

describe('who publishes', () => {
  let receiver: Receiver<SmnBody>;
  beforeEach(async () => {
    receiver = await startSmnReceiver();
  });
  afterEach(async () => receiver.close());

  const send = (settings: Settings, now = () => new Date(seen)) =>
    smn
      .create({ topic: smnTopic, endpoint: receiver.url, ...settings }, { fetch, now })
      .send(failed, { plain: false, signal: AbortSignal.timeout(5000) });

  test.each<[string, Settings]>([
    ['a source’s key', { source: { ...place, keys: smnKeys } }],
    ['a source’s token', { source: { ...place, token: smnToken } }],
    ['its own key before the source’s', { ...smnKeys, source: { ...place, token: 'other' } }],
    [
      'a key from a file, with its line break',
      { accessKey: `${smnKeys.accessKey}\n`, secretKey: ` ${smnKeys.secretKey}` },
    ],
    ['a temporary key', { ...smnKeys, securityToken: 'TOKENEXAMPLE==' }],
    ['a source’s key and the topic’s bare name', { source: { ...place, keys: smnKeys }, topic: 'releases' }],
    ['a source elsewhere', { source: { region: 'cn-north-4', projectId: 'f'.repeat(32), keys: smnKeys } }],
  ])('%s', async (_who, settings) => {
    expect(await send(settings)).toEqual(accepted);
    const { headers } = await receiver.next();
    receiver.expectNothingMore();
    expect(headers['x-project-id']).toBe(place.projectId);
    if ('securityToken' in settings) {
      expect(headers).toMatchObject({
        'x-security-token': 'TOKENEXAMPLE==',
        authorization: expect.stringContaining(';x-security-token,'),
      });
    }
  });

  test('each try is signed with its own time', async () => {
    await send(smnKeys);
    await send(smnKeys, () => new Date('2026-11-24T04:00:00Z'));
    expect((await receiver.next()).headers['x-sdk-date']).toBe('20261124T030405Z');
    expect((await receiver.next()).headers['x-sdk-date']).toBe('20261124T040000Z');
  });

  test.each<[string, Settings, RegExp]>([
    ['no key', {}, /nothing to sign with/],
    ['a source that signs in by password', { source: place }, /nothing to sign with/],
    ['half a key', { accessKey: smnKeys.accessKey }, /^secretKey is empty/],
    ['the other half', { secretKey: smnKeys.secretKey }, /^accessKey is empty/],
    ['a key of two lines', { ...smnKeys, secretKey: 's3cret\ns3cret' }, /^secretKey is empty, or holds/],
    ['an empty security token', { ...smnKeys, securityToken: ' ' }, /^securityToken is empty/],
    ['a token of two words', { source: { ...place, token: 's3cret s3cret' } }, /^token is empty, or holds/],
    ['a bare name without a source', { ...smnKeys, topic: 'releases' }, /^topic is not/],
    ['another service’s URN', { ...smnKeys, topic: smnTopic.replace('smn', 'fss') }, /^topic is not/],
    [
      'a region that is a host',
      { ...smnKeys, topic: smnTopic.replace('ap-southeast-3', 'evil.example/') },
      /^topic is/,
    ],
    ['no topic', { ...smnKeys, topic: undefined }, /^topic is not/],
  ])('%s is told, and nothing is sent', async (_what, settings, reason) => {
    const outcome = await send(settings);
    expect(outcome).toEqual({
      kind: 'misconfigured',
      reason: expect.stringMatching(reason),
      advice: expect.stringMatching(/./),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/s3cret|SKexample/);
    expect(receiver.requests).toEqual([]);
  });

  test('without an endpoint it is the region’s own', async () => {
    const asked: string[] = [];
    const recording = async (input: string | URL | Request) => {
      asked.push(new Request(input).url);
      return new Response('{"message_id":"1"}');
    };
    const channel = smn.create({ topic: smnTopic, ...smnKeys }, { fetch: recording, now: () => new Date(seen) });
    await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
    expect(asked).toEqual([
      `https://smn.ap-southeast-3.myhuaweicloud.com/v2/${place.projectId}/notifications/topics/${smnTopic}/publish`,
    ]);
  });

  test('the gateway’s echo of what was signed shows no secret', async () => {
    const echo = `Incorrect IAM authentication information: verify aksk signature fail, POST|/v2/|x-security-token:TOKENEXAMPLE==|${smnKeys.accessKey}`;
    receiver.script({ status: 401, body: smnFault('APIGW.0301', echo) });
    const outcome = JSON.stringify(await send({ ...smnKeys, securityToken: 'TOKENEXAMPLE==' }));
    expect(outcome).toContain('verify aksk signature fail');
    expect(outcome).not.toMatch(/TOKENEXAMPLE|AKEXAMPLE/);
  });
});

test('the server of the tests knows the example of the vendor’s own page', () => {
  const target = '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
  const signature = '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe';
  const headers = {
    host: 'service.region.example.com',
    'content-type': 'application/json',
    'x-sdk-date': '20191115T033655Z',
    authorization: `SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, Signature=${signature}`,
  };
  const keys = { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' };
  expect(signatureFault({ method: 'GET', target, headers, body: '' }, keys)).toBeUndefined();
  expect(signatureFault({ method: 'GET', target, headers, body: ' ' }, keys)).toBe('wrong signature');
  expect(signatureFault({ method: 'GET', target, headers, body: '' }, smnKeys)).toBe('another access key');
});
