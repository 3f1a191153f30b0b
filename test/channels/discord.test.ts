import { describe, expect, test } from '@jest/globals';
import { discord } from '../../lib/channels/discord.ts';
import { discordAnswers, discordGone } from '../../lib/channels/discord-answers.ts';
import { type DiscordPayload, discordPayload } from '../../lib/channels/discord-payload.ts';
import { outlineOf } from '../../lib/channels/outline.ts';
import type { TellingStyle } from '../../lib/core/config.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Outcome, Told } from '../../lib/core/outcome.ts';
import type { Channel } from '../../lib/ports.ts';
import type { Scripted } from '../support/chat-server.ts';
import { discordError, discordFaults, discordMessageId, startDiscordReceiver } from '../support/discord-server.ts';
import { describeChannel } from './channel-contract.ts';
import { edges, failed, failedEvent, recovered, seen, soon } from './sample-message.ts';

const newWebhook =
  'Make a new webhook in the settings of the Discord channel (Integrations) and put its address where url points.';
const rich = (message: Message) => discordPayload(message, { plain: false });

/** Each line that people see, without what only Discord reads. */
function linesOf({ content, embeds = [] }: DiscordPayload): string[] {
  const texts = embeds.flatMap(({ description = '', fields = [], footer }) => [
    description,
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    footer.text,
  ]);
  return [content, ...texts].flatMap((text) => text.split('\n')).map(read);
}
const read = (text: string) =>
  text
    .replace(/^-# /, '')
    .replace(/(?<!\\)\*\*/g, '')
    .replace(/\\([^0-9A-Za-z\s])/g, '$1');

describeChannel('discord', {
  kind: discord,
  start: startDiscordReceiver,
  settings: (url) => ({ url }),
  address: 'url',
  told: { kind: 'delivered', reference: discordMessageId },
  halfAnswered: 'retry',
  later: { reference: discordMessageId, others: ['@me', '131000000000000000x', '1/2'], gone: discordGone },
  codes: {
    answers: discordAnswers,
    say: (code) => ({
      status: discordAnswers[code] === 'retry' ? 429 : 400,
      body: discordError(Number(code), `about ${code}`),
    }),
  },
  answers: [
    [
      'a message that was refused says which part of it',
      {
        status: 400,
        body: '{"message":"Invalid Form Body","code":50035,"errors":{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH"}]}}}',
      },
      {
        kind: 'rejected',
        reason: 'HTTP 400: 50035 Invalid Form Body {"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH"}]}}',
      },
    ],
    [
      'a webhook that was deleted',
      { status: 404, body: discordError(10015, 'Unknown Webhook') },
      {
        kind: 'misconfigured',
        reason: 'HTTP 404: 10015 Unknown Webhook',
        advice: `The webhook was deleted. ${newWebhook}`,
      },
    ],
    ...[401, 403, 404].map((status): [string, Scripted, Outcome] => [
      `${status} without a code of its own: the destination is wrong`,
      { status, body: discordError(0, `${status}: no`) },
      { kind: 'misconfigured', reason: `HTTP ${status}: ${status}: no`, advice: newWebhook },
    ]),
    [
      'a code that nobody documented counts by its status',
      { status: 400, body: discordError(99999, 'new') },
      { kind: 'rejected', reason: 'HTTP 400: 99999 new' },
    ],
    [
      '429 waits as long as the body says where there is no header',
      { status: 429, body: '{"message":"You are being rate limited.","retry_after":64.57,"global":false}' },
      { kind: 'retry', reason: 'HTTP 429: You are being rate limited.', retryAfterMs: 64_570 },
    ],
    [
      '429 waits as long as the header says',
      { status: 429, headers: { 'retry-after': '65' }, body: '{"message":"slow down","retry_after":64.57}' },
      { kind: 'retry', reason: 'HTTP 429: slow down', retryAfterMs: 65_000 },
    ],
    [
      'a ban of the whole machine has no JSON',
      { status: 429, headers: { 'retry-after': '3600' }, body: 'error code: 1015' },
      { kind: 'retry', reason: 'HTTP 429: error code: 1015', retryAfterMs: 3_600_000 },
    ],
    ['204 took it in and saves it perhaps', { status: 204 }, { kind: 'accepted' }],
    [
      '200 without an id is not Discord',
      { status: 200, body: '{"ok":true}' },
      {
        kind: 'retry',
        reason: 'HTTP 200, but instead of a message with its id it said: {"ok":true}',
        unsure: true,
      },
    ],
    ['502 may have come after it was shown', { status: 502 }, { kind: 'retry', reason: 'HTTP 502', unsure: true }],
    ['503 did nothing', { status: 503 }, { kind: 'retry', reason: 'HTTP 503' }],
  ],
  check(rendered, message) {
    const payload = rendered as DiscordPayload;
    expect(discordFaults(payload)).toEqual([]);
    expect(payload.allowed_mentions).toEqual({ parse: [], users: [], roles: [] });
    const shown = linesOf(payload);
    // Twice as long at most: each character may need a backslash.
    if (payload.embeds === undefined) {
      if (message.text.length < 900) expect(shown).toEqual(message.text.split('\n'));
      return;
    }
    expect(shown.at(-1)).toBe(message.id);
    if (message.text.length > 700) return;
    const { headline, lines, notes } = outlineOf(message);
    for (const text of [headline, ...lines, ...notes]) expect(shown).toContain(text);
    for (const { label, value, time } of message.facts) if (!time) expect(shown).toContain(`${label}: ${value}`);
  },
});

describe('the Discord message', () => {
  test('says what failed in its first line and why in the second, in red', () => {
    expect(rich(failed)).toEqual({
      content: '❌ **Release failed: release-1zws2j · shop-prod**',
      embeds: [
        {
          color: 0xe01e5a,
          description: [
            '**The component that failed**',
            '• cart: image pull failed',
            '-# States in between were not seen.',
            '[Open ServiceStage](<https://console.huaweicloud.com/servicestage/?region=ap-southeast-3>)',
          ].join('\n'),
          fields: [
            { name: 'Status', value: 'To release → … → Release failed', inline: true },
            { name: 'Where', value: 'shop-prod (ap-southeast-3)', inline: true },
            { name: 'Creator', value: 'wzh', inline: true },
            { name: 'Action', value: 'batch deployment', inline: true },
            { name: 'Last run', value: '<t:1711952860:f>', inline: true },
            { name: 'Created', value: '<t:1711952860:f>', inline: true },
            { name: 'Seen', value: '<t:1795489445:f>', inline: true },
          ],
          footer: { text: 'shop-prod-000000000042-0' },
        },
      ],
      allowed_mentions: { parse: [], users: [], roles: [] },
    });
  });

  const id = '123456789012345678';
  test.each([
    ['here', '@here', { parse: ['everyone'], users: [], roles: [] }],
    ['all', '@everyone', { parse: ['everyone'], users: [], roles: [] }],
    [`user:${id}`, `<@${id}>`, { parse: [], users: [id], roles: [] }],
    [`group:${id}`, `<@&${id}>`, { parse: [], users: [], roles: [id] }],
    ['user:wzh', 'user:wzh', { parse: [], users: [], roles: [] }],
    ['@everyone', '\\@everyone', { parse: [], users: [], roles: [] }],
  ])('%s is called as %s, in both forms', (mention, call, allowed) => {
    const message = composeMessage({ id: 'a', events: [failedEvent], mention: [mention] });
    for (const plain of [false, true]) {
      const payload = discordPayload(message, { plain });
      expect(payload.content.startsWith(`${call} ❌ `)).toBe(true);
      expect(payload.allowed_mentions).toEqual(allowed);
      expect(discordFaults(payload)).toEqual([]);
    }
  });

  test('in its plain form is text alone, and grows no preview', () => {
    const { content, ...rest } = discordPayload(failed, { plain: true });
    expect(read(content)).toBe(failed.text);
    expect(rest).toEqual({ allowed_mentions: { parse: [], users: [], roles: [] }, flags: 4 });
  });

  test.each([
    ['*bold* _it_ ~~no~~ `code` ||hidden||', '\\*bold\\* \\_it\\_ \\~\\~no\\~\\~ \\`code\\` \\|\\|hidden\\|\\|'],
    ['<@123456789012345678> @here', '\\<\\@123456789012345678> \\@here'],
    ['[ok](https://evil.example)', '\\[ok](https\\://evil.example)'],
    [':boom: 03:04 a:b', '\\:boom: 03:04 a:b'],
    ['discord.gg/abc discord.com/invite/abc shop/cart', 'discord.gg\\/abc discord.com/invite\\/abc shop/cart'],
    ['C:\\temp', 'C:\\\\temp'],
  ])('shows %s as it was typed', (typed, written) => {
    const message = composeMessage({
      id: 'a',
      events: [{ ...failedEvent, failures: [{ component: 'cart', reason: typed }] }],
    });
    expect(rich(message).embeds?.[0]?.description).toContain(`• cart: ${written}\n`);
  });

  test.each(['> quote', '# heading', '-# small', '- list', '+ list', '1. list', '2) list'])(
    'a component called %s does not change how its line looks',
    (component) => {
      const message = composeMessage({
        id: 'a',
        events: [{ ...failedEvent, failures: [{ component, reason: 'no' }] }],
      });
      for (const plain of [false, true]) expect(discordFaults(discordPayload(message, { plain }))).toEqual([]);
      expect(read(discordPayload(message, { plain: true }).content)).toBe(message.text);
    },
  );

  test('lists each of 40 failures, however long, with its name', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'*'.repeat(300)}` },
    }));
    const payload = rich(composeMessage({ id: 'a.d40', events }));
    expect(discordFaults(payload)).toEqual([]);
    for (const index of Array(40).keys()) {
      expect(linesOf(payload).filter((line) => line.startsWith(`❌ plan-${index}-`))).toHaveLength(1);
    }
  });

  test('fits where everything in it is long at once', () => {
    const long = 'long '.repeat(500);
    const event = { ...failedEvent, plan: { ...failedEvent.plan, creator: long, action: long, status: long } };
    for (const length of [950, 1900]) {
      const consoleUrl = `https://console.example.com/${'x'.repeat(length)}`;
      const message = { ...composeMessage({ id: 'a'.repeat(500), events: [event] }, { consoleUrl }), advice: long };
      expect(discordFaults(rich({ ...message, notes: Array(20).fill(long) }))).toEqual([]);
    }
  });

  test('a link with brackets stays one link', () => {
    const consoleUrl = 'https://console.example.com/(a)/{source}?x=[1]';
    const message = composeMessage({ id: 'a', events: [failedEvent] }, { consoleUrl });
    expect(rich(message).embeds?.[0]?.description).toContain(
      '[Open ServiceStage](<https://console.example.com/(a)/shop-prod?x=[1]>)',
    );
    expect(discordFaults(rich(message))).toEqual([]);
  });
});

describe('the address', () => {
  const sentTo = async (url: string) => {
    const asked: string[] = [];
    const fetch = async (to: string | URL | Request) => {
      asked.push(to instanceof Request ? to.url : String(to));
      return new Response(JSON.stringify({ id: '1' }));
    };
    const channel = discord.create({ url }, { fetch, now: () => new Date(seen) });
    const outcome = await channel.send(failed, { plain: false, signal: AbortSignal.timeout(1000) });
    return { asked, outcome };
  };

  test.each([
    ['https://discord.com/api/webhooks/1/tok-en_', 'https://discord.com/api/v10/webhooks/1/tok-en_?wait=true'],
    ['https://discord.com/api/v9/webhooks/1/t/', 'https://discord.com/api/v10/webhooks/1/t?wait=true'],
    [
      'https://discord.com/api/webhooks/1/t?thread_id=2&wait=false',
      'https://discord.com/api/v10/webhooks/1/t?thread_id=2&wait=true',
    ],
  ])('%s is asked as %s', async (url, asked) => {
    expect(await sentTo(url)).toEqual({ asked: [asked], outcome: { kind: 'delivered', reference: '1' } });
  });

  test.each([
    'https://discord.com/api/webhooks/1/s3cret/slack',
    'https://discord.com/api/webhooks/1/s3cret/github',
    'https://discord.com/api/webhooks/1',
    'https://discord.com/channels/1/s3cret',
    'https://discord.com/',
  ])('%s is refused, and nothing is sent', async (url) => {
    const { asked, outcome } = await sentTo(url);
    expect(asked).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'misconfigured', advice: expect.stringContaining('Integrations') });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  });
});

describe('an edit', () => {
  const thread = '1320000000000000000';
  const opened = async (options?: { readonly thread: string }) => {
    const receiver = await startDiscordReceiver(options);
    const channel = discord.create({ url: receiver.url }, edges) as Required<Channel>;
    const how = (plain: boolean) => ({ plain, signal: soon() });
    const { reference = '' } = (await channel.send(failed, how(false))) as Told;
    return {
      ...receiver,
      reference,
      shown: () => receiver.room.find(reference)?.body as DiscordPayload,
      edit: (to: string, plain = false) => channel.edit(to, recovered, how(plain)),
    };
  };

  test('shows the embed again that a plain one took away, and calls nobody', async () => {
    const { edit, shown, reference, close } = await opened();
    await edit(reference, true);
    expect(shown()).toMatchObject({ embeds: [], flags: 4 });
    await edit(reference);
    expect(shown()).toMatchObject({ embeds: [{ footer: { text: recovered.id } }], flags: 0 });
    expect(shown().content).not.toContain('@');
    expect(recovered.mention).not.toEqual([]);
    await close();
  });

  test('in a thread names the thread, and does not wait', async () => {
    const { edit, requests, reference, close } = await opened({ thread });
    expect(await edit(reference)).toEqual({ kind: 'delivered', reference });
    expect(Object.fromEntries(requests[1]?.query ?? [])).toEqual({ thread_id: thread });
    await close();
  });

  test('in an archived thread is a post instead, which opens the thread again', async () => {
    const { edit, reference, thread: state, close } = await opened({ thread });
    state.archived = true;
    expect(await edit(reference)).toEqual({ kind: 'gone', reason: 'HTTP 400: 50083 Thread is archived' });
    await close();
  });

  test('of a message that is not there says so', async () => {
    const { edit, close } = await opened();
    expect(await edit('1')).toEqual({ kind: 'gone', reason: 'HTTP 404: 10008 Unknown Message' });
    await close();
  });
});

describe('style: thread', () => {
  const send = async (query: string, style: TellingStyle = 'thread') => {
    const fetch = async () => new Response(JSON.stringify({ id: '1' }));
    const url = `https://discord.com/api/webhooks/1/t${query}`;
    return discord.create({ url, style }, { ...edges, fetch }).send(failed, { plain: false, signal: soon() });
  };

  test.each(['', '?thread_id=', '?wait=true'])('with the address %j is told what to add', async (query) => {
    expect(await send(query)).toEqual({
      kind: 'misconfigured',
      reason: expect.stringContaining('names no thread'),
      advice: expect.stringContaining('?thread_id='),
    });
    expect(await send(query, 'living')).toMatchObject({ kind: 'delivered' });
  });

  test('with a thread in its address goes there', async () => {
    expect(await send('?thread_id=2')).toMatchObject({ kind: 'delivered' });
  });
});
