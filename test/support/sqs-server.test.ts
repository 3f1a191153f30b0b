import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startFauxqs } from 'fauxqs';
import { callSqs, receiveSqs } from './sqs-call.ts';
import { startSqsServer } from './sqs-server.ts';

type Opened = { readonly url: string; readonly queueUrl: string; close(): Promise<void> };

const ours = (options?: Parameters<typeof startSqsServer>[0]): Promise<Opened> => startSqsServer(options);

async function fauxqs(): Promise<Opened> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  server.createQueue('planwatch.fifo', { attributes: { FifoQueue: 'true', VisibilityTimeout: '30' } });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, queueUrl: `${url}/000000000000/planwatch.fifo`, close: () => server.stop() };
}

const entry = (id: string, group = 'g', over: object = {}) => ({
  Id: id,
  MessageBody: `body ${id}`,
  MessageGroupId: group,
  MessageDeduplicationId: `dedup ${id}`.replace(' ', '-'),
  ...over,
});

/** What both must answer alike, so that ours is no easier than an SQS that others test against. */
describe.each([
  ['ours', ours],
  ['fauxqs', fauxqs],
])('an SQS FIFO queue, %s', (_name, open) => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  const call = (action: string, input: object = {}) =>
    callSqs(opened.url, action, { QueueUrl: opened.queueUrl, ...input });
  const send = async (...Entries: object[]) => (await call('SendMessageBatch', { Entries })).body;
  const receive = (over: object = {}) => receiveSqs(opened.url, opened.queueUrl, { MaxNumberOfMessages: 1, ...over });
  const codeOf = async (action: string, input: object) => {
    const { status, body } = await call(action, input);
    return [status, String(body['__type']).replace(/^.*#/, '')];
  };

  test('answers a batch with id, sequence number and digest of each', async () => {
    const { Successful } = await send(entry('a'), entry('b'));
    expect(Successful).toEqual(
      ['a', 'b'].map((id) =>
        expect.objectContaining({
          Id: id,
          MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          MD5OfMessageBody: createHash('md5').update(`body ${id}`).digest('hex'),
          SequenceNumber: expect.stringMatching(/^\d{20}$/),
        }),
      ),
    );
  });

  test('tells of a received message what Lambda passes on', async () => {
    await send(entry('a'));
    const [message] = await receive();
    expect(message).toMatchObject({
      Body: 'body a',
      MD5OfBody: createHash('md5').update('body a').digest('hex'),
      Attributes: {
        ApproximateReceiveCount: '1',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'dedup-a',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        SequenceNumber: expect.stringMatching(/^\d{20}$/),
        SenderId: expect.any(String),
      },
    });
  });

  test('locks a group while one of it is in flight, and only that group', async () => {
    await send(entry('a'), entry('b'), entry('c', 'other'));
    expect((await receive())[0]?.Body).toBe('body a');
    expect((await receive())[0]?.Body).toBe('body c');
    expect(await receive()).toEqual([]);
  });

  test('goes on in order after a delete', async () => {
    await send(entry('a'), entry('b'));
    const [a] = await receive();
    await call('DeleteMessage', { ReceiptHandle: a?.ReceiptHandle });
    expect((await receive())[0]?.Body).toBe('body b');
  });

  test('deletes a batch', async () => {
    await send(entry('a'), entry('b', 'other'));
    const both = [...(await receive()), ...(await receive())];
    const Entries = both.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const { body } = await call('DeleteMessageBatch', { Entries });
    expect(body['Successful']).toEqual([{ Id: '0' }, { Id: '1' }]);
    const { body: after } = await call('GetQueueAttributes', { AttributeNames: ['All'] });
    expect(after['Attributes']).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  test('hands a message out again, before what is behind it, once it is made visible, and counts', async () => {
    await send(entry('a'), entry('b'));
    const [a] = await receive();
    await call('ChangeMessageVisibility', { ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: 0 });
    const [again] = await receive();
    expect([again?.Body, again?.Attributes?.['ApproximateReceiveCount']]).toEqual(['body a', '2']);
  });

  test('hides a message for as long as the receive says', async () => {
    await send(entry('a'));
    await receive({ VisibilityTimeout: 0 });
    expect(await receive()).toHaveLength(1);
  });

  test.each([false, true])('takes a copy for the same message (the first is deleted: %s)', async (deleted) => {
    const before = (await send(entry('a')))['Successful'];
    if (deleted) await call('DeleteMessage', { ReceiptHandle: (await receive())[0]?.ReceiptHandle });
    const after = (await send(entry('a')))['Successful'];
    const pick = (answer: unknown) =>
      (answer as { MessageId: string; SequenceNumber: string }[]).map((one) => [one.MessageId, one.SequenceNumber]);
    expect(pick(after)).toEqual(pick(before));
    expect(await receive()).toHaveLength(deleted ? 0 : 1);
  });

  test('a long poll ends when a message comes', async () => {
    const polling = receive({ WaitTimeSeconds: 15 });
    await send(entry('a'));
    expect((await polling)[0]?.Body).toBe('body a');
  });

  test('refuses what is wrong with one entry, and takes the others', async () => {
    const answer = await send(entry('a'), entry('b', 'g', { MessageBody: 'bad \uFFFF' }));
    expect(answer['Successful']).toMatchObject([{ Id: 'a' }]);
    expect(answer['Failed']).toMatchObject([{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }]);
  });

  test('takes a message of 1 MiB, and not one byte more', async () => {
    const code = (bytes: number) =>
      codeOf('SendMessage', entry(String(bytes), 'g', { MessageBody: 'x'.repeat(bytes) }));
    expect(await code(1_048_576)).toEqual([200, 'undefined']);
    expect(await code(1_048_577)).toEqual([400, 'InvalidParameterValue']);
  });

  test.each([
    ['no entry', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, (_, index) => entry(String(index))), 'TooManyEntriesInBatchRequest'],
    ['two of the same id', [entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
    [
      'too many bytes',
      ['a', 'b'].map((id) => entry(id, 'g', { MessageBody: 'x'.repeat(600_000) })),
      'BatchRequestTooLong',
    ],
  ])('refuses a batch with %s', async (_what, Entries, code) => {
    const [status, said] = await codeOf('SendMessageBatch', { Entries });
    expect(status).toBe(400);
    expect(said).toContain(code);
  });

  test('does not know another queue', async () => {
    const [status, code] = await codeOf('ReceiveMessage', { QueueUrl: `${opened.url}/000000000000/other.fifo` });
    expect([status, code]).toEqual([400, expect.stringContaining('QueueDoesNotExist')]);
  });
});

/** Where fauxqs is easier than AWS, or cannot be told what to do. */
describe('ours alone', () => {
  const opened: Opened[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });
  const start = async (options: Parameters<typeof startSqsServer>[0] = {}) => {
    let ms = 1_764_000_000_000;
    const server = await startSqsServer({ now: () => new Date(ms), ...options });
    opened.push(server);
    const call = (action: string, input: object) =>
      callSqs(server.url, action, { QueueUrl: server.queueUrl, ...input });
    return {
      server,
      call,
      advance: (by: number) => {
        ms += by;
      },
      send: (...Entries: object[]) => call('SendMessageBatch', { Entries }),
      receive: (most = 10) => receiveSqs(server.url, server.queueUrl, { MaxNumberOfMessages: most }),
    };
  };

  test('hands out as many of one group as it may before the next, in order', async () => {
    const { send, receive } = await start();
    await send(entry('a', 'x'), entry('b', 'y'), entry('c', 'x'));
    expect((await receive()).map(({ Body }) => Body)).toEqual(['body a', 'body c', 'body b']);
  });

  test('refuses an expired receipt, and one that was replaced', async () => {
    const { server, send, receive, call, advance } = await start();
    await send(entry('a'));
    const [early] = await receive();
    advance(30_000);
    const deleting = async (handle = '') => (await call('DeleteMessage', { ReceiptHandle: handle })).body['message'];
    expect(await deleting(early?.ReceiptHandle)).toContain('The receipt handle has expired');
    await receive();
    expect(await deleting(early?.ReceiptHandle)).toContain('The receipt handle has expired');
    expect(await deleting('nonsense')).toBe('The input receipt handle is invalid.');
    expect(server.depth()).toEqual({ visible: 0, hidden: 1 });
  });

  test('hides nothing for more than 12 hours from its receive', async () => {
    const { send, receive, call, advance } = await start();
    await send(entry('a'));
    const [a] = await receive();
    advance(1_000);
    const change = (seconds: number) =>
      call('ChangeMessageVisibility', { ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: seconds });
    expect((await change(43_200)).body['message']).toContain('beyond the limit');
    expect((await change(43_199)).status).toBe(200);
  });

  test('moves what was received too often to the dead letters, and goes on', async () => {
    const { server, send, receive, advance } = await start({ maxReceiveCount: 2 });
    await send(entry('a'), entry('b'));
    for (let round = 0; round < 2; round++) {
      await receive(1);
      advance(30_000);
    }
    expect((await receive(1)).map(({ Body }) => Body)).toEqual(['body b']);
    expect(server.deadLetters).toEqual(['body a']);
  });

  test('forgets a copy after five minutes', async () => {
    const { server, send, advance } = await start();
    await send(entry('a'));
    advance(300_000);
    await send(entry('a'));
    expect(server.depth().visible).toBe(2);
  });

  test('a faulty answer can come before or after the deed', async () => {
    const { server, send } = await start();
    server.faults = () => ({ status: 500, body: '' });
    expect((await send(entry('a'))).status).toBe(500);
    expect(server.depth().visible).toBe(0);
    server.faults = () => ({ status: 500, body: '', done: true });
    expect((await send(entry('a'))).status).toBe(500);
    expect(server.depth().visible).toBe(1);
    server.faults = () => 'drop-before';
    await expect(send(entry('b'))).rejects.toThrow('fetch failed');
    expect(server.depth().visible).toBe(1);
    server.faults = () => 'drop-after';
    await expect(send(entry('b'))).rejects.toThrow('fetch failed');
    expect(server.depth().visible).toBe(2);
  });

  test('a poller that hangs up while it waits takes nothing with it', async () => {
    const { server, send, receive } = await start();
    const input = { QueueUrl: server.queueUrl, WaitTimeSeconds: 20 };
    const headers = { 'x-amz-target': 'AmazonSQS.ReceiveMessage' };
    const abort = new AbortController();
    const polling = fetch(server.url, { method: 'POST', headers, body: JSON.stringify(input), signal: abort.signal });
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    await expect(polling).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await send(entry('a'));
    expect(await receive()).toHaveLength(1);
  });
});
