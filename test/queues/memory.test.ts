import { expect, test } from '@jest/globals';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { describeQueue, idOf, message, testClock, visibilityMs } from './queue-contract.ts';

const open = () => {
  const { now, advance } = testClock();
  return { queue: createMemoryQueue({ now, visibilityMs }), advance };
};

describeQueue('memory', async () => ({ ...open(), close: async () => undefined }), 500);

test('it says how many there are and when the first hidden one is due', async () => {
  const { queue } = open();
  await queue.send([message('a', 'one'), message('b', 'two'), message('c', 'three')]);
  const [a, b] = await queue.receive(2);
  await queue.delay(a?.handle ?? '', 300);
  await queue.delay(b?.handle ?? '', 5);
  expect(await queue.waiting()).toEqual({ messages: 3, nextDueAt: Date.parse('2026-11-24T03:00:05.000Z') });
});

test('with nothing hidden there is no due time', async () => {
  const { queue } = open();
  await queue.send([message('a')]);
  expect(await queue.waiting()).toEqual({ messages: 1 });
});

test('oldest first, whatever the group', async () => {
  const { queue } = open();
  await queue.send([message('a', 'one'), message('b', 'two'), message('c', 'one')]);
  expect((await queue.receive(10)).map(idOf)).toEqual(['a', 'b', 'c']);
});

test('as on SQS, a copy is taken again when the window is over, even while the first still waits', async () => {
  const { queue, advance } = open();
  await queue.send([message('a')]);
  advance(300_000);
  await queue.send([message('a')]);
  expect((await queue.waiting()).messages).toBe(2);
});

test('a clock set back does not stretch the deduplication window', async () => {
  const { queue, advance } = open();
  await queue.send([message('a')]);
  advance(-86_400_000);
  await queue.send([message('a')]);
  expect((await queue.waiting()).messages).toBe(2);
});

test('a late handle settles its message as long as nobody else was handed it', async () => {
  const { queue, advance } = open();
  await queue.send([message('a')]);
  const [a] = await queue.receive(1);
  advance(visibilityMs);
  await queue.done(a?.handle ?? '');
  expect((await queue.waiting()).messages).toBe(0);
});

test('a clock set back makes nothing wait longer than it was told to', async () => {
  const { queue, advance } = open();
  await queue.send([message('a')]);
  const [a] = await queue.receive(1);
  await queue.delay(a?.handle ?? '', 300);
  advance(-365 * 86_400_000);
  expect(await queue.receive(1)).toEqual([]);
  advance(300_000);
  expect((await queue.receive(1)).map(idOf)).toEqual(['a']);
});

test('a delay is never longer than the 12 hours that SQS allows', async () => {
  const { queue, advance } = open();
  await queue.send([message('a')]);
  const [a] = await queue.receive(1);
  await queue.delay(a?.handle ?? '', Number.POSITIVE_INFINITY);
  advance(43_200_000);
  expect((await queue.receive(1)).map(idOf)).toEqual(['a']);
});
