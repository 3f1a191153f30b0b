import { describe, expect, test } from '@jest/globals';
import { feishu, feishuAnswers, signed } from '../../lib/channels/feishu.ts';
import { type FeishuPayload, feishuPayload } from '../../lib/channels/feishu-payload.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import { type FeishuBody, feishuFaults, feishuSign, startFeishuReceiver } from '../support/feishu-server.ts';
import { describeChannel, failed, failedEvent, seen } from './channel-contract.ts';
import { readable } from './readable.ts';

const secret = 'demo-secret-of-a-bot';
const now = () => new Date(seen);
const newRobot = 'Add a custom bot to the group in Feishu (or Lark) and put its address where url points.';
const how = () => ({ plain: false, signal: AbortSignal.timeout(5000) });

/** Every text that people see, in order; lines apart. */
function textsOf(payload: FeishuPayload): string[] {
  if (payload.msg_type === 'post') {
    const { title, content } = payload.content.post.zh_cn;
    return [title, ...content.flat().flatMap((part) => (part.tag === 'text' ? [part.text] : []))];
  }
  const { header, elements } = payload.card;
  const texts = elements.flatMap((element) => {
    if (element.tag === 'markdown') return [];
    if (element.tag === 'note') return element.elements;
    if (element.tag === 'action') return element.actions.map(({ text }) => text);
    return 'fields' in element ? element.fields.map(({ text }) => text) : [element.text];
  });
  return [header.title, ...texts].flatMap(({ content }) => content.split('\n'));
}

const markupOf = (payload: FeishuPayload): string[] =>
  payload.msg_type === 'post'
    ? payload.content.post.zh_cn.content.flat().flatMap((part) => (part.tag === 'at' ? [part.user_id] : []))
    : payload.card.elements.flatMap((element) => (element.tag === 'markdown' ? [element.content] : []));

describeChannel<FeishuBody>('feishu', {
  kind: feishu,
  start: () => startFeishuReceiver({ secret, now }),
  settings: (url) => ({ url, secret }),
  address: 'url',
  halfAnswered: 'retry',
  codes: {
    answers: feishuAnswers,
    say: (code) => ({ status: 200, body: JSON.stringify({ code: Number(code), data: {}, msg: 'no such luck' }) }),
  },
  answers: [
    [
      'the older spelling of success',
      { status: 200, body: '{"StatusCode":0,"StatusMessage":"success"}' },
      { kind: 'delivered' },
    ],
    [
      'the older spelling of a refusal',
      { status: 200, body: '{"StatusCode":9499,"StatusMessage":"Bad Request"}' },
      { kind: 'rejected', reason: 'HTTP 200: 9499 Bad Request' },
    ],
    [
      'a code that nobody documented is no success',
      { status: 200, body: '{"code":12345,"msg":"new"}' },
      { kind: 'retry', reason: 'HTTP 200: 12345 new' },
    ],
    ['a code without words', { status: 200, body: '{"code":12345}' }, { kind: 'retry', reason: 'HTTP 200: 12345' }],
    [
      'a known code counts under any status',
      { status: 400, body: '{"code":19001,"msg":"param invalid: incoming webhook access token invalid"}' },
      {
        kind: 'misconfigured',
        reason: 'HTTP 400: 19001 param invalid: incoming webhook access token invalid',
        ...(feishuAnswers['19001'] as { advice: string }),
      },
    ],
    [
      'throttled, with a time to wait',
      { status: 429, headers: { 'retry-after': '7' }, body: '{"code":11232,"msg":"frequency limited"}' },
      { kind: 'retry', reason: 'HTTP 429: 11232 frequency limited', retryAfterMs: 7000 },
    ],
    [
      'success in words alone is none',
      { status: 200, body: '{"msg":"success"}' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "code":0 it said: {"msg":"success"}', unsure: true },
    ],
    [
      'a zero that is a text is none',
      { status: 200, body: '{"code":"0","msg":"success"}' },
      { kind: 'retry', reason: 'HTTP 200: 0 success' },
    ],
    [
      'success under a server error is none, and may have been shown',
      { status: 502, body: '{"code":0,"msg":"success"}' },
      { kind: 'retry', reason: 'HTTP 502: 0 success', unsure: true },
    ],
    [
      '200 with a page of somebody else is not Feishu',
      { status: 200, body: '<html><title>Sign in</title></html>' },
      { kind: 'retry', reason: 'HTTP 200, but instead of "code":0 it said: Sign in', unsure: true },
    ],
    [
      '404: the address is wrong',
      { status: 404, body: 'nothing here' },
      { kind: 'misconfigured', reason: 'HTTP 404: nothing here', advice: newRobot },
    ],
    ['413: this message is wrong', { status: 413 }, { kind: 'rejected', reason: 'HTTP 413' }],
    ['503 did nothing', { status: 503 }, { kind: 'retry', reason: 'HTTP 503' }],
  ],
  check(rendered, message) {
    const payload = rendered as FeishuPayload;
    expect(feishuFaults(payload)).toEqual([]);
    const heading = /^\*\*(?:The component that failed|\d+ components failed|\d+ 个组件失败)\*\*$/;
    for (const markup of markupOf(payload)) expect(markup).toMatch(heading);
    expect(textsOf(payload)).toContain(`planwatch · ${message.id}`);
    if (Buffer.byteLength(JSON.stringify(message.text)) > 2000) return;
    // Where nothing needs to be cut, the reader gets every character.
    const shown = textsOf(payload).join('\n');
    for (const text of readable(message, payload.msg_type === 'post')) expect(shown).toContain(text);
  },
});

describe('the Feishu message', () => {
  const card = (message: Message) => feishuPayload(message, { plain: false });
  const called = (mention: string[]) => composeMessage({ id: 'a', events: [failedEvent], mention });

  test('is a card whose colour, title and first lines say what failed and why', () => {
    const payload = card(failed);
    expect(payload).toMatchObject({
      card: {
        header: { template: 'red', title: { content: '❌ Release failed: release-1zws2j · shop-prod' } },
        elements: [
          { tag: 'markdown', content: '**The component that failed**' },
          { tag: 'div', text: { tag: 'plain_text', content: '• cart: image pull failed' } },
          {
            tag: 'div',
            fields: [{ is_short: true, text: { content: 'Status: To release → … → Release failed' } }, {}, {}, {}],
          },
          { tag: 'action', actions: [{ url: 'https://console.huaweicloud.com/servicestage/?region=ap-southeast-3' }] },
          { tag: 'note', elements: [{ content: 'States in between were not seen.' }] },
          {
            tag: 'note',
            elements: [{ content: expect.stringMatching(/^Last run: .* · Created: .* · Seen: 2026-11-24/) }],
          },
          { tag: 'note', elements: [{ content: 'planwatch · shop-prod-000000000042-0' }] },
        ],
      },
    });
  });

  test.each([
    [['all'], ['<at id=all></at>'], ['all']],
    [['user:ou_0f35de', 'user:zhang3'], ['<at id=ou_0f35de></at><at id=zhang3></at>'], ['ou_0f35de', 'zhang3']],
    [['here'], [], []],
    [['user:a.b@c'], [], []],
    [['<at id=all></at>'], [], []],
  ])('%j is called as %j, in the plain form as %j', (mention, inCard, inPost) => {
    const message = called(mention);
    expect(feishuFaults(card(message))).toEqual([]);
    expect(markupOf(card(message)).filter((one) => one.startsWith('<'))).toEqual(inCard);
    const plain = feishuPayload(message, { plain: true });
    expect(feishuFaults(plain)).toEqual([]);
    expect(markupOf(plain)).toEqual(inPost);
    // Whoever cannot be called is at least named.
    for (const payload of inCard.length > 0 ? [] : [card(message), plain]) {
      expect(textsOf(payload).map((text) => text.trim())).toContain(mention[0]);
    }
  });

  test('in its plain form is a post with every line of the text', () => {
    const payload = feishuPayload(failed, { plain: true });
    expect(textsOf(payload)).toEqual([...failed.text.split('\n').slice(0, -1), `planwatch · ${failed.id}`]);
  });

  test('lists each of 40 failures, however long', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...failedEvent,
      plan: { ...failedEvent.plan, name: `plan-${index}-${'长'.repeat(300)}` },
      failures: [{ component: 'cart', reason: '"because" '.repeat(60) }],
    }));
    const message = composeMessage({ id: 'a.d40', events });
    for (const plain of [false, true]) {
      const payload = feishuPayload(message, { plain });
      expect(feishuFaults(payload)).toEqual([]);
      const shown = textsOf(payload).map((text) => text.trim());
      for (const index of Array(40).keys())
        expect(shown.filter((text) => text.startsWith(`❌ plan-${index}-`))).toHaveLength(1);
    }
  });

  test('shows a title too long for a header once more, whole', () => {
    const name = 'n'.repeat(600);
    const message = composeMessage({ id: 'a', events: [{ ...failedEvent, plan: { ...failedEvent.plan, name } }] });
    expect(textsOf(card(message))[0]).toMatch(/nnn…$/);
    expect(textsOf(card(message))[1]).toBe(`❌ ${message.title}`);
  });
});

describe('the Feishu signature', () => {
  // Made by Python's hmac from the recipe in the documents.
  const vector = {
    secret: 'demo-secret',
    timestamp: '1700000000',
    sign: 'mYHw2R2SOm8Rw/sne3lQdmz4sOfntKR+1P/8RKKTwmA=',
  };

  test('is the known one, in seconds', () => {
    const { timestamp, sign } = vector;
    expect(signed(vector.secret, new Date(1_700_000_000_999))).toEqual({ timestamp, sign });
    expect(feishuSign(vector.secret, timestamp)).toBe(sign);
  });

  test('is left out without a secret', async () => {
    const receiver = await startFeishuReceiver();
    const channel = feishu.create({ url: receiver.url }, { fetch, now });
    expect(await channel.send(failed, how())).toEqual({ kind: 'delivered' });
    expect((await receiver.next()).body).toEqual(JSON.parse(JSON.stringify(feishuPayload(failed, { plain: false }))));
    receiver.expectNothingMore();
    await receiver.close();
  });

  test.each([
    ['another secret', 'wrong-secret-of-a-bot', now],
    ['no secret', ' \n', now],
    ['a clock that is wrong by more than an hour', secret, () => new Date(Date.parse(seen) - 3_700_000)],
  ])('of %s is told as 19021, and what mends it', async (_what, given, clock) => {
    const receiver = await startFeishuReceiver({ secret, now });
    const outcome = await feishu
      .create({ url: receiver.url, secret: given }, { fetch, now: clock })
      .send(failed, how());
    await receiver.close();
    expect(outcome).toEqual({
      kind: 'misconfigured',
      reason: 'HTTP 200: 19021 sign match fail or timestamp is not within one hour from current time',
      advice: expect.stringMatching(/secret.*clock/),
    });
  });

  test('of a secret that a file ends with a line break is the same', async () => {
    const receiver = await startFeishuReceiver({ secret, now });
    const channel = feishu.create({ url: receiver.url, secret: `${secret}\n` }, { fetch, now });
    expect(await channel.send(failed, how())).toEqual({ kind: 'delivered' });
    await receiver.close();
  });
});

test.each(['/flow/api/trigger-webhook/s3cret', '/open-apis/bot/hook/s3cret'])(
  'an address that takes no message of ours (%s) is refused with the way out',
  async (path) => {
    const offline = async () => Promise.reject(new Error('nothing may be sent'));
    const channel = feishu.create({ url: `https://www.feishu.cn${path}` }, { fetch: offline, now });
    const outcome = await channel.send(failed, how());
    expect(outcome).toMatchObject({
      kind: 'misconfigured',
      reason: expect.stringMatching(/workflow/),
      advice: newRobot,
    });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
  },
);
