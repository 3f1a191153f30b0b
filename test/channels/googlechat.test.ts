import { describe, expect, test } from '@jest/globals';
import { googleChatAnswers, googlechat } from '../../lib/channels/googlechat.ts';
import { type GoogleChatPayload, googleChatPayload } from '../../lib/channels/googlechat-payload.ts';
import { outlineOf } from '../../lib/channels/outline.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import type { Scripted } from '../support/chat-server.ts';
import {
  googleChatFaults,
  googleChatMessage,
  googleError,
  startGoogleChatReceiver,
} from '../support/googlechat-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';

const newWebhook =
  'Make a new webhook in Google Chat (name of the space, Apps & integrations, Webhooks) and put its address where url points.';
const rich = (message: Message) => googleChatPayload(message, { plain: false });

/** Each line that people see of the card. */
const linesOf = ({ cardsV2 = [] as never }: GoogleChatPayload): string[] =>
  cardsV2
    .flatMap(({ card }) => card.sections.flatMap(({ widgets }) => widgets))
    .flatMap((widget) =>
      'textParagraph' in widget
        ? widget.textParagraph.text.split('\n')
        : widget.buttonList.buttons.map(({ text }) => text),
    )
    .map((line) => line.replace(/<[^>]*>/g, ''))
    .map((line) => line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
const readPlain = ({ text = '' }: GoogleChatPayload) => (text.split('```')[1] ?? '').trim().replaceAll('\u2060', '');

describeChannel('googlechat', {
  kind: googlechat,
  start: startGoogleChatReceiver,
  settings: (url) => ({ url }),
  address: 'url',
  told: { kind: 'delivered', reference: googleChatMessage },
  halfAnswered: 'retry',
  codes: {
    answers: googleChatAnswers,
    say: (code) => {
      const meaning = googleChatAnswers[code];
      const status = meaning === 'rejected' ? 400 : meaning === 'retry' ? 429 : 403;
      return { status, body: googleError(status, code, 'in their words') };
    },
  },
  answers: [
    [
      'a key that is none looks like a message that is wrong, but for its reason',
      { status: 400, body: googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', 'API_KEY_INVALID') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 400: INVALID_ARGUMENT API key not valid.',
        ...(googleChatAnswers['API_KEY_INVALID'] as { advice: string }),
      },
    ],
    [
      'a reason that nobody knows leaves the status as it is',
      { status: 404, body: googleError(404, 'NOT_FOUND', 'Requested entity was not found.', 'NEW_REASON') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 404: NOT_FOUND Requested entity was not found.',
        ...(googleChatAnswers['NOT_FOUND'] as { advice: string }),
      },
    ],
    [
      'a status that nobody documented counts by the number',
      { status: 400, body: googleError(400, 'NEW_STATUS', 'new') },
      { kind: 'rejected', reason: 'HTTP 400: NEW_STATUS new' },
    ],
    ...[401, 403, 404].map((status): [string, Scripted, Outcome] => [
      `${status} from somebody else: the destination is wrong`,
      { status, body: 'what?' },
      { kind: 'misconfigured', reason: `HTTP ${status}: what?`, advice: newWebhook },
    ]),
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '7' }, body: googleError(429, 'RESOURCE_EXHAUSTED', 'slow down') },
      { kind: 'retry', reason: 'HTTP 429: RESOURCE_EXHAUSTED slow down', retryAfterMs: 7000 },
    ],
    [
      '200 without a message is not Google Chat',
      { status: 200, body: '{}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of a message with its name it said: {}', unsure: true },
    ],
    ['502 may have come after it was shown', { status: 502 }, { kind: 'retry', reason: 'HTTP 502', unsure: true }],
    [
      '503 did nothing',
      { status: 503, body: googleError(503, 'UNAVAILABLE', 'later') },
      { kind: 'retry', reason: 'HTTP 503: UNAVAILABLE later' },
    ],
  ],
  check(rendered, message) {
    const payload = rendered as GoogleChatPayload;
    expect(googleChatFaults(payload)).toEqual([]);
    if (payload.cardsV2 === undefined) {
      if (message.text.length < 2000) {
        const expected = message.text.trim().replaceAll('\u2060', '');
        expect(readPlain(payload)).toBe(expected);
      }
      return;
    }
    expect(payload.text).toBeUndefined();
    const shown = linesOf(payload);
    expect(shown).toContain(message.id);
    if (message.text.length > 900) return;
    const { headline, lines, facts, notes } = outlineOf(message);
    for (const text of [headline, ...lines, ...facts, ...notes]) expect(shown).toContain(text);
    expect(payload.fallbackText).toBe(headline);
  },
});

describe('the Google Chat message', () => {
  test('says what failed in its first line, in red, and why in the next', () => {
    const text = (lines: string[]) => ({ textParagraph: { text: lines.join('\n') } });
    expect(rich(failed)).toEqual({
      fallbackText: '❌ Release failed: release-1zws2j · shop-prod',
      cardsV2: [
        {
          cardId: 'planwatch',
          card: {
            sections: [
              {
                widgets: [
                  text(['❌ <b><font color="#d93025">Release failed: release-1zws2j · shop-prod</font></b>']),
                  text(['<b>The component that failed</b>', '• cart: image pull failed']),
                ],
              },
              {
                widgets: [
                  text([
                    '<b>Status</b>: To release → … → Release failed',
                    '<b>Where</b>: shop-prod (ap-southeast-3)',
                    '<b>Creator</b>: wzh',
                    '<b>Action</b>: batch deployment',
                    '<b>Last run</b>: 2024-04-01 06:27:40 UTC',
                    '<b>Created</b>: 2024-04-01 06:27:40 UTC',
                    '<b>Seen</b>: 2026-11-24 03:04:05 UTC',
                  ]),
                  text(['<i>States in between were not seen.</i>', '<i>shop-prod-000000000042-0</i>']),
                  {
                    buttonList: {
                      buttons: [
                        {
                          text: 'Open ServiceStage',
                          onClick: {
                            openLink: { url: 'https://console.huaweicloud.com/servicestage/?region=ap-southeast-3' },
                          },
                        },
                      ],
                    },
                  },
                ],
              },
            ],
          },
        },
      ],
      thread: { threadKey: 'shop-prod/4cf4d39e-c11a-41b0-82eb-30defc376d52' },
    });
  });

  test.each([
    [['all'], '<users/all>', []],
    [['user:110201543110201543', 'all'], '<users/110201543110201543> <users/all>', []],
    [['here'], undefined, ['here']],
    [['user:wzh', '<users/all>'], undefined, ['user:wzh', '<users/all>']],
  ])('%j is called as %s, in both forms', (mention, calls, shown) => {
    const message = composeMessage({ id: 'a', events: [failedEvent], mention });
    expect(rich(message).text).toBe(calls);
    expect(linesOf(rich(message))).toEqual(expect.arrayContaining(shown));
    const plain = googleChatPayload(message, { plain: true });
    expect(plain.text?.split('```')[0]?.trim().split('\n').join(' ')).toBe(calls ?? '');
    expect(readPlain(plain)).toBe([...shown, ...failed.text.replace(failed.id, 'a').split('\n')].join('\n'));
    for (const payload of [rich(message), plain]) expect(googleChatFaults(payload)).toEqual([]);
  });

  test('in its plain form is a block of code, which nothing can end', () => {
    const message = composeMessage({
      id: 'a',
      events: [{ ...failedEvent, plan: { ...failedEvent.plan, name: '``` <users/all> *b* ````' } }],
    });
    const payload = googleChatPayload(message, { plain: true });
    expect(googleChatFaults(payload)).toEqual([]);
    expect(payload.text?.match(/`{2,}/g)).toEqual(['```', '```']);
    expect(readPlain(payload)).toBe(message.text);
  });

  test('is in the thread of its plan, of its source, or of its own', () => {
    const threadOf = (...events: Message['events']) => rich(composeMessage({ id: 'a', events })).thread;
    const rerun = { ...failedEvent, id: 'shop-prod-000000000077-0', type: 'plan.rerun' as const };
    expect(threadOf(rerun)).toEqual(threadOf(failedEvent));
    const other = { ...failedEvent, plan: { ...failedEvent.plan, id: 'another' } };
    expect(threadOf(other)).toEqual({ threadKey: 'shop-prod/another' });
    const notice = { id: 'x', source: 'shop-prod', time: seen };
    expect(threadOf({ ...notice, type: 'source.unreachable' })).toEqual({ threadKey: 'shop-prod' });
    expect(threadOf({ ...notice, type: 'source.recovered' })).toEqual({ threadKey: 'shop-prod' });
    expect(threadOf({ id: 'y', type: 'destination.failing', destination: 'ops', time: seen })).toEqual({
      threadKey: 'ops',
    });
    expect(threadOf(failedEvent, other)).toBeUndefined();
    const long = { ...failedEvent, plan: { ...failedEvent.plan, id: '\ud83e'.repeat(500) } };
    expect(threadOf(long)).toEqual({ threadKey: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('fits where everything in it is long at once', () => {
    const long = '<"发布> '.repeat(2000);
    const plan = { ...failedEvent.plan, id: 'i'.repeat(200), name: long, creator: long, action: long, status: long };
    const event = { ...failedEvent, plan, failures: Array(20).fill({ component: long, reason: long }) };
    const mention = [...Array(10).fill('user:110201543110201543'), ...Array(20).fill(long)];
    const consoleUrl = `https://console.example.com/${'x'.repeat(1900)}`;
    const composed = composeMessage({ id: 'a'.repeat(500), events: [event], mention }, { consoleUrl });
    const message = { ...composed, advice: long, notes: Array(20).fill(long) };
    for (const plain of [false, true]) expect(googleChatFaults(googleChatPayload(message, { plain }))).toEqual([]);
  });
});

test.each([
  'https://chat.googleapis.com/v1/spaces/AAA/messages?key=s3cret',
  'https://chat.googleapis.com/v1/spaces/AAA/messages?token=s3cret',
  'https://chat.googleapis.com/v1/spaces/AAA?key=a&token=s3cret',
  'https://chat.google.com/room/AAA?key=a&token=s3cret',
])('the address %s is refused, and nothing is sent', async (url) => {
  const offline = async () => Promise.reject(new Error('nothing may be sent'));
  const channel = googlechat.create({ url }, { fetch: offline, now: () => new Date(seen) });
  const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
  expect(outcome).toMatchObject({ kind: 'misconfigured', advice: expect.stringContaining('Copy it again') });
  expect(JSON.stringify(outcome)).not.toContain('s3cret');
});
