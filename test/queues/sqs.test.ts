import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSqsQueue, type SqsSettings } from '../../lib/queues/sqs.ts';
import { callSqs, receiveSqs } from '../support/sqs-call.ts';
import { type SqsFault, type SqsServer, startSqsServer } from '../support/sqs-server.ts';
import { describeQueue, idOf, message, testClock, visibilityMs } from './queue-contract.ts';

const secrets = { accessKeyId: 'AKIDTEST', secretAccessKey: 'very-secret-key', sessionToken: 'very-secret-token' };
// The queue is named as on AWS, and reached at the endpoint.
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/123456789012/planwatch.fifo';

const queueAt = (endpoint: string, over: Partial<SqsSettings> = {}) =>
  createSqsQueue({
    queueUrl,
    region: 'eu-west-1',
    endpoint,
    credentials: async () => secrets,
    fetch,
    sleep: async () => undefined,
    random: () => 0.5,
    ...over,
  });

describeQueue(
  'sqs',
  async () => {
    const { now, advance } = testClock();
    const server = await startSqsServer({ visibilityMs, now });
    const { send, delay } = queueAt(server.url);
    return {
      advance,
      close: server.close,
      // The half that on AWS is the event source mapping's.
      queue: {
        send,
        delay,
        async receive(most) {
          const messages = await receiveSqs(server.url, queueUrl, { MaxNumberOfMessages: most });
          return messages.map(({ ReceiptHandle, Body }) => ({ handle: ReceiptHandle, body: Body }));
        },
        done: async (handle) =>
          void (await callSqs(server.url, 'DeleteMessage', { QueueUrl: queueUrl, ReceiptHandle: handle })),
        waiting: async () => ({ messages: server.depth().visible + server.depth().hidden }),
      },
    };
  },
  25,
);

let server: SqsServer;
beforeEach(async () => {
  server = await startSqsServer();
});
afterEach(() => server.close());

const stored = async () =>
  (await receiveSqs(server.url, queueUrl, { MaxNumberOfMessages: 10 })).map(({ Body }) => idOf({ body: Body }));
const batchSizes = () => server.received.map(({ input }) => [input['Entries']].flat().length);
const messagesOf = (count: number) => Array.from({ length: count }, (_, index) => message(`m${index}`));
/** Bodies of this many bytes. */
const sized = (id: string, bytes: number) => {
  const empty = Buffer.byteLength(JSON.stringify(message(id, 'releases', { run: '' })));
  return message(id, 'releases', { run: 'x'.repeat(bytes - empty) });
};
/** The first `times` requests meet this fault. */
const failing = (fault: SqsFault, times = Number.POSITIVE_INFINITY) => {
  let left = times;
  server.faults = () => (left-- > 0 ? fault : undefined);
};

describe('a request', () => {
  test('is signed for SQS in the region, token included, and no secret is in it', async () => {
    await queueAt(server.url).send([message('a')]);
    const [request] = server.received;
    expect(request?.headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
    expect(request?.headers['x-amz-security-token']).toBe('very-secret-token');
    expect(JSON.stringify(request)).not.toContain('very-secret-key');
  });

  test('names the queue as it was given, the destination as group, and who it is', async () => {
    await queueAt(server.url).send([message('a')]);
    expect(server.received[0]?.input).toEqual({
      QueueUrl: queueUrl,
      Entries: [
        {
          Id: '0',
          MessageBody: JSON.stringify(message('a')),
          MessageGroupId: 'releases',
          // sha256 of ["releases","a",""]
          MessageDeduplicationId: '5dac581d5cbd91a73cc258c639d0041446991260dbc2324f639c6741d7b20c4e',
        },
      ],
    });
  });

  test.each([
    ['eu-west-1', 'https://sqs.eu-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://sqs.cn-north-1.amazonaws.com.cn/'],
  ])("without an endpoint goes to the region's own: %s", async (region, url) => {
    const asked: string[] = [];
    const fetch = async (request: Request | string | URL) => {
      asked.push(request instanceof Request ? request.url : String(request));
      return Response.json({ Successful: [{ Id: '0' }] });
    };
    const { endpoint: _, ...settings } = { ...base(), region, fetch };
    await createSqsQueue(settings).send([message('a')]);
    expect(asked).toEqual([url]);
  });

  const base = (): SqsSettings => ({
    queueUrl,
    region: 'eu-west-1',
    endpoint: '',
    credentials: async () => secrets,
    fetch,
    sleep: async () => undefined,
    random: () => 0,
  });
});

describe('batches', () => {
  test.each([
    [0, []],
    [1, [1]],
    [10, [10]],
    [25, [10, 10, 5]],
  ])('%i messages go in batches of %j', async (count, sizes) => {
    await queueAt(server.url).send(messagesOf(count));
    expect(batchSizes()).toEqual(sizes);
  });

  test('a batch holds a million bytes at most, and a message of the largest size goes alone', async () => {
    const sizes = [400_000, 600_000, 1, 1_048_576, 400].map((bytes) => Math.max(bytes, 400));
    await queueAt(server.url).send(sizes.map((bytes, index) => sized(`m${index}`, bytes)));
    expect(batchSizes()).toEqual([2, 1, 1, 1]);
  });

  test('a message that SQS would not take is named, and nothing is sent', async () => {
    const sending = queueAt(server.url).send([message('a'), sized('too-long', 1_048_577)]);
    await expect(sending).rejects.toThrow('Delivery too-long has 1048577 bytes, and SQS takes at most 1048576');
    expect(server.received).toEqual([]);
  });

  test('the next batch begins only when the one before is accepted whole', async () => {
    let first = true;
    server.faults = () => {
      const fault: SqsFault | undefined = first
        ? { refuse: { 3: { Code: 'InternalError', SenderFault: false } } }
        : undefined;
      first = false;
      return fault;
    };
    await queueAt(server.url).send(messagesOf(12));
    expect(batchSizes()).toEqual([10, 1, 2]);
    expect(server.depth().visible).toBe(12);
  });
});

describe('a batch accepted in part', () => {
  const busy = { Code: 'InternalError', SenderFault: false };

  test('only what was refused is sent again, in order', async () => {
    failing({ refuse: { 1: busy, 3: busy } }, 1);
    await queueAt(server.url).send(messagesOf(5));
    const again = [server.received[1]?.input['Entries']].flat() as { MessageBody: string }[];
    expect(again.map(({ MessageBody }) => idOf({ body: MessageBody }))).toEqual(['m1', 'm3']);
    expect((await stored()).sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  test('refused three times, it is an error with the code, and what was accepted stays', async () => {
    failing({ refuse: { 1: busy } });
    const sending = queueAt(server.url).send(messagesOf(3));
    await expect(sending).rejects.toThrow(
      `SQS SendMessageBatch on ${queueUrl} failed: InternalError: 1 of the messages were not accepted; refused by the test`,
    );
    expect(batchSizes()).toEqual([3, 1, 1]);
    expect(await stored()).toEqual(['m0', 'm2']);
  });

  test("the sender's own fault is not tried again", async () => {
    failing({ refuse: { 0: { Code: 'InvalidMessageContents', SenderFault: true } } });
    await expect(queueAt(server.url).send(messagesOf(2))).rejects.toThrow('InvalidMessageContents');
    expect(server.received).toHaveLength(1);
  });

  test('an entry that the answer does not mention is not taken for accepted', async () => {
    failing({ status: 200, body: { Successful: [{ Id: '0' }] } }, 1);
    await queueAt(server.url).send(messagesOf(2));
    expect(batchSizes()).toEqual([2, 1]);
    expect(await stored()).toEqual(['m1']);
  });
});

describe('what may pass is tried three times', () => {
  test.each<[string, SqsFault]>([
    ['a server error', { status: 500, body: { __type: 'com.amazonaws.sqs#InternalError', message: 'oops' } }],
    ['a server error after it was done', { status: 503, body: '', done: true }],
    ['throttling with status 400', { status: 400, body: { __type: 'com.amazonaws.sqs#RequestThrottled' } }],
    ['too many requests', { status: 429, body: '' }],
    ['a connection lost before', 'drop-before'],
    ['a connection lost after', 'drop-after'],
    ['silence', 'hang'],
    ['an answer that is no JSON', { status: 200, body: '<html>' }],
    ['an answer that is a list', { status: 200, body: [] }],
    ['an empty answer', { status: 200, body: '' }],
  ])('%s', async (_what, fault) => {
    failing(fault, 2);
    await queueAt(server.url, { timeoutMs: 250 }).send([message('a'), message('b')]);
    expect(server.received).toHaveLength(3);
    expect(await stored()).toEqual(['a', 'b']);
  });

  test('and no more, with ever longer waits between', async () => {
    failing('drop-after');
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    await expect(queueAt(server.url, { sleep }).send([message('a')])).rejects.toThrow(/no answer/);
    expect(server.received).toHaveLength(3);
    expect(waits).toEqual([200, 400]);
  });

  test('a time-out says how long it waited', async () => {
    failing('hang');
    const sending = queueAt(server.url, { timeoutMs: 50 }).send([message('a')]);
    await expect(sending).rejects.toThrow('Timeout: no answer within 50 ms');
  });

  test('a server that is not there is named by its code', async () => {
    await server.close();
    await expect(queueAt(server.url).send([message('a')])).rejects.toThrow('ECONNREFUSED: no answer');
    server = await startSqsServer();
  });

  test('credentials are asked for anew each time', async () => {
    failing({ status: 500, body: '' }, 2);
    let asked = 0;
    const credentials = async () => ({ ...secrets, accessKeyId: `AKID${++asked}` });
    await queueAt(server.url, { credentials }).send([message('a')]);
    expect(server.received.map(({ headers }) => /AKID\d/.exec(String(headers['authorization']))?.[0])).toEqual([
      'AKID1',
      'AKID2',
      'AKID3',
    ]);
  });
});

describe('what stays wrong is told at once, with what to do', () => {
  test.each([
    ['AccessDenied', 'The role needs sqs:SendMessage on this queue.'],
    ['AccessDeniedException', 'The role needs sqs:SendMessage on this queue.'],
    ['KmsAccessDenied', "The role needs kms:GenerateDataKey and kms:Decrypt on the queue's key."],
    ['QueueDoesNotExist', 'Check PLANWATCH_QUEUE_URL and the region.'],
    ['ExpiredTokenException', 'Check the AWS credentials, and the clock of this machine.'],
    ['InvalidClientTokenId', 'Check the AWS credentials, and the clock of this machine.'],
  ])('%s', async (code, advice) => {
    failing({ status: 403, body: { __type: `com.amazonaws.sqs#${code}`, message: 'not so' } });
    const sending = queueAt(server.url).send([message('a')]);
    await expect(sending).rejects.toThrow(`SQS SendMessageBatch on ${queueUrl} failed: ${code}: not so. ${advice}`);
    expect(server.received).toHaveLength(1);
  });

  test('a redirect is not followed', async () => {
    failing({ status: 307, body: '', location: `${server.url}/elsewhere` }, 1);
    await expect(queueAt(server.url).send([message('a')])).rejects.toThrow('HTTP 307');
    expect(server.received).toHaveLength(1);
  });

  test.each(['over two\nlines', '令牌'])('a session token that no header takes is not shown: %j', async (token) => {
    const sending = queueAt(server.url, {
      credentials: async () => ({ ...secrets, sessionToken: `${secrets.sessionToken}${token}` }),
    }).send([message('a')]);
    await expect(sending).rejects.toThrow(/SendMessageBatch.*credentials cannot be used to sign/);
    await expect(sending).rejects.not.toThrow(secrets.sessionToken);
    expect(server.received).toEqual([]);
  });

  test('a refused signature does not bring the session token into the error', async () => {
    const message_ = `Does not match, very-secret-token.\n\nThe Canonical String should have been x-amz-security-token:very-secret-token`;
    failing({ status: 403, body: { __type: 'com.amazonaws.sqs#SignatureDoesNotMatch', message: message_ } });
    const error: unknown = await queueAt(server.url)
      .send([message('a')])
      .catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('SignatureDoesNotMatch: Does not match, ***.');
    expect(String(error)).not.toMatch(/very-secret|Canonical/);
  });
});

describe('delay', () => {
  const inHand = async () => {
    await queueAt(server.url).send([message('a')]);
    const [received] = await receiveSqs(server.url, queueUrl);
    server.received.length = 0;
    return received?.ReceiptHandle ?? '';
  };

  test.each([
    [0, 0],
    [0.1, 1],
    [-5, 0],
    [39_600, 39_600],
    [1e9, 43_200],
  ])('of %d s asks for %i', async (seconds, asked) => {
    server.faults = () => ({ status: 200, body: '' });
    await queueAt(server.url).delay('handle', seconds);
    expect(server.received[0]?.input).toEqual({
      QueueUrl: queueUrl,
      ReceiptHandle: 'handle',
      VisibilityTimeout: asked,
    });
  });

  test('is tried again when the answer is lost, and visible already is as good', async () => {
    const handle = await inHand();
    failing('drop-after', 1);
    await queueAt(server.url).delay(handle, 0);
    expect(server.received).toHaveLength(2);
    expect(await stored()).toEqual(['a']);
  });

  test('of a message that is visible by now is an error, unless it was to be visible', async () => {
    const handle = await inHand();
    await queueAt(server.url).delay(handle, 0);
    await expect(queueAt(server.url).delay(handle, 60)).rejects.toThrow('MessageNotInflight');
  });

  test('names the permission that it lacks', async () => {
    failing({ status: 400, body: { __type: 'com.amazonaws.sqs#AccessDenied', message: 'not so' } });
    const delaying = queueAt(server.url).delay('handle', 5);
    await expect(delaying).rejects.toThrow('The role needs sqs:ChangeMessageVisibility on this queue.');
  });
});
