import { describe, expect, test } from '@jest/globals';
import { outlineOf } from '../../lib/channels/outline.ts';
import { telegram } from '../../lib/channels/telegram.ts';
import { telegramAnswers, telegramGone } from '../../lib/channels/telegram-answers.ts';
import { type TelegramPayload, telegramPayload } from '../../lib/channels/telegram-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome, Told } from '../../lib/core/outcome.ts';
import type { Channel } from '../../lib/ports.ts';
import type { Scripted } from '../support/chat-server.ts';
import {
  namesCalledIn,
  startTelegramReceiver,
  telegramChat,
  telegramError,
  telegramFaults,
  telegramToken,
} from '../support/telegram-server.ts';
import { describeChannel } from './channel-contract.ts';
import { edges, failed, failedEvent, recovered, seen, soon } from './sample-message.ts';

const rich = (message: Message) => telegramPayload(message, { plain: false });
const read = (text: string) => text.replaceAll('\u2060', '');
const looked = ({ text, entities = [] }: TelegramPayload, type: string) =>
  entities.filter((one) => one.type === type).map(({ offset, length }) => text.slice(offset, offset + length));

const now = () => new Date(seen);
const configured = (endpoint: string) => ({ endpoint, token: telegramToken, chat: telegramChat });
const told = { kind: 'delivered', reference: `${telegramChat}/4711` } as const;
const letPost = 'Let the bot post in the chat: make it an administrator, or give it the right to send messages.';

describeChannel('telegram', {
  kind: telegram,
  start: startTelegramReceiver,
  settings: configured,
  told,
  halfAnswered: 'retry',
  later: {
    reference: `${telegramChat}/4711`,
    others: ['4711', `${telegramChat}/`, '-4012345679/4711', `${telegramChat}/4711/1`, `@releases/4711`],
    gone: telegramGone,
  },
  codes: {
    answers: telegramAnswers,
    say: (code) => {
      const status = telegramAnswers[code] === 'retry' ? 429 : 400;
      return { status, body: telegramError(status, `${status === 400 ? 'Bad Request: ' : ''}${code} and more`) };
    },
  },
  answers: [
    [
      'a bot that was removed from its group',
      { status: 403, body: telegramError(403, 'Forbidden: bot was kicked from the supergroup chat') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 403: Forbidden: bot was kicked from the supergroup chat',
        ...(telegramAnswers['bot was kicked'] as { advice: string }),
      },
    ],
    [
      'a token that is none',
      { status: 401, body: telegramError(401, 'Unauthorized') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 401: Unauthorized',
        ...(telegramAnswers['Unauthorized'] as { advice: string }),
      },
    ],
    [
      '429 waits as long as the body says',
      { status: 429, body: telegramError(429, 'Too Many Requests: retry after 7', { retry_after: 7 }) },
      { kind: 'retry', reason: 'HTTP 429: Too Many Requests: retry after 7', retryAfterMs: 7000 },
    ],
    [
      'words that nobody knows count by the status',
      { status: 400, body: telegramError(400, 'Bad Request: something new') },
      { kind: 'rejected', reason: 'HTTP 400: Bad Request: something new' },
    ],
    [
      'words that nobody knows are no success at 200',
      { status: 200, body: telegramError(0, 'something new') },
      { kind: 'retry', reason: 'HTTP 200: something new' },
    ],
    ...[403, 404].map((status): [string, Scripted, Outcome] => [
      `${status} from somebody else: the destination is wrong`,
      { status, body: 'what?' },
      { kind: 'misconfigured', reason: `HTTP ${status}: what?`, advice: letPost },
    ]),
    [
      '200 without a message is not Telegram',
      { status: 200, body: '{"ok":true,"result":true}' },
      {
        kind: 'retry',
        reason: 'HTTP 200, but instead of "ok":true and the id of a message it said: {"ok":true,"result":true}',
        unsure: true,
      },
    ],
    [
      '502 may have come after it was shown',
      { status: 502, body: telegramError(502, 'Bad Gateway') },
      { kind: 'retry', reason: 'HTTP 502: Bad Gateway', unsure: true },
    ],
    ['503 did nothing', { status: 503 }, { kind: 'retry', reason: 'HTTP 503' }],
  ],
  check(rendered, message) {
    const payload = rendered as TelegramPayload;
    expect(telegramFaults(payload)).toEqual([]);
    expect(namesCalledIn(payload.text)).toEqual([]);
    expect(looked(payload, 'text_mention')).toEqual([]);
    const shown = read(payload.text).split('\n');
    expect(shown.at(-1)?.trim()).toBe(message.id);
    if (message.text.length > 900) return;
    if (payload.entities === undefined) return expect(shown).toEqual(read(message.text).split('\n'));
    const { headline, lines, facts, notes } = outlineOf(message);
    for (const text of [headline, ...lines, ...facts, ...notes]) expect(shown).toContain(read(text));
  },
});

describe('the Telegram message', () => {
  test('says what failed in its first line and why in the next', () => {
    const { text, entities, ...rest } = rich(failed);
    expect(text.split('\n')).toEqual([
      '❌ Release failed: release-1zws2j · shop-prod',
      '',
      'The component that failed',
      '• cart: image pull failed',
      '',
      'Status: To release → … → Release failed',
      'Where: shop-prod (ap-southeast-3)',
      'Creator: wzh',
      'Action: batch deployment',
      'Last run: 2024-04-01 06:27:40 UTC',
      'Created: 2024-04-01 06:27:40 UTC',
      'Seen: 2026-11-24 03:04:05 UTC',
      'States in between were not seen.',
      'Open ServiceStage',
      'shop-prod-000000000042-0',
    ]);
    const payload = { text, entities: entities ?? [], ...rest };
    expect(looked(payload, 'bold')).toEqual([
      'Release failed: release-1zws2j · shop-prod',
      'The component that failed',
    ]);
    expect(looked(payload, 'date_time')).toEqual([
      '2024-04-01 06:27:40 UTC',
      '2024-04-01 06:27:40 UTC',
      '2026-11-24 03:04:05 UTC',
    ]);
    expect(entities).toContainEqual({
      type: 'date_time',
      offset: text.indexOf('2026-11-24'),
      length: 23,
      unix_time: 1795489445,
      date_time_format: 'Dt',
    });
    expect(looked(payload, 'text_link')).toEqual(['Open ServiceStage']);
    expect(looked(payload, 'code')).toEqual(['shop-prod-000000000042-0']);
    expect(rest).toEqual({ link_preview_options: { is_disabled: true } });
  });

  test.each([
    ['user:wzh_1', '@wzh_1', ['wzh_1']],
    ['user:@wzh_1', '@wzh_1', ['wzh_1']],
    ['user:110201543', '110201543', []],
    ['user:a.bc', 'user:a.\u2060bc', []],
    ['here', 'here', []],
    ['@everyone', '@\u2060everyone', []],
  ])('%s is called as %s, in both forms', (mention, call, names) => {
    const message = composeMessage({ id: 'a', events: [failedEvent], mention: [mention] });
    for (const plain of [false, true]) {
      const payload = telegramPayload(message, { plain });
      expect(payload.text.split('\n')[1]).toBe(call);
      expect(namesCalledIn(payload.text)).toEqual(names);
      expect(telegramFaults(payload)).toEqual([]);
    }
    const mentions = rich(message).entities?.filter(({ type }) => type === 'text_mention') ?? [];
    expect(mentions).toEqual(
      /\d{5}/.test(mention)
        ? [{ type: 'text_mention', user: { id: 110201543 }, offset: expect.any(Number), length: 9 }]
        : [],
    );
  });

  test.each([
    '@wzh_1 (@wzh_1)',
    '#general #1a',
    'costs $USD',
    '/stop /stop@bot',
    'https://evil.example/x',
    'evil.example',
    'tg://resolve?domain=x',
    'me@evil.example',
    'пример.рф',
    'a.com.b-c evil.xn--p1ai',
  ])('%s stays text', (typed) => {
    const message = composeMessage({
      id: 'a',
      events: [{ ...failedEvent, plan: { ...failedEvent.plan, name: typed, creator: typed } }],
    });
    for (const plain of [false, true]) {
      const payload = telegramPayload(message, { plain });
      expect(telegramFaults(payload)).toEqual([]);
      expect(namesCalledIn(payload.text)).toEqual([]);
      expect(read(payload.text)).toContain(typed);
    }
  });

  test.each(['checkout-2026.48', 'swr.ap-southeast-3/shop/cart:1.2.3', 'a@', '# 42', '50 $'])(
    '%s needs no help, so nothing is put into it',
    (name) => {
      const message = composeMessage({ id: 'a', events: [{ ...failedEvent, plan: { ...failedEvent.plan, name } }] });
      expect(rich(message).text).toContain(name);
    },
  );

  test('lists each of 40 failures, however long, with its name', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'/x.y'.repeat(300)}` },
    }));
    for (const plain of [false, true]) {
      const payload = telegramPayload(composeMessage({ id: 'a.d40', events }), { plain });
      expect(telegramFaults(payload)).toEqual([]);
      const shown = payload.text.split('\n').map((line) => line.trim());
      for (const index of Array(40).keys())
        expect(shown.filter((line) => line.startsWith(`❌ plan-${index}-`))).toHaveLength(1);
    }
  });

  test('fits where everything in it is long at once', () => {
    const long = 'long. '.repeat(500);
    const event = {
      ...failedEvent,
      plan: { ...failedEvent.plan, name: long, creator: long, action: long, status: long },
    };
    const mention = Array(20).fill('x'.repeat(500));
    const message = { ...composeMessage({ id: 'a'.repeat(500), events: [event], mention }), advice: long };
    for (const plain of [false, true]) {
      expect(telegramFaults(telegramPayload({ ...message, notes: Array(20).fill(long) }, { plain }))).toEqual([]);
    }
  });
});

describe('a group that became a supergroup', () => {
  const moved = -1001234567890;
  const there = { kind: 'delivered', reference: `${moved}/4711` };
  const send = async (over: object, memory?: string) => {
    const receiver = await startTelegramReceiver({ moved });
    const channel = telegram.create({ ...configured(receiver.url), ...over }, { fetch, now });
    const signal = AbortSignal.timeout(5000);
    const outcome = await channel.send(failed, { plain: false, signal, ...(memory !== undefined && { memory }) });
    const asked = receiver.requests.map(({ body }) => body.chat_id);
    await receiver.close();
    return { outcome, asked };
  };

  test('is followed at once, and its new id is to be remembered', async () => {
    const remember = `${telegramChat} ${moved}`;
    expect(await send({})).toEqual({ outcome: { ...there, remember }, asked: [telegramChat, String(moved)] });
  });

  test('is asked by its new id from then on', async () => {
    expect(await send({}, `${telegramChat} ${moved}`)).toEqual({ outcome: there, asked: [String(moved)] });
  });

  test('is forgotten when the configuration names another chat', async () => {
    const { outcome, asked } = await send({ chat: '-42' }, `${telegramChat} ${moved}`);
    expect(asked).toEqual(['-42']);
    expect(outcome).toMatchObject({ kind: 'misconfigured', reason: 'HTTP 400: Bad Request: chat not found' });
  });

  test('is not followed to an id that is none', async () => {
    const receiver = await startTelegramReceiver();
    const words = 'Bad Request: group chat was upgraded to a supergroup chat';
    receiver.script({ status: 400, body: telegramError(400, words, { migrate_to_chat_id: '/etc' }) });
    const outcome = await telegram
      .create(configured(receiver.url), edges)
      .send(failed, { plain: false, signal: soon() });
    const meant = telegramAnswers['group chat was upgraded to a supergroup chat'] as { advice: string };
    expect(outcome).toEqual({ kind: 'misconfigured', reason: `HTTP 400: ${words}`, ...meant });
    expect(receiver.requests).toHaveLength(1);
    await receiver.close();
  });

  test('that cannot be reached by its new id is told as that, and nothing is remembered', async () => {
    const receiver = await startTelegramReceiver();
    const words = telegramError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: moved,
    });
    receiver.script(
      { status: 400, body: words },
      { status: 403, body: telegramError(403, 'Forbidden: bot was kicked') },
    );
    const channel = telegram.create(configured(receiver.url), { fetch, now });
    const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(5000) });
    expect(outcome).toMatchObject({ kind: 'misconfigured', reason: 'HTTP 403: Forbidden: bot was kicked' });
    expect(receiver.requests).toHaveLength(2);
    await receiver.close();
  });
});

describe('a message that is there', () => {
  const opened = async (over: object = {}) => {
    const receiver = await startTelegramReceiver();
    const channel = telegram.create({ ...configured(receiver.url), ...over }, edges) as Required<Channel>;
    const how = (memory?: string) => ({ plain: false, signal: soon(), ...(memory !== undefined && { memory }) });
    const { reference = '' } = (await channel.send(failed, how())) as Told;
    return {
      ...receiver,
      reference,
      edit: (memory?: string, message = recovered) => channel.edit(reference, message, how(memory)),
      reply: (memory?: string) => channel.reply(reference, recovered, { ...how(memory), ring: true }),
    };
  };

  test('that shows it already is told as edited', async () => {
    const { edit, room, reference, close } = await opened();
    for (let count = 0; count < 2; count++) expect(await edit()).toEqual({ kind: 'delivered', reference });
    expect(room.shown()).toMatchObject([{ edits: 1 }]);
    await close();
  });

  test('is edited without calling anybody, and in the topic where it is', async () => {
    const { edit, room, requests, close } = await opened({ topic: '7' });
    await edit(undefined, { ...recovered, mention: ['user:release_lead'] });
    expect(namesCalledIn(room.shown()[0]?.body.text ?? '')).toEqual([]);
    expect(requests.map(({ body }) => body['message_thread_id'])).toEqual([7, undefined]);
    await close();
  });

  test('that is too old to edit is gone', async () => {
    const { edit, chat, close } = await opened();
    chat.editTimeOver = true;
    expect(await edit()).toEqual({ kind: 'gone', reason: "HTTP 400: Bad Request: message can't be edited" });
    await close();
  });

  test('is answered in its topic; once it is deleted, by a message of its own', async () => {
    const { reply, room, requests, reference, close } = await opened({ topic: '7' });
    expect(await reply()).toMatchObject({ kind: 'delivered' });
    expect(requests[1]?.body).toMatchObject({
      message_thread_id: 7,
      reply_parameters: { message_id: 4711, allow_sending_without_reply: true },
    });
    room.remove(reference);
    expect(await reply()).toMatchObject({ kind: 'delivered' });
    expect(room.shown().map(({ under }) => under)).toEqual([reference, undefined]);
    await close();
  });

  test.each(['edit', 'reply'] as const)('in a group that became a supergroup is gone (%s)', async (call) => {
    const { [call]: ask, chat, requests, close } = await opened();
    chat.moved = -1001234567890;
    const reason = 'HTTP 400: Bad Request: group chat was upgraded to a supergroup chat';
    expect(await ask()).toEqual({ kind: 'gone', reason });
    // Its new id is known now, and the number is another message's there.
    expect(await ask(`${telegramChat} ${chat.moved}`)).toMatchObject({ kind: 'gone' });
    expect(requests).toHaveLength(2);
    await close();
  });

  test.each(['edit', 'reply'] as const)(
    'in the supergroup that it was posted to is had by its new id (%s)',
    async (call) => {
      const moved = -1001234567890;
      const receiver = await startTelegramReceiver({ moved });
      const channel = telegram.create(configured(receiver.url), edges) as Required<Channel>;
      const { reference = '', remember: memory = '' } = (await channel.send(failed, {
        plain: false,
        signal: soon(),
      })) as Told;
      const outcome = await channel[call](reference, recovered, { plain: false, signal: soon(), memory, ring: true });
      expect(outcome).toMatchObject({ kind: 'delivered' });
      expect(receiver.requests.at(-1)?.body.chat_id).toBe(String(moved));
      await receiver.close();
    },
  );
});

describe('the settings', () => {
  const send = async (over: object) => {
    const asked: { url: string; body: Record<string, unknown> }[] = [];
    const fetch = async (to: string | URL | Request, init?: RequestInit) => {
      const request = new Request(to, init);
      asked.push({ url: request.url, body: (await request.json()) as Record<string, unknown> });
      return new Response('{"ok":true,"result":{"message_id":4711}}');
    };
    const channel = telegram.create({ token: telegramToken, chat: telegramChat, ...over }, { fetch, now });
    return { outcome: await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) }), asked };
  };

  test.each([
    [{}, 'https://api.telegram.org', telegramChat, undefined],
    [{ endpoint: 'https://bots.example.com/api/' }, 'https://bots.example.com/api', telegramChat, undefined],
    [{ chat: ' @releases\n', topic: '7', token: `${telegramToken}\n` }, 'https://api.telegram.org', '@releases', 7],
  ])('%j', async (over, server, chat_id, message_thread_id) => {
    const { outcome, asked } = await send(over);
    expect(outcome).toEqual({ kind: 'delivered', reference: `${chat_id}/4711` });
    const body = { chat_id, ...(message_thread_id && { message_thread_id }) };
    expect(asked).toEqual([{ url: `${server}/bot${telegramToken}/sendMessage`, body: expect.objectContaining(body) }]);
    expect('message_thread_id' in (asked[0]?.body ?? {})).toBe(message_thread_id !== undefined);
  });

  test.each([
    [{ token: undefined }, /^token is not/, /@BotFather/],
    [{ token: 's3cret' }, /^token is not/, /@BotFather/],
    [{ token: `${telegramToken}/../s3cret` }, /^token is not/, /@BotFather/],
    [{ chat: undefined }, /^chat is neither/, /begins with -/],
    [{ chat: 'releases' }, /^chat is neither/, /begins with -/],
    [{ topic: 'General' }, /^topic is not/, /topic/],
    [{ endpoint: 'http://bots.example.com/s3cret' }, /^endpoint is not an https address/, /endpoint/],
  ])('%j is refused with what to do, and nothing is sent', async (over, reason, advice) => {
    const { outcome, asked } = await send(over);
    expect(asked).toEqual([]);
    expect(outcome).toEqual({
      kind: 'misconfigured',
      reason: expect.stringMatching(reason),
      advice: expect.stringMatching(advice),
    });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });
});
