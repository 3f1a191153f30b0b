import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { startSampleCloud } from '../../handlers/local/sample/cloud.ts';
import type { SampleDeployInfo, SamplePlan } from '../../handlers/local/sample/story.ts';
import type { PollSummary } from '../../lib/flow/poll.ts';
import { startSlackReceiver, startWebhookReceiver } from './chat-server.ts';
import { startMapping } from './event-source-mapping.ts';
import { type Invocation, type Lambda, startLambda } from './lambda.ts';
import { startS3Server } from './s3-server.ts';
import { startSecretServer } from './secret-server.ts';
import { startSqsServer } from './sqs-server.ts';

/** The published example of Standard Webhooks, not a secret of anybody's. */
const webhookSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export type Deployment = Awaited<ReturnType<typeof deploy>>;

type ServerName = 'cloud' | 's3' | 'sqs' | 'slack' | 'webhook';

export type DeploymentOptions = {
  /** The address that the `nth` launched function is given for a server, such as that of a gate in front of it. */
  readonly address?: (server: ServerName, url: string, nth: number) => Promise<string>;
  /** Told how each invocation of deliver ended. */
  readonly onDeliver?: (batch: SQSEvent, how: Invocation) => void;
  /** The environment holds no secret but says where each is kept, as on AWS; they are fetched from there. */
  readonly references?: boolean;
  /** An S3 elsewhere, that checks signatures: every call then carries its credentials. */
  readonly store?: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  /** Of each function; default a minute. */
  readonly timeoutMs?: number;
};

/** planwatch as it runs on AWS: the three built bundles in the real runtime client, and real HTTP servers around them. */
export async function deploy({
  address = async (_server, url) => url,
  onDeliver,
  references = false,
  store,
  timeoutMs,
}: DeploymentOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-deployment-'));
  const clockFile = join(folder, 'clock');
  let offset = 0;
  // Renamed into place: a function that reads the time just now must not find the file empty.
  const setClock = () => {
    writeFileSync(`${clockFile}.new`, String(offset));
    renameSync(`${clockFile}.new`, clockFile);
  };
  setClock();
  const now = () => new Date(Date.now() + offset);

  const cloud = await startSampleCloud({ now });
  cloud.setPlans([]);
  const [s3, sqs] = await Promise.all([startS3Server(), startSqsServer({ now, visibilityMs: 720_000 })]);
  const [slack, webhook] = await Promise.all([startSlackReceiver(), startWebhookReceiver({ secret: webhookSecret })]);
  const secretsServer = await startSecretServer({
    '/planwatch/ak': cloud.accessKey,
    '/planwatch/sk': cloud.secretKey,
    '/planwatch/slack': slack.url,
    '/planwatch/webhook': webhook.url,
    'planwatch/oncall': JSON.stringify({ signing: webhookSecret }),
  });
  /** What an operator sets. */
  const configuration = async (nth: number) => ({
    SERVICESTAGE_REGION: 'ap-southeast-3',
    SERVICESTAGE_PROJECT_ID: cloud.projectId,
    SERVICESTAGE_ENDPOINT: await address('cloud', cloud.url, nth),
    ...(references
      ? {
          HUAWEICLOUD_SDK_AK: 'ssm:/planwatch/ak',
          HUAWEICLOUD_SDK_SK: 'ssm:/planwatch/sk',
          SLACK_WEBHOOK_URL: 'ssm:/planwatch/slack',
          WEBHOOK_URL: 'ssm:/planwatch/webhook',
          WEBHOOK_SECRET: 'secretsmanager:planwatch/oncall#signing',
        }
      : {
          HUAWEICLOUD_SDK_AK: cloud.accessKey,
          HUAWEICLOUD_SDK_SK: cloud.secretKey,
          SLACK_WEBHOOK_URL: await address('slack', slack.url, nth),
          WEBHOOK_URL: await address('webhook', webhook.url, nth),
          WEBHOOK_SECRET: webhookSecret,
        }),
  });
  const prefix = 'e2e';
  const envOf = async (nth: number) => ({
    CLOCK_OFFSET_FILE: clockFile,
    PLANWATCH_BUCKET: store?.bucket ?? s3.bucket,
    PLANWATCH_PREFIX: prefix,
    PLANWATCH_QUEUE_URL: sqs.queueUrl,
    AWS_ENDPOINT_URL_S3: store?.endpoint ?? (await address('s3', s3.endpoint, nth)),
    AWS_ENDPOINT_URL_SQS: await address('sqs', sqs.url, nth),
    AWS_ENDPOINT_URL_SSM: secretsServer.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsServer.url,
    ...(store && { AWS_ACCESS_KEY_ID: store.accessKeyId, AWS_SECRET_ACCESS_KEY: store.secretAccessKey }),
    ...(await configuration(nth)),
  });
  /** Each of these would open a door. */
  const secrets = [
    cloud.accessKey,
    cloud.secretKey,
    new URL(slack.url).pathname,
    new URL(webhook.url).pathname,
    webhookSecret,
  ];
  const functions: Lambda[] = [];
  const launch = async (
    bundle: 'poll' | 'deliver' | 'backfill',
    options: { readonly timeoutMs?: number; readonly folder?: string } = timeoutMs === undefined ? {} : { timeoutMs },
  ) => {
    const started = await startLambda({
      bundle,
      env: await envOf(functions.length),
      now,
      ...options,
    });
    functions.push(started);
    return started;
  };
  const [poller, deliverer, backfiller] = [await launch('poll'), await launch('deliver'), await launch('backfill')];
  const mapping = startMapping({
    endpoint: sqs.url,
    queueUrl: sqs.queueUrl,
    by: 'deliver',
    async invoke(event) {
      const how = await deliverer.invoke(event);
      onDeliver?.(event, how);
      if (how.kind !== 'result') throw new Error(`deliver: ${JSON.stringify(how)}`);
      return how.value;
    },
  });

  return {
    cloud,
    prefix,
    configuration: () => configuration(0),
    s3,
    sqs,
    secretsServer,
    slack,
    webhook,
    poller,
    deliverer,
    backfiller,
    launch,
    setPlans: (plans: readonly SamplePlan[], infos?: Record<string, SampleDeployInfo>) => cloud.setPlans(plans, infos),
    /** One tick; throws where the invocation failed. */
    async poll(by: Lambda = poller): Promise<PollSummary> {
      const how = await by.invoke({});
      if (how.kind !== 'result') throw new Error(`poll: ${JSON.stringify(how)}`);
      return how.value as PollSummary;
    },
    async backfill(request: unknown) {
      const how = await backfiller.invoke(request);
      if (how.kind !== 'result') throw new Error(`backfill: ${JSON.stringify(how)}`);
      return how.value as { matched: number; enqueued: number; skipped: number };
    },
    /** Until nothing is due now. */
    delivered: () => mapping.idle(),
    /** Lets time pass for the functions and the queue. */
    async later(ms: number): Promise<void> {
      offset += ms;
      setClock();
    },
    /** Everything that any function ever wrote. */
    lines: () => functions.flatMap((one) => one.lines),
    secrets,
    async close(): Promise<void> {
      await mapping.stop();
      for (const one of functions) await one.stop();
      for (const server of [cloud, s3, sqs, secretsServer, slack, webhook]) await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
