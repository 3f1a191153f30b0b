import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { SQSEvent } from 'aws-lambda';
import type { SamplePlan } from '../handlers/local/sample/story.ts';
import { planEvent } from '../lib/core/event.ts';
import { type Lambda, startLambda } from '../test/support/lambda.ts';
import { callSqs, receiveSqs } from '../test/support/sqs-call.ts';
import { startSqsServer } from '../test/support/sqs-server.ts';
import { cpuMs } from './process.ts';
import { listOf, type Seen, startChat, startList, startStore } from './servers.ts';

/**
 * As the cloud lists them: fifteen a day, each run at once. Random ids, as real ones are: patterned ones would compress
 * and hash too well.
 */
export const samplePlans = (count: number): SamplePlan[] =>
  Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    name: `release-${index}`,
    action: 'upgrade',
    status: 'SUCCESS',
    creator: 'wzh',
    create_time: 1_711_952_860_132 - index * 5_760_123,
    execute_time: 1_711_952_900_000 - index * 5_760_123,
  }));

/** Another status for the first `changes` of them; no failure, which would ask the cloud for its reason as well. */
export const changed = (plans: readonly SamplePlan[], changes: number, turn: number): Buffer =>
  listOf(plans.map((plan, index) => (index < changes ? { ...plan, status: turn % 2 ? 'ABORTED' : 'CREATED' } : plan)));

export type Bundle = 'poll' | 'deliver' | 'backfill';

export type Scene = Awaited<ReturnType<typeof createScene>>;

/**
 * The built bundles in the real runtime client, each in a process of its own, and around them servers in this process
 * that answer at once. `onPost`: as the chat's. `now`: the clock of the
 * queue, and of a function that is given CLOCK_OFFSET_FILE.
 */
export async function createScene({
  plans = [],
  onPost,
  now = () => new Date(),
}: {
  readonly plans?: readonly SamplePlan[];
  readonly onPost?: () => number | undefined;
  readonly now?: () => Date;
} = {}) {
  const [store, list, chat] = await Promise.all([startStore(), startList(plans), startChat(onPost)]);
  const sqs = await startSqsServer({ visibilityMs: 720_000, now });
  const sandboxes: Lambda[] = [];
  const env = {
    PLANWATCH_BUCKET: 'bench',
    PLANWATCH_QUEUE_URL: sqs.queueUrl,
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    SERVICESTAGE_REGION: 'ap-southeast-3',
    SERVICESTAGE_PROJECT_ID: '0123456789abcdef0123456789abcdef',
    SERVICESTAGE_ENDPOINT: list.url,
    HUAWEICLOUD_SDK_AK: 'bench',
    HUAWEICLOUD_SDK_SK: 'bench',
    WEBHOOK_URL: `${chat.url}/hook`,
  };
  const start = async (bundle: string, more: Partial<Parameters<typeof startLambda>[0]>): Promise<Lambda> => {
    const sandbox = await startLambda({ bundle, ...more, env: { ...env, ...more.env }, timeoutMs: 300_000, now });
    sandboxes.push(sandbox);
    return sandbox;
  };
  const servers = [store, list, chat];
  /** Everything that was asked of any server since the last call, in order; what SQS was asked last. */
  const takeSeen = (): Seen[] => [
    ...servers.flatMap((server) => server.seen.splice(0)),
    ...sqs.received.splice(0).map(({ input }) => ({
      method: 'POST',
      url: `${sqs.url}/`,
      body: Buffer.from(JSON.stringify(input)),
      status: 200,
      bytes: 0,
    })),
  ];

  return {
    store,
    list,
    chat,
    sqs,
    takeSeen,
    launch: (bundle: Bundle, more: { readonly folder?: string; readonly env?: Record<string, string> } = {}) =>
      start(bundle, more),
    /** A floor or a peer: a plain module beside the measurements. */
    launchModule: (name: string, { folder = 'floor', env: more = {} } = {}) =>
      start(name, {
        folder: fileURLToPath(new URL(folder, import.meta.url)),
        env: {
          CHAT_URL: `${chat.url}/hook`,
          STATE_URL: `${store.url}/bench/state`,
          LIST_URL: `${list.url}/list`,
          ...more,
        },
      }),
    /** The oldest batch in the queue, as Lambda would hand it over; undefined: nothing is due. */
    async nextBatch(): Promise<SQSEvent | undefined> {
      const messages = await receiveSqs(sqs.url, sqs.queueUrl, { MaxNumberOfMessages: 10 });
      return messages.length === 0
        ? undefined
        : eventOf(messages.map(({ ReceiptHandle, Body }) => [ReceiptHandle, Body]));
    },
    /** Takes a batch out of the queue. */
    async done({ Records }: SQSEvent): Promise<void> {
      const Entries = Records.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
      await callSqs(sqs.url, 'DeleteMessageBatch', { QueueUrl: sqs.queueUrl, Entries });
    },
    async close(): Promise<void> {
      for (const sandbox of sandboxes) await sandbox.stop();
      for (const server of [...servers, sqs]) await server.close();
    },
  };
}

/** Throws where it did not return. */
export async function invoke(sandbox: Lambda, event: unknown): Promise<unknown> {
  const how = await sandbox.invoke(event);
  if (how.kind !== 'result') throw new Error(`the bench's own invocation failed: ${JSON.stringify(how)}`);
  return how.value;
}

export type Cost = { readonly cpu: number; readonly wall: number };

/** CPU of the sandbox and time that passed, in ms, for what is done meanwhile. */
export async function measure(sandbox: Lambda, work: () => Promise<unknown>): Promise<Cost> {
  const pid = await sandbox.ready();
  const [cpu, began] = [cpuMs(pid), performance.now()];
  await work();
  const wall = performance.now() - began;
  // What a runtime does after it has answered belongs to the invocation as well.
  await sandbox.ready();
  return { cpu: cpuMs(pid) - cpu, wall };
}

/** What `replay.mjs` takes, made of what was seen. `aws`, `parse` and `digest` belong to the floor that stands for a client. */
export function replayOf(seen: readonly Seen[], { store, sqs, list }: Scene, { parse = false, digest = false } = {}) {
  return seen.map(({ method, url, body }) => {
    const aws = url.startsWith(store.url) ? 's3' : url.startsWith(sqs.url) ? 'sqs' : undefined;
    const isList = url.startsWith(list.url);
    return {
      method,
      url: method === 'PUT' ? `${store.url}/bench/floor` : url,
      ...(body.length > 0 && { text: body.toString() }),
      ...(aws && { aws }),
      ...(isList && { parse, digest }),
    };
  });
}

/** A batch of messages never seen before, one for each of `destinations`, as the event source mapping hands it over. */
export const batchFor = (destinations: readonly string[]): SQSEvent =>
  eventOf(destinations.map((destination) => [randomUUID(), messageFor(destination)]));

function messageFor(destination: string): string {
  const plan = {
    id: randomUUID(),
    name: 'release-1zws2j',
    action: 'upgrade',
    status: 'FAILED',
    class: 'bad',
    creator: 'wzh',
    createdAt: '2026-11-24T01:00:00.000Z',
  } as const;
  const at = new Date().toISOString();
  const place = { source: 'bench', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
  const event = planEvent({ type: 'plan.status', plan, from: 'CREATED' }, `bench-${plan.id}-0`, at, place);
  return JSON.stringify({ v: 1, id: event.id, destination, events: [event], queuedAt: at });
}

const eventOf = (messages: readonly (readonly [handle: string, body: string])[]): SQSEvent => ({
  Records: messages.map(([handle, body]) => ({
    messageId: handle,
    receiptHandle: handle,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:planwatch.fifo',
    awsRegion: 'us-east-1',
  })),
});
