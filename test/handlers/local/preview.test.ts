import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Previewed } from '../../../handlers/local/commands/preview.ts';
import { requestsOf } from '../../../handlers/local/preview/requests.ts';
import { previewSettings } from '../../../handlers/local/preview/settings.ts';
import { tellingEvents } from '../../../handlers/local/preview/telling-events.ts';
import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { createFileStore } from '../../../lib/stores/file.ts';
import { createDesk, type Desk } from '../../support/command.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

const configuration = `sources:
  - name: shop
    region: cn-north-4
    projectId: 0123456789abcdef0123456789abcdef
    auth: { token: env:NOBODY_SETS_THIS }
destinations:
  releases: { kind: slack, url: ssm:/not/read, language: zh }
  oncall: { kind: webhook, url: https://hooks.example.com/x, secret: [env:NOT_READ], headers: { X-Key: env:NOT_READ, X-Team: shop, X-Try: '1' } }
routes:
  - to: [releases, oncall]
    match: { class: bad, source: shop }
    mention: [here]
timezone: Asia/Shanghai
`;

const configure = (text = configuration) => writeFile(join(desk.folder, 'planwatch.yml'), text);
const json = async (...args: string[]): Promise<Previewed[]> => {
  const { code, out, err } = await desk.run(['preview', '--json', ...args]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
};
const names = tellingEvents().map(({ name }) => name);

describe('planwatch preview', () => {
  test('with nothing at all shows every kind in every telling event, and leaves nothing behind', async () => {
    const { code, out } = await desk.run(['preview']);
    expect(code).toBe(0);
    expect(out).toContain('❌ Release failed: checkout-2026.48 · shop-prod\n  cart: image pull failed');
    expect(out).toMatch(/→ slack \(en\) {2}POST https:\/\/hooks\.slack\.com\/services\/\*\*\*\/.* bytes\n/);
    // Both read the same words, so they are there once.
    expect(out.match(/Release failed: checkout/g)).toHaveLength(1);
    expect(await readdir(desk.folder)).toEqual([]);
  });

  test('--json is one list: each destination in each event, with the exact requests', async () => {
    await configure();
    const shown = await json();
    expect(shown.map(({ destination, event }) => `${event} ${destination}`)).toEqual(
      names.flatMap((name) => [`${name} releases`, `${name} oncall`]),
    );
    const [slack, webhook] = shown.filter(({ event }) => event === 'failed');
    expect(slack).toMatchObject({ kind: 'slack', destination: 'releases', language: 'zh', event: 'failed' });
    expect(webhook).toMatchObject({ kind: 'webhook', destination: 'oncall', language: 'en', event: 'failed' });
    const [post] = slack?.requests ?? [];
    expect(post).toMatchObject({ method: 'POST', url: 'https://hooks.slack.com/services/***/***/***' });
    // At the configured source, in its destination's language and zone, calling whom its route calls.
    const { text } = JSON.parse(post?.body ?? '');
    expect(text).toMatch(/^<!here> ❌ 发布失败：checkout-2026\.48 · shop\n/);
    expect(text).toContain('2026-11-24 11:04:05 UTC+08:00');
    expect(webhook?.requests[0]).toMatchObject({
      url: 'https://hooks.example.com/x',
      headers: {
        'x-key': '***',
        'x-try': '1',
        'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
        'webhook-signature': expect.stringMatching(/^v1,/),
      },
    });
    expect(JSON.parse(webhook?.requests[0]?.body ?? '')).toMatchObject({ type: 'plan.status', source: 'shop' });
  });

  test('--all shows every kind with its example, and --language in that language', async () => {
    await configure();
    const shown = await json('--all', '--language', 'zh');
    expect(new Set(shown.map(({ destination }) => destination))).toEqual(new Set(Object.keys(channelKinds)));
    expect(new Set(shown.map(({ language }) => language))).toEqual(new Set(['zh']));
    // A pager has no part in what wakes nobody up.
    const paged = ['failed', 'partly-failed', 'rolled-back', 'succeeded', 'digest'];
    for (const { kind, event, requests, fault } of shown) {
      expect(fault).toBeUndefined();
      expect(requests.length > 0).toBe(kind !== 'pagerduty' || paged.includes(event));
    }
    expect((await desk.run(['preview', '--all'])).out).toMatch(/→ pagerduty \(en\) {2}no request/);
  });

  const [, failed] = tellingEvents();
  const event = failed?.events[0];

  test.each<[string, unknown, string[]]>([
    ['one event', event, ['plan.status']],
    ['a list', [event, event], ['digest']],
    ['a digest as a webhook gets it', { id: 'a.d2', type: 'digest', events: [event, event] }, ['digest']],
  ])('--event tells %s from a file', async (_what, content, types) => {
    await writeFile(join(desk.folder, 'event.json'), JSON.stringify(content));
    const shown = (await json('--all', '--event', 'event.json')).filter(({ kind }) => kind === 'webhook');
    expect(shown.map(({ requests }) => JSON.parse(requests[0]?.body ?? '').type)).toEqual(types);
  });

  test.each([
    ['{', /event\.json: is not JSON: write one event/],
    ['[]', /event\.json: holds no event/],
    ['{"type":"plan.status"}', /event\.json: holds no event/],
    ['null', /event\.json: holds no event/],
    [undefined, /event\.json: cannot be read \(ENOENT\)/],
  ])('--event with a file of %j is told, with exit status 2', async (content, words) => {
    if (content !== undefined) await writeFile(join(desk.folder, 'event.json'), content);
    const { code, err } = await desk.run(['preview', '--event', 'event.json']);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });

  test('--plan tells what the log has of a plan, by id or name', async () => {
    await configure();
    const { log } = createLedger(createFileStore(join(desk.folder, '.planwatch/store')));
    const identity = { endpoint: 'e', projectId: 'p', edition: 'release-plans' };
    for (const [index, { events }] of tellingEvents({ source: 'shop', region: 'r', projectId: 'p' }).entries()) {
      await log.commit('shop', {
        v: 1,
        revision: index + 1,
        at: '2026-11-24T03:04:05.678Z',
        identity,
        events,
        deliveries: [],
      });
    }
    const shown = await json('--plan', 'checkout-2026.48');
    const ids = shown.filter(({ kind }) => kind === 'slack').map(({ event: id }) => id);
    expect(ids).toEqual([42, 43, 44, 45, 46, 47].map((revision) => `shop-${String(revision).padStart(12, '0')}-0`));
    expect(await json('--plan', 'plan-cart')).toHaveLength(2);
    const life = await json('--plan', 'checkout-2026.48', '--style', 'living', '--all');
    expect(life.filter(({ kind }) => kind === 'telegram').map(({ event: id }) => id)).toEqual(ids);
    const { code, err } = await desk.run(['preview', '--plan', 'nobody']);
    expect([code, err]).toEqual([2, expect.stringMatching(/no event of a plan "nobody".*planwatch poll/)]);
  });

  const does = (shown: readonly Previewed[], kind: string) =>
    shown
      .filter((one) => one.kind === kind)
      .map(({ event, requests, does: done = [] }) =>
        [event, ...done.map((what, index) => `${what} ${methodOf(requests[index])}`)].join(', '),
      );
  const methodOf = (request: Previewed['requests'][number] | undefined) =>
    `${request?.method} ${request?.url.split('/').at(-1)}`;

  test('--style living tells the life of a plan, by every kind that can edit', async () => {
    const shown = await json('--style', 'living');
    expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(['discord', 'slack-bot', 'telegram']));
    expect(shown.every(({ style, fault }) => style === 'living' && fault === undefined)).toBe(true);
    expect(does(shown, 'slack-bot')).toEqual([
      'appeared, posts POST chat.postMessage',
      'runs, edits POST chat.update',
      'failed, edits POST chat.update, rings POST chat.postMessage',
      'runs-again, edits POST chat.update',
      'succeeded, edits POST chat.update, rings POST chat.postMessage',
    ]);
    const last = shown.filter(({ kind }) => kind === 'slack-bot').at(-1)?.requests ?? [];
    const [edit, ring] = last.map(({ body }) => JSON.parse(body));
    expect(edit.text).toMatch(/✅ Release succeeded.*So far.*new → To release.*Was broken for: 5 min/s);
    expect([ring.thread_ts, ring.reply_broadcast]).toEqual([edit.ts, true]);
    const { out } = await desk.run(['preview', '--style', 'living']);
    expect(out).toMatch(/every kind that can\.\n\n✅ Release succeeded.*\n {2}🕘 So far\n/);
    expect(out).toMatch(
      /→ telegram \(en\) {2}failed: rings {2}POST https:\/\/api\.telegram\.org\/bot\*\*\*\/sendMessage/,
    );
  });

  test('--style thread answers the first post', async () => {
    const shown = await json('--style', 'thread', '--language', 'zh');
    expect(does(shown, 'slack-bot').map((line) => line.split(' POST')[0])).toEqual([
      'appeared, posts',
      'runs, answers',
      'failed, rings',
      'runs-again, answers',
      'succeeded, rings',
    ]);
    // Discord's address names the thread.
    expect(does(shown, 'discord')).toHaveLength(5);
    expect(shown.every(({ language, fault }) => language === 'zh' && fault === undefined)).toBe(true);
  });

  test('without --style a destination shows the life of a plan as it is configured', async () => {
    await configure(
      configuration.replace(
        '  oncall:',
        '  team: { kind: slack-bot, token: env:T, channel: C0123456789, style: living }\n  oncall:',
      ),
    );
    const shown = (await json()).filter(({ style }) => style !== undefined);
    expect(shown.map(({ destination, event }) => `${destination} ${event}`)).toEqual(
      ['appeared', 'runs', 'failed', 'runs-again', 'succeeded'].map((event) => `team ${event}`),
    );
    expect(JSON.parse(shown[0]?.requests[0]?.body ?? '').text).toContain('2026-11-24 11:04:05 UTC+08:00');
    expect(await json('--style', 'thread')).toHaveLength(5);
  });

  test('--style with nobody who can, or for one event, is told, with exit status 2', async () => {
    await configure();
    const nobody = await desk.run(['preview', '--style', 'living']);
    expect([nobody.code, nobody.err]).toEqual([
      2,
      expect.stringContaining('No destination can: style: living is for discord, slack-bot, telegram'),
    ]);
    const both = await desk.run(['preview', '--style', 'living', '--event', 'a']);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('not both')]);
  });

  test('wrong usage is told, with exit status 2', async () => {
    const wrong = await desk.run(['preview', '--event', 'a', '--plan', 'b']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('not both')]);
    const language = await desk.run(['preview', '--language', 'fr']);
    expect([language.code, language.err]).toEqual([2, expect.stringContaining('en, zh')]);
  });
});

describe('the requests of a kind', () => {
  const message = composeMessage({ id: 'a', events: [] });
  const now = () => new Date('2026-11-24T03:04:05.678Z');
  /** A chat whose token stands in its path and in a header, and which sends twice. */
  const chatty: ChannelKind = {
    settings: {
      token: { type: 'secret', required: true, description: '' },
      url: { type: 'secret-address', required: true, description: '' },
    },
    mentions: {},
    pace: { everyMs: 1, burst: 1 },
    hasPlain: false,
    example: { token: '12:a/b', url: 'https://chat.example/' },
    render: () => ({}),
    create: ({ token, url }: Settings, { fetch }) => ({
      async send() {
        if (token === '') return { kind: 'misconfigured', reason: 'token is empty' };
        await fetch(`${url}bot${token}/send`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}` },
          body: '{ }',
        });
        await fetch(new URL(`?key=${encodeURIComponent(String(token))}`, String(url)), { method: 'PUT', body: '2' });
        return { kind: 'delivered' };
      },
    }),
  };

  test('are all there, to the byte, without what is secret', async () => {
    expect(await requestsOf(chatty, chatty.example, message, now)).toEqual({
      requests: [
        {
          method: 'POST',
          url: 'https://chat.example/bot***/send',
          headers: { authorization: 'Bearer ***', 'content-type': expect.any(String) },
          body: '{ }',
        },
        { method: 'PUT', url: 'https://chat.example/?key=***', headers: expect.anything(), body: '2' },
      ],
    });
  });

  test('that it does not make come with the reason', async () => {
    const settings = { ...chatty.example, token: '' };
    expect(await requestsOf(chatty, settings, message, now)).toEqual({ requests: [], fault: 'token is empty' });
  });

  test('are made without reading a secret: the example stands in', async () => {
    const given = { kind: 'chatty', token: 'env:TOKEN', url: 'file:/url' };
    expect(await previewSettings(chatty, given, [])).toEqual(chatty.example);
    // What is in clear stays as it is.
    expect(await previewSettings(chatty, { ...given, url: 'https://mine.example/' }, [])).toEqual({
      ...chatty.example,
      url: 'https://mine.example/',
    });
  });
});
