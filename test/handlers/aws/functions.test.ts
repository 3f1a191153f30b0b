import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, projectId, startScriptedCloud } from '../../sources/scripted-cloud.ts';
import { type Deployment, deploy } from '../../support/deployment.ts';
import { metricsOf } from '../../support/emf.ts';
import { startHeartbeatServer } from '../../support/heartbeat-server.ts';
import { type Lambda, startLambda } from '../../support/lambda.ts';
import { startS3Server } from '../../support/s3-server.ts';
import { failedPlan, samplePlan } from '../../support/sample-plan.ts';
import { startSqsServer } from '../../support/sqs-server.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

// What the built functions write, under the real runtime client.

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanup) await close();
  cleanup = [];
});

type Written = Readonly<Record<string, unknown>> & { readonly message: string };

/** Lambda's own lines, such as the one of an error that was thrown, are not JSON. */
const linesOf = (lines: readonly string[]): Written[] =>
  lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Written);

const said = (lines: readonly Written[]) =>
  lines.map(({ level, message, outcome, type, ok }) => [level, message, outcome ?? type ?? ok].join(' '));

async function deployed(): Promise<Deployment> {
  const planwatch = await deploy();
  cleanup.push(() => planwatch.close());
  return planwatch;
}

const fields: Readonly<Record<string, RegExp>> = {
  look: /^(source|ok|revision|plans|events|adopted|contended|reason|cause|ms)$/,
  event: /^(source|revision|id|type|plan|name|status|from|class|reason|count)$/,
  delivery: /^(id|destination|outcome|reason|cause|failing|attempts|ms|seconds)$/,
  notice: /^(id|type|destination|reason|advice|count|to)$/,
  backfill: /^(matched|enqueued|skipped|dryRun)$/,
};

describe('the functions', () => {
  test('write one JSON line for each thing that matters, in the documented shape and without a secret', async () => {
    const planwatch = await deployed();
    planwatch.setPlans([samplePlan({ id: 'a' })]);
    await planwatch.poll();
    await planwatch.delivered();
    planwatch.slack.script({ status: 429 });
    planwatch.webhook.script({ status: 401, body: 'who are you?' });
    planwatch.setPlans([failedPlan('a')]);
    await planwatch.poll();
    await planwatch.delivered();
    await planwatch.backfill({ dryRun: true });
    planwatch.cloud.setAnswer({ status: 403 });
    await planwatch.poller.invoke({});

    const lines = linesOf(planwatch.lines());
    expect(said(lines).sort()).toEqual(
      [
        'info look true',
        'info event source.watching',
        'info delivery delivered',
        'info delivery delivered',
        'info look true',
        'info event plan.status',
        'warn delivery waiting',
        'warn delivery waiting',
        'error notice destination.failing',
        // The notice is told in Slack, which asked to wait: it comes behind what waits there.
        'info backfill ',
        'error look false',
      ].sort(),
    );
    const now = new Date();
    for (const line of lines) {
      const { level, time, message, requestId, _aws, Service, ...rest } = line;
      expect([level, time, requestId]).toEqual([
        expect.stringMatching(/^(info|warn|error)$/),
        expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        expect.stringMatching(/^[0-9a-f-]{36}$/),
      ]);
      const own = Object.keys(rest).filter((key) => /^[a-z]/.test(key));
      for (const key of own) expect([message, key]).toEqual([message, expect.stringMatching(fields[message] ?? /^$/)]);
      metricsOf(JSON.stringify(line), now);
    }
    const counted = lines.flatMap((line) => metricsOf(JSON.stringify(line), now).map(({ name }) => name));
    expect(Object.fromEntries(counted.map((name) => [name, counted.filter((one) => one === name).length]))).toEqual({
      LooksOk: 2,
      LooksFailed: 1,
      Events: 2,
      EventsBad: 1,
      Delivered: 2,
      DeliveryDelay: 2,
      DeliveriesFailed: 2,
      DestinationsFailing: 1,
    });
    expect(lines.find(({ destination, cause }) => destination && cause === 'misconfigured')).toMatchObject({
      destination: 'webhook',
      reason: 'HTTP 401: who are you?',
      attempts: 1,
      ms: expect.any(Number),
    });
    for (const secret of planwatch.secrets) expect(planwatch.lines().join('\n')).not.toContain(secret);
  });

  test('name each line after the invocation that wrote it', async () => {
    const planwatch = await deployed();
    await planwatch.poll();
    await planwatch.poll();
    const ids = linesOf(planwatch.lines()).map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(2);
  });

  test('park what is no message of planwatch, count it, and tell the rest', async () => {
    const planwatch = await deployed();
    const record = { messageId: 'm', receiptHandle: 'r', body: 'not ours', attributes: {} };
    expect(await planwatch.deliverer.invoke({ Records: [record] })).toEqual({
      kind: 'result',
      value: { batchItemFailures: [] },
    });
    const [line] = linesOf(planwatch.lines());
    expect(line).toMatchObject({ level: 'error', outcome: 'parked', Parked: 1, Service: 'planwatch' });
  });
});

test('what planwatch.yml says of metrics and of a heartbeat holds in the built function', async () => {
  await using stack = new AsyncDisposableStack();
  const cloud = stack.use(await startScriptedCloud(answer(200, { count: 0, release_plans: [] })));
  const service = stack.use(await startHeartbeatServer((response) => response.writeHead(500).end()));
  const s3 = await startS3Server();
  stack.defer(() => s3.close());
  const sqs = await startSqsServer({ now: () => new Date() });
  stack.defer(() => sqs.close());
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-functions-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(
    join(folder, 'planwatch.yml'),
    `sources:
  - { name: shop, region: r, projectId: ${projectId}, endpoint: "${cloud.url}", auth: { token: env:TOKEN } }
destinations:
  none: { kind: webhook, url: "http://127.0.0.1:1/" }
notices: []
metrics: detailed
heartbeat: ${service.url}
`,
  );
  const run = promisify(execFile);
  await run(process.execPath, [join(root, 'build.ts')], { cwd: folder, env: {} });
  const context = `{ awsRequestId: 'r-1', getRemainingTimeInMillis: () => 60_000 }`;
  const program = `(await import('./dist/aws/poll.mjs')).handler({}, ${context})`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    env: {
      TOKEN: 't',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      PLANWATCH_SERVICE: 'planwatch-dev',
      PLANWATCH_BUCKET: s3.bucket,
      PLANWATCH_QUEUE_URL: sqs.queueUrl,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_SQS: sqs.url,
    },
  });
  const lines = linesOf(stdout.split('\n'));
  expect(lines.find(({ message }) => message === 'heartbeat')).toMatchObject({
    level: 'warn',
    requestId: 'r-1',
    reason: 'It was answered HTTP 500.',
  });
  expect(stdout).not.toContain('c0ffee');
  const look = lines.find(({ message }) => message === 'look');
  expect(metricsOf(JSON.stringify(look), new Date()).map(({ dimensions }) => dimensions)).toEqual([
    { Service: 'planwatch-dev' },
    { Service: 'planwatch-dev', Source: 'shop' },
    { Service: 'planwatch-dev', Source: 'shop' },
  ]);
});

describe('a function alone', () => {
  const env = {
    PLANWATCH_BUCKET: 'planwatch-test',
    PLANWATCH_QUEUE_URL: 'http://127.0.0.1:9/q.fifo',
    SERVICESTAGE_REGION: 'r',
    SERVICESTAGE_PROJECT_ID: '0123456789abcdef0123456789abcdef',
    SERVICESTAGE_TOKEN: 't',
    WEBHOOK_URL: 'http://127.0.0.1:9/',
  };
  const launch = async (bundle: 'poll' | 'deliver' | 'backfill', over: object): Promise<Lambda> => {
    const lambda = await startLambda({ bundle, env: { ...env, ...over } });
    cleanup.push(() => lambda.stop());
    return lambda;
  };

  test.each([
    ['poll', { PLANWATCH_BUCKET: '' }, 'PLANWATCH_BUCKET: is not set'],
    ['poll', { AWS_ENDPOINT_URL_SQS: 'garbage' }, 'AWS_ENDPOINT_URL_SQS: is not a URL'],
    ['poll', { AWS_SECRET_ACCESS_KEY: '' }, 'AWS_SECRET_ACCESS_KEY: is not set'],
    ['deliver', { PLANWATCH_QUEUE_URL: '' }, 'PLANWATCH_QUEUE_URL: is not set'],
    ['deliver', { PLANWATCH_SERVICE: ':x' }, 'PLANWATCH_SERVICE: cannot name metrics'],
    ['backfill', { SERVICESTAGE_REGION: '', WEBHOOK_URL: '' }, 'SERVICESTAGE_REGION: is not set'],
    ['backfill', { SERVICESTAGE_TOKEN: '' }, 'HUAWEICLOUD_SDK_AK: is not set'],
  ] as const)('%s with %j fails at each invocation, and says and logs which variable', async (bundle, over, words) => {
    const lambda = await launch(bundle, over);
    for (const how of [await lambda.invoke({ Records: [] }), await lambda.invoke({ Records: [] })]) {
      expect(how).toMatchObject({ kind: 'error', value: { errorMessage: expect.stringContaining(`- ${words}`) } });
    }
    const faults = linesOf(lambda.lines).filter(({ message }) => message === 'fault');
    expect(faults).toMatchObject([
      { level: 'error', reason: expect.stringContaining(words) },
      { level: 'error', reason: expect.stringContaining(words) },
    ]);
    expect(new Set(faults.map(({ requestId }) => requestId)).size).toBe(2);
  });

  test.each([
    ['deliver', {}, /SQS event with Records/],
    ['deliver', null, /SQS event with Records/],
    ['poll', { only: 5 }, /only: must be the name of a source/],
    ['poll', { only: 'nope' }, /There is no source "nope"/],
    ['backfill', 'garbage', /must be a JSON object/],
  ] as const)('%s invoked with %j says what it takes', async (bundle, event, words) => {
    const lambda = await launch(bundle, {});
    expect(await lambda.invoke(event)).toMatchObject({
      kind: 'error',
      value: { errorMessage: expect.stringMatching(words) },
    });
  });
});
