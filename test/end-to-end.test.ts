import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SamplePlan } from '../handlers/local/sample/story.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { howToRunRealS3, makeBucket, nothingSkipped, realS3 } from './support/real-s3.ts';
import { failedPlan, samplePlan as plan } from './support/sample-plan.ts';

const failed = failedPlan('a');
const pulled = {
  a: {
    id: 'a',
    components: [
      {
        id: 'c1',
        name: 'cart',
        seq: '1',
        version: '2026.1124',
        status: 'FAILED',
        job_id: 'JOB1',
        job_status: 'FAILED',
        start_time: 1_711_952_900_000,
        end_time: 1_711_952_990_000,
        fail_message: 'image pull failed',
      },
    ],
  },
} as never;

let planwatch: Deployment;

/** What the webhook was told next: `type from→status`. */
async function heard(): Promise<string> {
  const { body } = await planwatch.webhook.next();
  const { type, from, plan: about } = body as { type: string; from?: string; plan?: { status: string } };
  return [type, from && `${from}→`, about?.status].filter(Boolean).join(' ');
}

/** What Slack shows next: its first line. */
const shown = async (): Promise<string> => (await planwatch.slack.next()).body.text.split('\n')[0] ?? '';

const nothingMore = () => {
  planwatch.webhook.expectNothingMore();
  planwatch.slack.expectNothingMore();
};

/** Takes the note that the first look sends, which is all that it sends. */
async function watching(...plans: SamplePlan[]): Promise<void> {
  planwatch.setPlans(plans);
  await planwatch.poll();
  await planwatch.delivered();
  expect(await heard()).toBe('source.watching');
  expect(await shown()).toMatch(/Now watching \d+ release plan/);
  nothingMore();
}

async function fromFirstToLast(): Promise<void> {
  const old = plan({ id: 'old', status: 'SUCCESS', execute_time: 1_711_952_860_379 });
  await watching(old);

  planwatch.setPlans([plan({ id: 'a' }), old]);
  expect(await planwatch.poll()).toEqual({
    sources: [{ source: 'default', ok: true, revision: 2, plans: 2, events: 1 }],
  });
  planwatch.setPlans([failed, old], pulled);
  await planwatch.poll();
  planwatch.setPlans([{ ...failed, status: 'ROLLBACK_SUCCEED' }, old]);
  await planwatch.poll();
  planwatch.setPlans([old]);
  await planwatch.poll();
  await planwatch.later(31_000);
  await planwatch.poll();
  await planwatch.delivered();

  expect([await heard(), await heard(), await heard(), await heard()]).toEqual([
    'plan.appeared CREATED',
    'plan.status CREATED→ FAILED',
    'plan.status FAILED→ ROLLBACK_SUCCEED',
    'plan.removed ROLLBACK_SUCCEED',
  ]);
  expect([await shown(), await shown(), await shown(), await shown()]).toEqual([
    expect.stringContaining('New release plan: release-a'),
    expect.stringContaining('Release failed: release-a'),
    expect.stringContaining('Release was rolled back: release-a'),
    expect.stringContaining('release-a'),
  ]);
  nothingMore();
  expect(JSON.stringify(planwatch.slack.messages[2]?.body)).toContain('image pull failed');
  expect(planwatch.lines().length).toBeGreaterThan(5);
  for (const secret of planwatch.secrets) expect(planwatch.lines().join('\n')).not.toContain(secret);
}

describe('the built bundles under the real Lambda runtime client', () => {
  beforeEach(async () => {
    planwatch = await deploy();
  });
  afterEach(() => planwatch.close());

  test('a release from its first day to its last: each event once at each destination, in order, and no secret in any line', async () => {
    await fromFirstToLast();
    const requests = planwatch.s3.proxy.seen.length;
    await planwatch.poll();
    const idle = planwatch.s3.proxy.seen.slice(requests).map(({ method }) => method);
    expect(idle).toEqual(['GET', 'GET', 'GET']);
  });

  test('a poll killed after the commit: the next one finishes it, and everything is told once', async () => {
    await watching(plan({ id: 'a' }));
    planwatch.setPlans([failed]);
    // Dead at its first SendMessageBatch: the entry is there, and nobody has heard of it.
    planwatch.sqs.faults = (action) => {
      if (action !== 'SendMessageBatch') return undefined;
      planwatch.poller.kill();
      return 'hang';
    };
    expect(await planwatch.poller.invoke({})).toEqual({ kind: 'killed' });
    planwatch.sqs.faults = undefined;
    expect(await planwatch.poll()).toMatchObject({ sources: [{ ok: true, revision: 2, events: 0 }] });
    await planwatch.delivered();
    expect(await heard()).toBe('plan.status CREATED→ FAILED');
    expect(await shown()).toContain('Release failed: release-a');
    nothingMore();
  });

  test('two polls at once decide once', async () => {
    await watching(plan({ id: 'a' }));
    const second = await planwatch.launch('poll');
    planwatch.setPlans([failed]);
    const both = await Promise.all([planwatch.poll(), planwatch.poll(second)]);
    expect(both.map(({ sources }) => sources[0]?.revision)).toEqual([2, 2]);
    await planwatch.delivered();
    expect(await heard()).toBe('plan.status CREATED→ FAILED');
    expect(await shown()).toContain('Release failed: release-a');
    nothingMore();
  });

  test('a Slack that says 429, then 500, then ok hears everything once and in order, while the webhook does not wait', async () => {
    await watching();
    planwatch.slack.script(
      { status: 429, headers: { 'retry-after': '20' }, body: '{"ok":false,"error":"rate_limited","retry_after":20}' },
      { status: 500, body: 'rollup_error' },
    );
    planwatch.setPlans([plan({ id: 'a' })]);
    await planwatch.poll();
    planwatch.setPlans([failed]);
    await planwatch.poll();
    await planwatch.delivered();
    expect([await heard(), await heard()]).toEqual(['plan.appeared CREATED', 'plan.status CREATED→ FAILED']);
    const asked = planwatch.slack.requests.length;
    await planwatch.later(15_000);
    await planwatch.delivered();
    expect(planwatch.slack.requests.length).toBe(asked);
    await planwatch.later(6_000);
    await planwatch.delivered();
    expect(planwatch.slack.requests.length).toBe(asked + 1);
    await planwatch.later(37_000);
    await planwatch.delivered();
    expect(await shown()).toContain('New release plan: release-a');
    expect(await shown()).toContain('Release failed: release-a');
    nothingMore();
  });

  test('backfill: a dry run sends nothing, a real one fills the gap, a repeat is marked', async () => {
    await watching(plan({ id: 'a' }));
    planwatch.setPlans([failed]);
    await planwatch.poll();
    await planwatch.delivered();
    await heard();
    await shown();
    expect(await planwatch.backfill({ dryRun: true, repeat: true })).toMatchObject({
      matched: 2,
      enqueued: 0,
      dryRun: true,
    });
    expect(await planwatch.backfill({})).toMatchObject({ matched: 2, enqueued: 0, skipped: 4 });
    await planwatch.delivered();
    nothingMore();
    await planwatch.backfill({ repeat: true, classes: ['bad'], destinations: ['slack'] });
    await planwatch.delivered();
    expect(JSON.stringify((await planwatch.slack.next()).body)).toContain('Sent again on request');
    nothingMore();
    await expect(planwatch.backfill({ clases: ['bad'] })).rejects.toThrow(/clases: there is no such setting/);
  });

  test('what the cloud answers wrongly is no event, and names the source and what to do', async () => {
    await watching(plan({ id: 'a' }));
    planwatch.cloud.setAnswer({ body: { count: 3, release_plans: [plan({ id: 'a' }), failed] } });
    const how = await planwatch.poller.invoke({});
    expect(how).toMatchObject({ kind: 'error', value: { errorMessage: expect.stringMatching(/^default: /) } });
    await planwatch.delivered();
    nothingMore();
    expect(await planwatch.poll()).toMatchObject({ sources: [{ ok: true, revision: 1, events: 0 }] });
  });
});

describe('the built bundles over a real S3 server (Ceph RGW), which checks signatures', () => {
  if (realS3 === undefined) {
    if (nothingSkipped) test('it is there', () => expect(realS3).toBeDefined());
    else test.skip(`the story above. ${howToRunRealS3}`, () => {});
    return;
  }
  const real = realS3;
  const bucket = `end-to-end-${Date.now()}`;
  beforeEach(async () => {
    await makeBucket(real, bucket);
    planwatch = await deploy({ store: { ...real, bucket } });
  });
  afterEach(() => planwatch.close());

  test('tell the same story', async () => {
    await fromFirstToLast();
    expect(planwatch.s3.proxy.seen).toStrictEqual([]);
  }, 60_000);
});
