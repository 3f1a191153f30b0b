import { describe, expect, test } from '@jest/globals';
import { wecom, wecomAnswers } from '../../lib/channels/wecom.ts';
import { type WeComPayload, wecomPayload } from '../../lib/channels/wecom-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import { startWeComReceiver, type WeComBody, wecomFaults } from '../support/wecom-server.ts';
import { describeChannel, failed, failedEvent } from './channel-contract.ts';
import { readable } from './readable.ts';

const newRobot = 'Add a robot to the group in WeCom and put its address where url points.';
const rich = (message: Message) => wecomPayload(message, { plain: false });
const plain = (message: Message) => wecomPayload(message, { plain: true });
const contentOf = (payload: WeComPayload): string =>
  payload.msgtype === 'markdown' ? payload.markdown.content : payload.text.content;

const narrow: Readonly<Record<string, string>> = { '＜': '<', '＊': '*', '［': '[', '｀': '`' };

/** As a reader sees it, but for the width of four characters. */
const shown = (payload: WeComPayload): string =>
  contentOf(payload)
    .replace(/<\/?font[^>]*>/g, '')
    .replace(/[＜＊［｀]/g, (character) => narrow[character] ?? '');

describeChannel<WeComBody>('wecom', {
  kind: wecom,
  start: startWeComReceiver,
  settings: (url) => ({ url }),
  address: 'url',
  halfAnswered: 'retry',
  codes: {
    answers: wecomAnswers,
    say: (code) => ({ status: 200, body: JSON.stringify({ errcode: Number(code), errmsg: 'no such luck' }) }),
  },
  answers: [
    [
      'the words of a refusal are told, and of their address only the host',
      {
        status: 200,
        body: '{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], more info at https://open.work.weixin.qq.com/devtool/query?e=93000"}',
      },
      {
        kind: 'misconfigured',
        reason: 'HTTP 200: 93000 invalid webhook url, hint: [1], more info at https://open.work.weixin.qq.com/***',
        ...(wecomAnswers['93000'] as { advice: string }),
      },
    ],
    [
      'success is the code, whatever the words',
      { status: 200, body: '{"errcode":0,"errmsg":"warning: wrong json format"}' },
      { kind: 'delivered' },
    ],
    [
      'success in words alone is none',
      { status: 200, body: '{"errmsg":"ok"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "errcode":0 it said: {"errmsg":"ok"}', unsure: true },
    ],
    [
      'a code that nobody documented is no success',
      { status: 200, body: '{"errcode":12345,"errmsg":"new"}' },
      { kind: 'retry', reason: 'HTTP 200: 12345 new' },
    ],
    [
      '404: the address is wrong',
      { status: 404, body: 'no' },
      { kind: 'misconfigured', reason: 'HTTP 404: no', advice: newRobot },
    ],
  ],
  check(rendered, message) {
    const payload = rendered as WeComPayload;
    expect(wecomFaults(payload)).toEqual([]);
    expect(contentOf(payload)).not.toContain('<@');
    expect(payload).not.toHaveProperty('text.mentioned_list');
    expect(shown(payload)).toContain(message.id);
    // Where nothing needs to be cut, the reader gets every character.
    const texts = readable(message, false);
    const size = (text: string) => Buffer.byteLength(text.replace(/[<*[`]/g, '＜'));
    const most = payload.msgtype === 'text' ? { all: 900, one: 160 } : { all: 1500, one: 330 };
    if (size(message.text) > most.all || texts.some((text) => size(text) > most.one)) return;
    for (const text of texts)
      expect(shown(payload)).toContain(text.replace(/[＜＊［｀]/g, (wide) => narrow[wide] ?? ''));
  },
});

describe('the WeCom message', () => {
  const called = (mention: string[]) => composeMessage({ id: 'a', events: [failedEvent], mention });

  test('says in its first lines what failed and why', () => {
    expect(contentOf(rich(failed)).split(/\n+/)).toEqual([
      '### <font color="warning">❌ Release failed: release-1zws2j · shop-prod</font>',
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
      '<font color="comment">shop-prod-000000000042-0</font>',
    ]);
  });

  test.each([
    [['user:zhang.san', 'user:li-4'], '<@zhang.san> <@li-4>'],
    [['here', 'group:<@x>'], 'here group:＜@x>'],
    [
      Array.from({ length: 10 }, (_, index) => `user:u${index}`),
      '<@u0> <@u1> <@u2> <@u3> <@u4> <@u5> <@u6> <@u7> … (2 more)',
    ],
  ])('%j is called below the title as %s', (mention, line) => {
    expect(wecomFaults(rich(called(mention)))).toEqual([]);
    expect(contentOf(rich(called(mention))).split('\n\n')[1]).toBe(line);
  });

  test('that calls everybody is a text, since markdown cannot', () => {
    const message = called(['user:zhang', 'all']);
    for (const payload of [rich(message), plain(message)]) {
      expect(wecomFaults(payload)).toEqual([]);
      expect(payload).toMatchObject({ msgtype: 'text', text: { mentioned_list: ['zhang', '@all'] } });
      expect(contentOf(payload).split('\n')).toEqual([
        '❌ Release failed: release-1zws2j · shop-prod',
        'The component that failed',
        '• cart: image pull failed',
        'Status: To release → … → Release failed',
        'Where: shop-prod (ap-southeast-3)',
        'Creator: wzh',
        'Action: batch deployment',
        'Last run: 2024-04-01 06:27:40 UTC',
        'Created: 2024-04-01 06:27:40 UTC',
        'Seen: 2026-11-24 03:04:05 UTC',
        'States in between were not seen.',
        'Open ServiceStage: https://console.huaweicloud.com/servicestage/?region=ap-southeast-3',
        'a',
      ]);
    }
  });

  test('in its plain form calls people by the list, and shows whom it cannot call', () => {
    const payload = plain(called(['user:zhang', 'here']));
    expect(payload).toMatchObject({ msgtype: 'text', text: { mentioned_list: ['zhang'] } });
    expect(contentOf(payload).split('\n')[1]).toBe('here');
    expect(plain(failed)).toEqual({ msgtype: 'text', text: { content: expect.any(String) } });
  });

  test('shows forty short lines whole', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}` },
      failures: [],
    }));
    const payload = rich(composeMessage({ id: 'a.d40', events }));
    expect(wecomFaults(payload)).toEqual([]);
    for (const index of Array(40).keys()) {
      expect(contentOf(payload).split('\n')).toContain(`❌ plan-${index}: To release → … → Release failed`);
    }
  });

  test('counts what does not fit into 4096 bytes, and into 2048', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `${index}-${'长'.repeat(100)}` },
    }));
    for (const payload of [rich(composeMessage({ id: 'a', events })), plain(composeMessage({ id: 'a', events }))]) {
      expect(wecomFaults(payload)).toEqual([]);
      const listed = contentOf(payload).match(/^ {0,2}❌ \d+-长/gm)?.length ?? 0;
      const [, more = 0] = /^… \((\d+) more\)$/m.exec(contentOf(payload)) ?? [];
      expect(listed).toBeGreaterThan(10);
      expect(listed + Number(more)).toBeGreaterThanOrEqual(40);
    }
  });

  test('gives its failures all the room there is, to the last bytes', () => {
    const failures = Array(4).fill({ component: 'cart', reason: 'x'.repeat(5000) });
    for (const name of ['', 'n', 'nn', 'nnn', 'nnnn']) {
      const plan = { ...failedEvent.plan, name: `name-${name}` };
      const size = Buffer.byteLength(
        contentOf(rich(composeMessage({ id: 'a', events: [{ ...failedEvent, plan, failures }] }))),
      );
      expect(size).toBeGreaterThan(4096 - 8);
      expect(size).toBeLessThanOrEqual(4096);
    }
  });

  test('keeps its link and its id however long its texts are', () => {
    const name = '<*[`长'.repeat(500);
    const plan = { ...failedEvent.plan, name, creator: name, action: name, status: name };
    const failures = Array(20).fill({ component: name, reason: name });
    const mention = Array.from({ length: 12 }, (_, index) => `user:${String(index).repeat(60)}`);
    const message = composeMessage({ id: 'an-id', events: [{ ...failedEvent, plan, failures }], mention });
    expect(contentOf(plain(message))).toMatch(/^• .*\n… \(\d+ more\)$(?:.*\n)+Open ServiceStage: https:.*\nan-id$/m);
    const payload = rich(message);
    expect(wecomFaults(payload)).toEqual([]);
    expect(contentOf(payload)).toMatch(/^\[Open ServiceStage\]\(https:.*\)\n\n<font color="comment">an-id<\/font>$/m);
    expect(contentOf(payload)).toMatch(/^• .*\n… \(\d+ more\)$/m);
  });
});
