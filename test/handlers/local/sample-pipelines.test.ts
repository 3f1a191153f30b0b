import { describe, expect, test } from '@jest/globals';
import { pipelineRoundMs, pipelineStatus, pipelinesAt } from '../../../handlers/local/sample/pipeline-story.ts';
import { get, start, withCloud } from '../../support/sample-cloud.ts';

const wallTime = (elapsed: number) => start + elapsed;
const at = (ms: number) => pipelinesAt(ms, wallTime);
const word = (status: number) => Object.entries(pipelineStatus).find(([, value]) => value === status)?.[0];

/** What somebody who looks every second would notice, as `second name status`. */
function changesUntil(ms: number): string[] {
  const changes: string[] = [];
  let before = at(0);
  for (let now = 1_000; now <= ms; now += 1_000) {
    const after = at(now);
    for (const one of after) {
      const was = before.find(({ id }) => id === one.id);
      if (was && one.last_trigger_at < was.last_trigger_at) throw new Error(`${one.name} went backwards`);
      if (was?.status !== one.status) changes.push(`${now / 1_000} ${one.name}: ${word(one.status)}`);
    }
    before = after;
  }
  return changes;
}

describe('the story of the new edition', () => {
  test('begins with two pipelines at rest', () => {
    expect(at(0).map(({ status }) => word(status))).toEqual(['released', 'released']);
  });

  test('tells of one that waits for an approval, is approved and releases; of a failure; of a pause', () => {
    expect(changesUntil(3 * pipelineRoundMs)).toEqual([
      '6 shop to production: releasing',
      '14 shop to production: awaitingApproval',
      '38 shop to production: releasing',
      '50 shop to production: released',
      '60 search, canary first: initialised',
      '86 payments to production: releasing',
      '98 payments to production: failed',
      '114 payments to production: rollingBack',
      '126 payments to production: rolledBack',
      '166 search, canary first: releasing',
      '176 search, canary first: paused',
      '200 search, canary first: releasing',
      '212 search, canary first: released',
    ]);
  });

  test('runs the same pipelines again and again, later each time', () => {
    const [first, second] = [at(pipelineRoundMs), at(pipelineRoundMs * 4)].map((all) =>
      all.find(({ name }) => name === 'shop to production'),
    );
    expect(second?.id).toBe(first?.id);
    expect(second?.last_trigger_at).toBe((first?.last_trigger_at ?? 0) + 3 * pipelineRoundMs);
    expect(changesUntil(9 * pipelineRoundMs)).toHaveLength(12 * 3 + 1);
  });

  test('a pipeline that never ran was never triggered', () => {
    expect(at(70_000)[0]).toMatchObject({ status: pipelineStatus.initialised, last_trigger_at: 0 });
  });

  test('looks the same whenever one moment is looked at', () => {
    const year = 365 * 86_400_000;
    expect(at(year)).toEqual(at(year));
    expect(new Set(at(year).map(({ id }) => id)).size).toBe(3);
  });
});

describe('the new edition over the wire', () => {
  test('is a list apart from the old one, newest first, with integers for statuses', async () => {
    await withCloud({}, async (cloud) => {
      const { status, body } = await get(cloud, 'pipeline/pipelines');
      expect([status, body]).toEqual([200, { pipelines: cloud.snapshot().pipelines }]);
      expect(body.pipelines).toHaveLength(2);
      const [one] = body.pipelines;
      expect(one).toMatchObject({ status: 2, model_version: 2, creator: 'j.okafor', config_mode: 'ui' });
      expect((await get(cloud, `pipeline/pipelines/${one.id}`)).body).toEqual(one);
      expect((await get(cloud, `cas/release-plans/${one.id}`)).status).toBe(404);
      expect((await get(cloud, 'pipeline/pipelines/gone')).status).toBe(404);
      expect((await get(cloud, `pipeline/pipelines/${one.id}/deploy-info`)).body.error_code).toBe('APIGW.0101');
    });
  });

  test('is a bare array on request, and what a test sets', async () => {
    await withCloud({}, async (cloud) => {
      const [one] = cloud.snapshot().pipelines;
      if (!one) throw new Error('there should be a pipeline');
      cloud.setPipelines([one]);
      cloud.setChaos('bare-array');
      expect((await get(cloud, 'pipeline/pipelines')).body).toEqual([one]);
      expect((await get(cloud, 'cas/release-plans')).body).toEqual({ count: 0, release_plans: [] });
    });
  });

  test('wants to know who asks, as everything here does', async () => {
    await withCloud({}, async (cloud) => {
      const response = await fetch(`${cloud.url}/v3/${cloud.projectId}/pipeline/pipelines`);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error_code: 'APIGW.0301' });
    });
  });
});
