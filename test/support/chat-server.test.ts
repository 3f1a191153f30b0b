import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Receiver, type SlackBody, startSlackReceiver } from './chat-server.ts';

let receiver: Receiver<SlackBody>;
beforeEach(async () => {
  receiver = await startSlackReceiver();
});
afterEach(async () => receiver.close());

const post = (body: unknown) =>
  fetch(receiver.url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

test('messages are handed out in order, and one that nobody took is unexpected', async () => {
  await post({ text: 'one' });
  await post({ text: 'two' });
  expect((await receiver.next()).body.text).toBe('one');
  expect(() => receiver.expectNothingMore()).toThrow('unexpected message: {"text":"two"}');
  await receiver.next();
  receiver.expectNothingMore();
  await expect(receiver.next(20)).rejects.toThrow('no message 3 came');
});

test.each([
  ['no text', {}],
  ['half a mention', { text: 'a < b' }],
  ['an unknown block', { text: 'a', blocks: [{ type: 'table' }] }],
  ['a long header', { text: 'a', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'a'.repeat(151) } }] }],
  [
    'too many blocks',
    { text: 'a', blocks: Array(51).fill({ type: 'section', text: { type: 'plain_text', text: 'a' } }) },
  ],
  [
    'too much text',
    { text: 'a', blocks: Array(5).fill({ type: 'section', text: { type: 'plain_text', text: 'a'.repeat(3000) } }) },
  ],
  ['names that become links', { text: 'a', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '@here' } }] }],
  [
    'a token in plain text',
    { text: 'a', blocks: [{ type: 'section', text: { type: 'plain_text', text: '<!here>' } }] },
  ],
])('%s is refused, as Slack would, and fails the test', async (_what, payload) => {
  expect((await post(payload)).status).toBe(400);
  expect(receiver.messages).toEqual([]);
  expect(() => receiver.expectNothingMore()).toThrow('faulty request');
});

test('an answer that no request came for fails the test', () => {
  receiver.script({ status: 500 });
  expect(() => receiver.expectNothingMore()).toThrow('no request came for the answer');
});

test('a lost answer has shown the message, a reset has not', async () => {
  receiver.script('lost', 'reset');
  await expect(post({ text: 'one' })).rejects.toThrow();
  await expect(post({ text: 'two' })).rejects.toThrow();
  expect((await receiver.next()).body.text).toBe('one');
  receiver.expectNothingMore();
});
