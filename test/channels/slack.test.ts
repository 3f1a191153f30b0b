import { describe, expect, test } from '@jest/globals';
import { slack, slackAnswers } from '../../lib/channels/slack.ts';
import { slackPayload } from '../../lib/channels/slack-payload.ts';
import { planEvent } from '../../lib/core/event.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { type Scripted, startSlackReceiver } from '../support/chat-server.ts';
import { slackFaults } from '../support/slack-faults.ts';
import { describeChannel, failed, failedEvent, place, seedPlan, seen } from './channel-contract.ts';
import { checkSlackPayload, textsOf } from './slack-check.ts';

const rich = (message: Message) => slackPayload(message, { plain: false });
const retryAfterMs = 7000;

const newWebhook = 'Make a new incoming webhook in Slack and put its address where url points.';
const page = '<!doctype html><html><head><title>Sign in to the proxy</title></head><body>ok</body></html>';

describeChannel('slack', {
  kind: slack,
  start: startSlackReceiver,
  settings: (url) => ({ url }),
  address: 'url',
  halfAnswered: 'retry',
  codes: { answers: slackAnswers, say: (code) => ({ status: slackAnswers[code] === 'retry' ? 500 : 400, body: code }) },
  answers: [
    [
      'that it is busy is no fault of the message, even where the status says so',
      { status: 400, body: 'rate_limited' },
      { kind: 'retry', reason: 'HTTP 400: rate_limited' },
    ],
    [
      'a bare word at 200 that is none of Slack’s may be anybody’s',
      { status: 200, body: 'blocked' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok" it said: blocked', unsure: true },
    ],
    [
      'a word that nobody documented is a refusal all the same',
      { status: 200, body: '{"ok":false,"error":"new_word"}' },
      { kind: 'retry', reason: 'HTTP 200: {"ok":false,"error":"new_word"}' },
    ],
    [
      'a known word counts under any status, even 200',
      { status: 200, body: 'no_service' },
      { kind: 'misconfigured', reason: 'HTTP 200: no_service', ...(slackAnswers['no_service'] as { advice: string }) },
    ],
    [
      'a known word counts inside JSON',
      { status: 403, body: '{"ok":false,"error":"action_prohibited"}' },
      {
        kind: 'misconfigured',
        reason: 'HTTP 403: {"ok":false,"error":"action_prohibited"}',
        ...(slackAnswers['action_prohibited'] as { advice: string }),
      },
    ],
    [
      'a word that only JavaScript knows is no code',
      { status: 400, body: 'constructor' },
      { kind: 'rejected', reason: 'HTTP 400: constructor' },
    ],
    ...[401, 403, 404, 410].map((status): [string, Scripted, Outcome] => [
      `${status} without a known word: the destination is wrong`,
      { status, body: 'what?' },
      { kind: 'misconfigured', reason: `HTTP ${status}: what?`, advice: newWebhook },
    ]),
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '7' }, body: '{"retry_after":3,"ok":false,"error":"rate_limited"}' },
      { kind: 'retry', reason: 'HTTP 429: {"retry_after":3,"ok":false,"error":"rate_limited"}', retryAfterMs },
    ],
    [
      '429 waits as long as the body says where there is no header',
      { status: 429, body: '{"retry_after":7,"ok":false,"error":"rate_limited"}' },
      { kind: 'retry', reason: 'HTTP 429: {"retry_after":7,"ok":false,"error":"rate_limited"}', retryAfterMs },
    ],
    ['429 without a time', { status: 429 }, { kind: 'retry', reason: 'HTTP 429' }],
    ['500 may have come after it was shown', { status: 500 }, { kind: 'retry', reason: 'HTTP 500', unsure: true }],
    [
      '503 did nothing',
      { status: 503, headers: { 'retry-after': 'Tue, 24 Nov 2026 03:04:12 GMT' }, body: 'later' },
      { kind: 'retry', reason: 'HTTP 503: later', retryAfterMs: 6322 },
    ],
    [
      '200 with a page of somebody else is not Slack',
      { status: 200, body: page },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok" it said: Sign in to the proxy', unsure: true },
    ],
    [
      '200 with nothing is not Slack',
      { status: 200 },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok" it said: nothing', unsure: true },
    ],
    [
      '204 is not Slack',
      { status: 204 },
      { kind: 'retry', reason: 'HTTP 204, but instead of "ok" it said: nothing', unsure: true },
    ],
    [
      '200 with "rate_limited" is not now either',
      { status: 200, body: 'rate_limited' },
      { kind: 'retry', reason: 'HTTP 200: rate_limited', cause: 'rate-limited' },
    ],
    [
      '200 with "rollup_error" is a fault of Slack',
      { status: 200, body: 'rollup_error' },
      { kind: 'retry', reason: 'HTTP 200: rollup_error', cause: 'server' },
    ],
    ['413: this message is wrong', { status: 413 }, { kind: 'rejected', reason: 'HTTP 413' }],
  ],
  check: checkSlackPayload,
});

describe('the Slack message', () => {
  test('of the plan in the vendor’s own example', () => {
    const event = planEvent({ type: 'plan.appeared', plan: seedPlan }, 'shop-prod-000000000002-0', seen, place);
    const date = (time: number, words: string) => `<!date^${time}^{date_short_pretty} {time}|${words} UTC>`;
    const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
    const markup = (text: string) => ({ type: 'mrkdwn', text, verbatim: true });
    const title = '✅ New release plan, succeeded: release-1zws2j · shop-prod';
    const message = composeMessage({ id: event.id, events: [event] });
    expect(rich(message)).toEqual({
      text: message.text,
      unfurl_links: false,
      unfurl_media: false,
      blocks: [{ type: 'header', text: plain(title) }],
      attachments: [
        {
          color: '#2eb67d',
          fallback: title,
          blocks: [
            {
              type: 'section',
              fields: [
                plain('Status: new → Released'),
                plain('Where: shop-prod (ap-southeast-3)'),
                plain('Creator: wzh'),
                plain('Action: batch deployment'),
              ],
            },
            {
              type: 'context',
              elements: [
                markup(
                  `Last run ${date(1711952860, '2024-04-01 06:27:40')} · Created ${date(1711952860, '2024-04-01 06:27:40')}` +
                    ` · Seen ${date(1795489445, '2026-11-24 03:04:05')}`,
                ),
                markup('<https://console.huaweicloud.com/servicestage/?region=ap-southeast-3|Open ServiceStage>'),
                plain('shop-prod-000000000002-0'),
              ],
            },
          ],
        },
      ],
    });
  });

  test('names the components that failed before anything else', () => {
    const [heading, list] = rich(failed).attachments?.[0]?.blocks ?? [];
    expect(heading).toMatchObject({ text: { text: '*The component that failed*' } });
    expect(list).toMatchObject({ text: { type: 'plain_text', text: '• cart: image pull failed' } });
  });

  test.each([
    ['here', '<!here>'],
    ['all', '<!channel>'],
    ['user:U012AB', '<@U012AB>'],
    ['group:S012AB', '<!subteam^S012AB>'],
    ['user:<!here>', 'user:&lt;!here&gt;'],
    ['everyone', 'everyone'],
  ])('%s is called as %s, in both forms', (mention, call) => {
    const message = composeMessage({ id: 'a', events: [failedEvent], mention: [mention] });
    expect(rich(message).blocks?.[1]).toMatchObject({ type: 'section', text: { type: 'mrkdwn', text: call } });
    expect(slackPayload(message, { plain: true }).text).toMatch(new RegExp(`^${call.replace('^', '\\^')} ❌`));
    expect(slackFaults(rich(message))).toEqual([]);
  });

  test('in its plain form is text alone, without formatting', () => {
    const { text, ...rest } = slackPayload(failed, { plain: true });
    expect(text).toBe(failed.text);
    expect(rest).toEqual({ mrkdwn: false, unfurl_links: false, unfurl_media: false });
  });

  test('lists each of 40 failures, however long, with its status', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'<&>'.repeat(300)}` },
      failures: [{ component: 'cart', reason: 'because '.repeat(60) }],
    }));
    const payload = rich(composeMessage({ id: 'a.d40', events }));
    const shown = textsOf(payload).flatMap(({ text }) => text.split('\n'));
    expect(slackFaults(payload)).toEqual([]);
    for (const index of Array(40).keys()) {
      expect(shown.filter((line) => line.startsWith(`❌ plan-${index}-`))).toHaveLength(1);
      expect(payload.text).toContain(`❌ plan-${index}-`);
    }
  });

  test('lists short lines whole beside a long one', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}` },
      failures: [{ component: 'cart', reason: index === 0 ? 'x'.repeat(50_000) : 'image pull failed' }],
    }));
    const shown = textsOf(rich(composeMessage({ id: 'a.d40', events }))).flatMap(({ text }) => text.split('\n'));
    expect(shown).toContain('❌ plan-39: To release → … → Release failed · cart: image pull failed');
    expect(shown.filter((line) => line.startsWith('❌ plan-0:'))[0]).toMatch(/xxx…$/);
  });

  test('says how many are left out when even cut lines do not fit', () => {
    const message = { ...failed, lines: Array(1000).fill({ icon: '❌', title: 'a', detail: 'b'.repeat(100) }) };
    const payload = rich(message);
    expect(slackFaults(payload)).toEqual([]);
    const shown = textsOf(payload).flatMap(({ text }) => text.split('\n'));
    const listed = shown.filter((line) => line.startsWith('❌ a')).length + 1;
    expect(shown).toContain(`… (${1000 + 1 - listed} more)`);
  });

  test('shows a title too long for a header once more, whole', () => {
    const name = 'n'.repeat(400);
    const message = composeMessage({ id: 'a', events: [{ ...failedEvent, plan: { ...failedEvent.plan, name } }] });
    expect(rich(message).blocks?.[1]).toMatchObject({ text: { type: 'plain_text', text: `❌ ${message.title}` } });
  });
});

test.each(['triggers', 'workflows'])(
  'the address of a Slack workflow (%s) is refused with the way out',
  async (path) => {
    const url = `https://hooks.slack.com/${path}/T0/1/s3cret`;
    const offline = async () => Promise.reject(new Error('nothing may be sent'));
    const channel = slack.create({ url }, { fetch: offline, now: () => new Date(seen) });
    const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
    expect(outcome).toMatchObject({
      kind: 'misconfigured',
      reason: expect.stringMatching(/workflow/),
      advice: expect.stringMatching(/incoming webhook/),
    });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  },
);
