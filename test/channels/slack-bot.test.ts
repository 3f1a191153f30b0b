import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Settings } from '../../lib/channels/channel.ts';
import { slackBot } from '../../lib/channels/slack-bot.ts';
import { slackBotAnswers, slackBotGone } from '../../lib/channels/slack-bot-answers.ts';
import { composeMessage } from '../../lib/core/message.ts';
import type { Receiver } from '../support/chat-server.ts';
import { botChannel, botToken, type SlackBotBody, startSlackBotReceiver } from '../support/slack-bot-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';
import { checkSlackPayload } from './slack-check.ts';

const told = { kind: 'delivered', reference: 'C024BE91L/1795489446.000001' } as const;
const refused = (error: string) => JSON.stringify({ ok: false, error });
const advice = 'Set endpoint to Slack’s Web API, or leave it out.';

describeChannel('slack-bot', {
  kind: slackBot,
  start: startSlackBotReceiver,
  settings: (url) => ({ token: botToken, channel: botChannel, endpoint: url }),
  address: 'endpoint',
  told,
  halfAnswered: 'retry',
  later: {
    reference: `${botChannel}/1795489446.000001`,
    others: [
      'C999999999/1795489446.000001',
      `${botChannel}/`,
      `${botChannel}/17954`,
      `${botChannel}/1.2/3`,
      '1795489446.000001',
    ],
    gone: slackBotGone,
  },
  codes: { answers: slackBotAnswers, say: (error) => ({ status: 200, body: refused(error) }) },
  answers: [
    [
      'ratelimited in a 200 waits as long as the header says',
      { status: 200, headers: { 'retry-after': '7' }, body: refused('ratelimited') },
      { kind: 'retry', reason: 'HTTP 200: {"ok":false,"error":"ratelimited"}', retryAfterMs: 7000 },
    ],
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '30' }, body: refused('ratelimited') },
      { kind: 'retry', reason: 'HTTP 429: {"ok":false,"error":"ratelimited"}', retryAfterMs: 30_000 },
    ],
    [
      'an error that nobody documented is a refusal all the same',
      { status: 200, body: refused('new_word') },
      { kind: 'retry', reason: 'HTTP 200: {"ok":false,"error":"new_word"}' },
    ],
    [
      '200 without ok is not Slack',
      { status: 200, body: '{"ts":"1"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok":true it said: {"ts":"1"}', unsure: true },
    ],
    [
      'an ok that is a text is none',
      { status: 200, body: '{"ok":"true"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok":true it said: {"ok":"true"}', unsure: true },
    ],
    [
      'ok under another status proves nothing',
      { status: 202, body: '{"ok":true}' },
      { kind: 'retry', reason: 'HTTP 202, but instead of "ok":true it said: {"ok":true}', unsure: true },
    ],
    ['ok without a name is delivered', { status: 200, body: '{"ok":true}' }, { kind: 'delivered' }],
    [
      'a webhook’s bare ok is not this API',
      { status: 200, body: 'ok' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "ok":true it said: ok', unsure: true },
    ],
    [
      '503 with its error did nothing',
      { status: 503, body: refused('service_unavailable') },
      { kind: 'retry', reason: 'HTTP 503: {"ok":false,"error":"service_unavailable"}' },
    ],
    ['500 may have come after it was shown', { status: 500 }, { kind: 'retry', reason: 'HTTP 500', unsure: true }],
    ['404: not the API', { status: 404 }, { kind: 'misconfigured', reason: 'HTTP 404', advice }],
    ['413: this message is wrong', { status: 413 }, { kind: 'rejected', reason: 'HTTP 413' }],
  ],
  check: checkSlackPayload,
});

describe('the bot', () => {
  let receiver: Receiver<SlackBotBody>;
  beforeEach(async () => {
    receiver = await startSlackBotReceiver();
  });
  afterEach(async () => receiver.close());

  const send = (settings: Settings, message = failed, plain = false) =>
    slackBot
      .create(
        { token: botToken, channel: botChannel, endpoint: receiver.url, ...settings },
        { fetch, now: () => new Date(seen) },
      )
      .send(message, { plain, signal: AbortSignal.timeout(5000) });

  test.each([false, true])('posts to its channel, with the id for programs (plain: %p)', async (plain) => {
    await send({}, failed, plain);
    const { body } = await receiver.next();
    receiver.expectNothingMore();
    expect(body.channel).toBe(botChannel);
    expect(body.metadata).toEqual({ event_type: 'planwatch_message', event_payload: { id: failed.id } });
    expect(body.blocks === undefined).toBe(plain);
  });

  test('calls people as the webhook does', async () => {
    await send({}, composeMessage({ id: 'a', events: [failedEvent], mention: ['here', 'group:S012AB'] }));
    expect((await receiver.next()).body.text).toMatch(/^<!here> <!subteam\^S012AB> ❌/);
  });

  test('a token and an address from files, with their line breaks, do no harm', async () => {
    expect(await send({ token: `${botToken}\n`, channel: ` ${botChannel}\n`, endpoint: `${receiver.url}/` })).toEqual(
      told,
    );
  });

  test.each<[string, Settings, RegExp]>([
    ['no token', { token: undefined }, /^token is empty/],
    ['a token of two lines', { token: 'xoxb-s3cret\nxoxb' }, /^token is empty, or holds/],
    ['no channel', { channel: undefined }, /^channel is empty/],
    ['a blank channel', { channel: ' ' }, /^channel is empty/],
  ])('%s is told, and nothing is sent', async (_what, settings, reason) => {
    const outcome = await send(settings);
    expect(outcome).toEqual({
      kind: 'misconfigured',
      reason: expect.stringMatching(reason),
      advice: expect.stringMatching(/./),
    });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(receiver.requests).toEqual([]);
  });

  test('without an endpoint it is Slack’s own', async () => {
    const asked: string[] = [];
    const recording = async (input: string | URL | Request) => {
      asked.push(new Request(input).url);
      return new Response('{"ok":true}');
    };
    const channel = slackBot.create(
      { token: botToken, channel: botChannel },
      { fetch: recording, now: () => new Date(seen) },
    );
    await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
    expect(asked).toEqual(['https://slack.com/api/chat.postMessage']);
  });
});
