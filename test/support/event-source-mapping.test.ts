import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { startMapping } from './event-source-mapping.ts';
import { callSqs } from './sqs-call.ts';
import { type SqsServer, startSqsServer } from './sqs-server.ts';

let ms = 1_764_000_000_000;
let server: SqsServer;
beforeEach(async () => {
  server = await startSqsServer({ now: () => new Date(ms) });
});
afterEach(() => server.close());

const send = (...bodies: string[]) =>
  callSqs(server.url, 'SendMessageBatch', {
    QueueUrl: server.queueUrl,
    Entries: bodies.map((body, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageGroupId: 'g',
      MessageDeduplicationId: body,
    })),
  });

/** Invokes until nothing is due, and says what came and what is left. */
async function run(invoke: (event: SQSEvent) => Promise<unknown>, batchSize = 10) {
  const events: SQSEvent[] = [];
  const mapping = startMapping({
    endpoint: server.url,
    queueUrl: server.queueUrl,
    batchSize,
    invoke: (event) => {
      events.push(event);
      return invoke(event);
    },
  });
  await mapping.idle();
  await mapping.stop();
  return { events, left: server.depth().hidden };
}

test('the event is what Lambda would get', async () => {
  await send('a');
  const { events, left } = await run(async () => undefined);
  expect(events).toMatchObject([
    {
      Records: [
        {
          body: 'a',
          attributes: {
            MessageGroupId: 'g',
            ApproximateReceiveCount: '1',
            SentTimestamp: String(ms),
            SequenceNumber: '00000000000000000001',
          },
          messageAttributes: {},
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:planwatch.fifo',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ]);
  expect(left).toBe(0);
});

test('a batch is no larger than it was told', async () => {
  await send('a', 'b', 'c', 'd', 'e');
  const { events } = await run(async () => undefined, 2);
  expect(events.map(({ Records }) => Records.map(({ body }) => body))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

const third = (event: SQSEvent) => event.Records[2]?.messageId;

test.each<[string, (event: SQSEvent) => unknown, number]>([
  ['nothing deletes all', () => undefined, 0],
  ['null deletes all', () => null, 0],
  ['an empty object deletes all', () => ({}), 0],
  ['an empty list deletes all', () => ({ batchItemFailures: [] }), 0],
  ['null for a list deletes all', () => ({ batchItemFailures: null }), 0],
  ['one failure keeps that one', (event) => ({ batchItemFailures: [{ itemIdentifier: third(event) }] }), 1],
  ['text keeps all', () => 'done', 3],
  ['a list that is none keeps all', () => ({ batchItemFailures: 'x' }), 3],
  [
    'an unknown id keeps all',
    (event) => ({ batchItemFailures: [{ itemIdentifier: third(event) }, { itemIdentifier: 'x' }] }),
    3,
  ],
  ['an empty id keeps all', () => ({ batchItemFailures: [{ itemIdentifier: '' }] }), 3],
  ['a misspelt key keeps all', (event) => ({ batchItemFailures: [{ itemId: third(event) }] }), 3],
  [
    'an exception keeps all',
    () => {
      throw new Error('broken');
    },
    3,
  ],
])('an answer of %s', async (_rule, answer, kept) => {
  await send('a', 'b', 'c');
  expect((await run(async (event) => answer(event))).left).toBe(kept);
});

test('what was kept comes again when its visibility time is over', async () => {
  await send('a');
  await run(async (event) => ({
    batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
  }));
  expect((await run(async () => undefined)).events).toEqual([]);
  ms += 30_000;
  const { events, left } = await run(async () => undefined);
  expect(events[0]?.Records[0]?.attributes.ApproximateReceiveCount).toBe('2');
  expect(left).toBe(0);
});

test('idle waits for an invocation that is under way, and for what it sends', async () => {
  await send('a');
  const seen: string[] = [];
  await run(async (event) => {
    seen.push(...event.Records.map(({ body }) => body));
    if (seen.length === 1) await send('b');
  });
  expect(seen).toEqual(['a', 'b']);
});

test('a queue that is not there is told by idle', async () => {
  const mapping = startMapping({
    endpoint: server.url,
    queueUrl: `${server.url}/0/other.fifo`,
    invoke: async () => undefined,
  });
  await expect(mapping.idle()).rejects.toThrow('QueueDoesNotExist');
  await mapping.stop();
});
