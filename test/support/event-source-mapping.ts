import { setTimeout as pause } from 'node:timers/promises';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { isRecord } from '../../lib/core/plan.ts';
import { callSqs, type ReceivedMessage, receiveSqs } from './sqs-call.ts';

type Mapping = {
  /** After the invocation that is under way. */
  stop(): Promise<void>;
  /** Resolves once nothing is due any more: a look that began after the call found nothing. Rejects with what broke the mapping. */
  idle(): Promise<void>;
};

/** What Lambda does between an SQS queue and a function: receives, invokes, and deletes what the function did not name as failed. */
export function startMapping({
  endpoint,
  queueUrl,
  invoke,
  batchSize = 10,
  region = 'us-east-1',
  by,
}: {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** What it answers is judged as AWS judges an `SQSBatchResponse`; one that throws keeps every message. */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  readonly batchSize?: number;
  readonly region?: string;
  /** Whose role it works with: the function's. */
  readonly by?: string;
}): Mapping {
  const [account, name] = new URL(queueUrl).pathname.split('/').slice(-2);
  const arn = `arn:aws:sqs:${region}:${account}:${name}`;
  let stopped = false;
  let broken: unknown;
  let waiters: PromiseWithResolvers<void>[] = [];

  async function once(): Promise<void> {
    const asked = waiters;
    waiters = [];
    // Put back unless this very look finds nothing: it is the first that began after they asked.
    const messages = await receiveSqs(endpoint, queueUrl, { MaxNumberOfMessages: batchSize }, by).catch(
      (error: unknown) => {
        waiters = [...asked, ...waiters];
        throw error;
      },
    );
    if (messages.length === 0) {
      for (const { resolve } of asked) resolve();
      return void (await pause(5));
    }
    waiters = [...asked, ...waiters];
    const records = messages.map((message) => recordOf(message, arn, region));
    const kept = new Set(await keptAfter(records, invoke));
    const done = records.filter(({ messageId }) => !kept.has(messageId));
    if (done.length === 0) return;
    const Entries = done.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
    await callSqs(endpoint, 'DeleteMessageBatch', { QueueUrl: queueUrl, Entries }, by);
  }

  const loop = (async () => {
    while (!stopped) await once();
  })().catch((error: unknown) => {
    broken = error;
  });
  const ended = loop.then(() => {
    for (const { resolve, reject } of waiters) broken === undefined ? resolve() : reject(broken);
  });

  return {
    async stop() {
      stopped = true;
      await ended;
    },
    idle() {
      if (broken !== undefined) return Promise.reject(broken);
      if (stopped) return Promise.resolve();
      const waiter = Promise.withResolvers<void>();
      waiters.push(waiter);
      return waiter.promise;
    },
  };
}

async function keptAfter(
  records: readonly SQSRecord[],
  invoke: (event: SQSEvent) => Promise<unknown>,
): Promise<string[]> {
  try {
    return failuresOf(records, await invoke({ Records: [...records] }));
  } catch {
    return records.map(({ messageId }) => messageId);
  }
}

/**
 * Which message ids stay in the queue. Nothing, null and an empty list mean that all is done; anything malformed, that
 * nothing is. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failuresOf(records: readonly SQSRecord[], answer: unknown): string[] {
  const all = records.map(({ messageId }) => messageId);
  if (answer === undefined || answer === null) return [];
  if (!isRecord(answer)) return all;
  const failures = answer['batchItemFailures'];
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return all;
  const ids = failures.map((one: unknown) => (isRecord(one) ? one['itemIdentifier'] : undefined));
  const known = ids.filter((id): id is string => typeof id === 'string' && all.includes(id));
  return known.length === ids.length ? known : all;
}

function recordOf(message: ReceivedMessage, arn: string, region: string): SQSRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: region,
  };
}
