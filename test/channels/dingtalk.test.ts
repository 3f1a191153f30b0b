import { describe, expect, test } from '@jest/globals';
import { dingtalk, dingtalkAnswers, signed } from '../../lib/channels/dingtalk.ts';
import { type DingTalkPayload, dingtalkPayload } from '../../lib/channels/dingtalk-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import { type DingTalkBody, dingtalkFaults, dingtalkSign, startDingTalkReceiver } from '../support/dingtalk-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';
import { readable } from './readable.ts';

const secret = 'SECdemo-secret-of-a-robot';
const now = () => new Date(seen);
const newRobot = 'Add a custom robot to the group in DingTalk and put its address where url points.';
const how = (plain = false) => ({ plain, signal: AbortSignal.timeout(5000) });
const rich = (message: Message) => dingtalkPayload(message, { plain: false });
const plain = (message: Message) => dingtalkPayload(message, { plain: true });

const textOf = (payload: DingTalkPayload): string =>
  payload.msgtype === 'markdown' ? payload.markdown.text : payload.text.content;

/** As a reader sees it. */
const shown = (payload: DingTalkPayload): string =>
  payload.msgtype === 'text'
    ? payload.text.content
    : payload.markdown.text
        .replace(/<[^>]*>/g, '')
        .replace(/\\(.)/gu, '$1')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&amp;', '&');

describeChannel<DingTalkBody>('dingtalk', {
  kind: dingtalk,
  start: () => startDingTalkReceiver({ secret, now }),
  settings: (url) => ({ url, secret }),
  address: 'url',
  halfAnswered: 'retry',
  codes: {
    answers: dingtalkAnswers,
    say: (code) => ({ status: 200, body: JSON.stringify({ errcode: Number(code), errmsg: 'no such luck' }) }),
  },
  answers: [
    [
      'too fast, as its gateway says it: ten minutes, not the five seconds beside it',
      {
        status: 200,
        body: '{"status":1111,"wait":5,"punish":"deny","errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}',
      },
      { kind: 'retry', reason: 'HTTP 200: 130101 send too fast, exceed 20 times per minute', retryAfterMs: 600_000 },
    ],
    [
      'a code that nobody documented is no success',
      { status: 200, body: '{"errcode":12345,"errmsg":"new"}' },
      { kind: 'retry', reason: 'HTTP 200: 12345 new' },
    ],
    [
      'success in words alone is none',
      { status: 200, body: '{"errmsg":"ok"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "errcode":0 it said: {"errmsg":"ok"}', unsure: true },
    ],
    [
      '403: the address is wrong',
      { status: 403, body: 'no' },
      { kind: 'misconfigured', reason: 'HTTP 403: no', advice: newRobot },
    ],
    ['502 may be a repeat', { status: 502 }, { kind: 'retry', reason: 'HTTP 502', unsure: true }],
  ],
  check(rendered, message) {
    const payload = rendered as DingTalkPayload;
    expect(dingtalkFaults(payload)).toEqual([]);
    expect(payload).not.toHaveProperty('at');
    expect(shown(payload)).toContain(`planwatch · ${message.id}`);
    if (Buffer.byteLength(JSON.stringify(message.text.replace(/[&<>\\*_~`[\]]/g, '&amp;'))) > 1400) return;
    // Where nothing needs to be cut, the reader gets every character.
    for (const text of readable(message, payload.msgtype === 'text')) expect(shown(payload)).toContain(text);
  },
});

describe('the DingTalk message', () => {
  const called = (mention: string[]) => composeMessage({ id: 'a', events: [failedEvent], mention });

  test('says in its title and first lines what failed and why', () => {
    expect(rich(failed)).toEqual({
      msgtype: 'markdown',
      markdown: { title: '❌ Release failed: release-1zws2j · shop-prod', text: expect.any(String) },
    });
    expect(textOf(rich(failed)).split(/ {2}\n|\n\n/)).toEqual([
      '#### <font color=#e01e5a>❌ Release failed: release-1zws2j · shop-prod</font>',
      '**The component that failed**',
      '• cart: image pull failed',
      '> Status: To release → … → Release failed',
      '> Where: shop-prod (ap-southeast-3)',
      '> Creator: wzh',
      '> Action: batch deployment',
      '> Last run: 2024-04-01 06:27:40 UTC',
      '> Created: 2024-04-01 06:27:40 UTC',
      '> Seen: 2026-11-24 03:04:05 UTC',
      'States in between were not seen.',
      '[Open ServiceStage](https://console.huaweicloud.com/servicestage/?region=ap-southeast-3)',
      'planwatch · shop-prod-000000000042-0',
    ]);
  });

  test.each([
    [['all'], '', { atMobiles: [], atUserIds: [], isAtAll: true }],
    [
      ['user:13800138000', 'user:manager_12', 'user:+86-13800138000'],
      '@13800138000 @manager_12 @+86-13800138000',
      { atMobiles: ['13800138000', '+86-13800138000'], atUserIds: ['manager_12'], isAtAll: false },
    ],
    [['here'], 'here', undefined],
    [['group:G1'], 'group:G1', undefined],
  ])('%j is called in the text as %j, and in at', (mention, text, at) => {
    for (const payload of [rich(called(mention)), plain(called(mention))]) {
      expect(dingtalkFaults(payload)).toEqual([]);
      expect(payload.at).toEqual(at);
      if (text !== '') expect(textOf(payload).split('\n')).toContain(text);
    }
  });

  test('calls twenty at most, and counts the others', () => {
    const payload = rich(called(Array.from({ length: 23 }, (_, index) => `user:u${index}`)));
    expect(payload.at?.atUserIds).toHaveLength(20);
    expect(textOf(payload)).toContain('@u19 … (3 more)');
  });

  test('in its plain form is text alone, with every line', () => {
    const content = [...failed.text.split('\n').slice(0, -1), `planwatch · ${failed.id}`].join('\n');
    expect(plain(failed)).toEqual({ msgtype: 'text', text: { content } });
  });

  test('lists each of 40 failures, however long', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'_'.repeat(300)}` },
      failures: [{ component: 'cart', reason: '"because" '.repeat(60) }],
    }));
    for (const payload of [rich(composeMessage({ id: 'a', events })), plain(composeMessage({ id: 'a', events }))]) {
      expect(dingtalkFaults(payload)).toEqual([]);
      const lines = textOf(payload).split('\n');
      for (const index of Array(40).keys()) {
        expect(lines.filter((line) => line.trim().startsWith(`❌ plan-${index}-`))).toHaveLength(1);
      }
    }
  });

  test('gives its lines all the room there is, line breaks counted', () => {
    for (const length of [1, 2, 3, 4, 5]) {
      const name = `${'"'.repeat(length)}_`;
      const failures = [{ component: name, reason: 'x'.repeat(5000) }];
      const message = composeMessage({ id: 'a', events: Array(40).fill({ ...failedEvent, failures }) });
      const size = Buffer.byteLength(JSON.stringify(textOf(rich(message)))) - 2;
      expect(size).toBeGreaterThan(17_000 - 60);
      expect(size).toBeLessThanOrEqual(17_000);
    }
  });

  test('links to an address whose brackets do not end the link, and to none that is too long', () => {
    const linked = (url: string) => textOf(rich({ ...failed, link: { label: 'Open [it]', url } }));
    expect(linked('https://a.example/(b) <c>')).toContain(
      '\n\n[Open \\[it\\]](https://a.example/%28b%29%20%3cc%3e)\n\n',
    );
    expect(linked(`https://a.example/${'x'.repeat(1800)}`)).not.toContain('a.example');
  });
});

describe('the DingTalk signature', () => {
  const address = new URL('https://oapi.dingtalk.com/robot/send?access_token=x');

  // Made by Python's hmac from the recipe in the documents.
  test('is the known one, in milliseconds and in the query', () => {
    const to = signed(address, 'demo-secret', new Date(1_700_000_000_000));
    const sign = 'mSUvvxbX7ba307ODWOhHpJmbw3QdiJvvLe0lcElsApI%3D';
    expect(to.href).toBe(`${address.href}&timestamp=1700000000000&sign=${sign}`);
    expect(encodeURIComponent(dingtalkSign('demo-secret', '1700000000000'))).toBe(sign);
  });

  test('replaces one that was copied with the address', () => {
    const copied = new URL(`${address.href}&timestamp=1&sign=old`);
    expect(signed(copied, 'demo-secret', now()).searchParams.getAll('sign')).toEqual([expect.stringMatching(/=$/)]);
  });

  test('is left out without a secret', async () => {
    const receiver = await startDingTalkReceiver();
    expect(await dingtalk.create({ url: receiver.url }, { fetch, now }).send(failed, how())).toEqual({
      kind: 'delivered',
    });
    expect([...(await receiver.next()).query.keys()]).toEqual(['access_token']);
    receiver.expectNothingMore();
    await receiver.close();
  });

  test.each([
    ['another secret', 'SECwrong', now, 'sign not match'],
    ['no secret', ' \n', now, 'invalid timestamp'],
    ['a clock that is wrong', secret, () => new Date(Date.parse(seen) + 3_700_000), 'invalid timestamp'],
  ])('of %s is told as 310000, and what mends it', async (_what, given, clock, words) => {
    const receiver = await startDingTalkReceiver({ secret, now });
    const outcome = await dingtalk
      .create({ url: receiver.url, secret: given }, { fetch, now: clock })
      .send(failed, how());
    await receiver.close();
    expect(outcome).toEqual({
      kind: 'misconfigured',
      reason: `HTTP 200: 310000 ${words}`,
      advice: expect.stringMatching(/secret.*clock.*keyword/),
    });
  });
});

test('a robot that wants the keyword planwatch takes every message, in both forms', async () => {
  const receiver = await startDingTalkReceiver({ keyword: 'planwatch' });
  const channel = dingtalk.create({ url: receiver.url }, { fetch, now });
  for (const form of [false, true]) expect(await channel.send(failed, how(form))).toEqual({ kind: 'delivered' });
  await receiver.close();
});

test('an address without a token is told by that, and nothing is sent', async () => {
  const offline = async () => Promise.reject(new Error('nothing may be sent'));
  for (const query of ['', '?access_token=', '?token=s3cret']) {
    const url = `https://oapi.dingtalk.com/robot/send${query}`;
    const outcome = await dingtalk.create({ url }, { fetch: offline, now }).send(failed, how());
    expect(outcome).toEqual({ kind: 'misconfigured', reason: 'url has no access_token', advice: newRobot });
  }
});
