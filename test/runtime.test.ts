import { afterEach, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Deployment, type DeploymentOptions, deploy } from './support/deployment.ts';
import { startForgetfulProxy } from './support/forgetful-proxy.ts';
import type { Invocation } from './support/lambda.ts';
import { failedPlan, samplePlan } from './support/sample-plan.ts';
import { callSqs } from './support/sqs-call.ts';

/** What Lambda does to a function, and what a queue hands it: under the real runtime client, with the built bundles. */

type Batch = { readonly event: SQSEvent; readonly how: Invocation };

let planwatch: Deployment;
let batches: Batch[];
afterEach(() => planwatch.close());

/** After the first look, with what that told taken. */
async function start(options: DeploymentOptions = {}): Promise<void> {
  batches = [];
  planwatch = await deploy({ ...options, onDeliver: (event, how) => batches.push({ event, how }) });
  planwatch.setPlans([]);
}

async function watching(): Promise<void> {
  await planwatch.poll();
  await planwatch.delivered();
  await planwatch.slack.next();
  await planwatch.webhook.next();
  batches.length = 0;
}

const nothingMore = () => {
  planwatch.slack.expectNothingMore();
  planwatch.webhook.expectNothingMore();
};

/** Of a group in a batch: what was handed out, and what was answered to be kept. */
function groupOf({ event, how }: Batch, group: string): { readonly ids: string[]; readonly kept: string[] } {
  const records = event.Records.filter(({ attributes }) => attributes.MessageGroupId === group);
  const { batchItemFailures } = (how as { value: SQSBatchResponse }).value;
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const idOf = ({ body }: { readonly body: string }): string => JSON.parse(body).id;
  return { ids: records.map(idOf), kept: records.filter(({ messageId }) => failed.has(messageId)).map(idOf) };
}

describe('time', () => {
  test('an invocation that runs out of it is killed, and the next begins a cold sandbox and does all of it', async () => {
    await start();
    await watching();
    const short = await planwatch.launch('backfill', { timeoutMs: 2_000 });
    planwatch.s3.proxy.fault = () => ({ forward: false, hears: 'silence' });
    expect(await short.invoke({ repeat: true })).toStrictEqual({ kind: 'killed' });
    planwatch.s3.proxy.fault = () => undefined;
    expect(await short.invoke({ repeat: true })).toMatchObject({ kind: 'result', value: { enqueued: 2 } });
    expect(short.coldStarts()).toBe(2);
  });

  test('a look that could not end in it is not begun, and says so in the shape of an error of Lambda', async () => {
    await start();
    await watching();
    planwatch.setPlans([failedPlan('a')]);
    const short = await planwatch.launch('poll', { timeoutMs: 9_500 });
    const requests = planwatch.s3.proxy.seen.length;
    expect(await short.invoke({})).toMatchObject({
      kind: 'error',
      value: {
        errorType: 'Error',
        errorMessage: expect.stringContaining('No time was left'),
        trace: expect.any(Array),
      },
    });
    expect(planwatch.s3.proxy.seen).toHaveLength(requests);
    // It is no failure of the source: the next look finds what there is to tell.
    expect(await planwatch.poll()).toMatchObject({ sources: [{ ok: true, revision: 2, events: 1 }] });
  });

  test('a delivery that could not end in it is not begun, and is kept', async () => {
    // A send may take ten seconds, and three are for writing down what came of it.
    await start({ timeoutMs: 12_500 });
    const able = await planwatch.launch('poll', { timeoutMs: 60_000 });
    await planwatch.poll(able);
    await planwatch.delivered();
    expect(planwatch.slack.requests).toHaveLength(0);
    expect(planwatch.webhook.requests).toHaveLength(0);
    expect(batches.map((batch) => groupOf(batch, 'slack')).filter(({ ids }) => ids.length > 0)).toStrictEqual([
      { ids: ['default-000000000001-0'], kept: ['default-000000000001-0'] },
    ]);
  });
});

describe('a sandbox', () => {
  test('keeps what it knows while it is warm: secrets are fetched once, and anew after a cold start', async () => {
    await start({ references: true });
    const asked = () => {
      const names = planwatch.secretsServer.seen.map(({ name }) => name);
      return names.filter((name) => /^\/planwatch\/[as]k$/.test(name)).sort();
    };
    for (const _ of [1, 2, 3]) await planwatch.poll();
    expect(planwatch.poller.coldStarts()).toBe(1);
    expect(asked()).toStrictEqual(['/planwatch/ak', '/planwatch/sk']);
    planwatch.poller.kill();
    await planwatch.poll();
    expect(planwatch.poller.coldStarts()).toBe(2);
    expect(asked()).toStrictEqual(['/planwatch/ak', '/planwatch/ak', '/planwatch/sk', '/planwatch/sk']);
  });

  test('that was frozen does not speak over connections that were forgotten meanwhile: nothing is told twice or marked', async () => {
    const proxies: Awaited<ReturnType<typeof startForgetfulProxy>>[] = [];
    try {
      await start({
        async address(_server, url) {
          const proxy = await startForgetfulProxy(url);
          proxies.push(proxy);
          return proxy.url;
        },
      });
      await watching();
      expect(proxies.reduce((sum, proxy) => sum + proxy.forget(), 0)).toBeGreaterThan(4);
      await planwatch.later(60_000);
      planwatch.setPlans([failedPlan('a')]);
      expect((await planwatch.poll()).sources).toMatchObject([{ ok: true, events: 1 }]);
      await planwatch.delivered();
      const { text } = (await planwatch.slack.next()).body;
      expect(text).toContain('release-a');
      expect(text).not.toContain('May be a repeat');
      await planwatch.webhook.next();
      nothingMore();
      expect(planwatch.deliverer.coldStarts()).toBe(1);
    } finally {
      await planwatch.close();
      for (const proxy of proxies) await proxy.close();
      await start();
    }
  });

  test('whose environment holds references and no secret delivers as any other, and names none', async () => {
    await start({ references: true });
    await watching();
    planwatch.setPlans([failedPlan('a')]);
    await planwatch.poll();
    await planwatch.delivered();
    expect((await planwatch.slack.next()).body.text).toContain('release-a');
    expect((await planwatch.webhook.next()).body).toMatchObject({ type: 'plan.appeared' });
    nothingMore();
    for (const secret of planwatch.secrets) expect(planwatch.lines().join('\n')).not.toContain(secret);
  });
});

describe('a batch', () => {
  test('of several messages of one group: what comes after a failure is kept, in order, and nothing is told twice', async () => {
    await start();
    await watching();
    planwatch.slack.script({ status: 200, body: 'ok' }, { status: 500, body: 'rollup_error' });
    planwatch.setPlans(['a', 'b', 'c', 'd'].map((id) => samplePlan({ id })));
    await planwatch.poll();
    await planwatch.delivered();
    const [first] = batches.map((batch) => groupOf(batch, 'slack')).filter(({ ids }) => ids.length > 0);
    const ids = [0, 1, 2, 3].map((index) => `default-000000000002-${index}`);
    expect(first).toStrictEqual({ ids, kept: ids.slice(1) });
    // The webhook's messages lay in the same batches, and none of them was kept.
    expect(batches.flatMap((batch) => groupOf(batch, 'webhook').kept)).toStrictEqual([]);
    await planwatch.later(6_000);
    await planwatch.delivered();
    const texts: string[] = [];
    for (const _ of ids) texts.push((await planwatch.slack.next()).body.text);
    expect(texts.map((text) => /release-[a-d]/.exec(text)?.[0])).toStrictEqual(
      ['a', 'b', 'c', 'd'].map((id) => `release-${id}`),
    );
    for (const _ of ids) await planwatch.webhook.next();
    nothingMore();
  });

  test('with a message from elsewhere: it is told, kept aside, and the rest is delivered', async () => {
    await start();
    await watching();
    const { url, queueUrl } = planwatch.sqs;
    const foreign = { MessageBody: '{"from":"elsewhere"}', MessageGroupId: 'slack', MessageDeduplicationId: 'foreign' };
    await callSqs(url, 'SendMessage', { QueueUrl: queueUrl, ...foreign });
    planwatch.setPlans([failedPlan('a')]);
    await planwatch.poll();
    await planwatch.delivered();
    expect((await planwatch.slack.next()).body.text).toContain('release-a');
    await planwatch.webhook.next();
    nothingMore();
    const said = planwatch.deliverer.lines.filter((line) => line.includes('parked'));
    expect(said).toStrictEqual([expect.stringMatching(/"level":"error".*quarantine\/queue\/[0-9a-f]{64}/)]);
    const [key = ''] = /quarantine\/queue\/[0-9a-f]{64}/.exec(said[0] ?? '') ?? [];
    const { s3, prefix } = planwatch;
    expect(await (await fetch(`${s3.endpoint}/${s3.bucket}/${prefix}/${key}`)).text()).toBe(foreign.MessageBody);
    expect(planwatch.sqs.depth()).toStrictEqual({ visible: 0, hidden: 0 });
  });
});
