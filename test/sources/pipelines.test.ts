import { describe, expect, test } from '@jest/globals';
import { classOf } from '../../lib/core/plan.ts';
import { answer, faultOf, projectId, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';
import { watching } from './watching.ts';

const item = (id: string, status: unknown, more = {}) => ({
  id,
  name: `release-${id}`,
  description: '',
  create_time: 1_767_600_000_000,
  update_time: 1_767_600_000_000,
  model_version: 2,
  config_mode: 'ui',
  status,
  creator: 'wzh',
  last_trigger_at: 1_767_600_060_000,
  enterprise_project_id: '0',
  ...more,
});

const config = { edition: 'pipelines' } as const;
const listed = async (body: unknown) => {
  await using cloud = await startScriptedCloud(answer(200, body));
  return await sourceAt(cloud.url, { config }).source.list(undefined, soon());
};

describe('a status', () => {
  test.each([
    [1, 'CREATED', 'waiting'],
    [2, 'SUCCESS', 'good'],
    [3, 'FAILED', 'bad'],
    [4, 'RELEASING', 'moving'],
    [5, 'AWAITING_APPROVAL', 'waiting'],
    [6, '6', 'moving'],
    [7, 'PAUSED', 'waiting'],
    [8, '8', 'moving'],
    [9, 'SKIPPED', 'stopped'],
    [10, 'ROLLING_BACK', 'moving'],
    [11, 'ROLLBACK_SUCCEED', 'recovered'],
    [12, 'ROLLBACK_FAILED', 'bad'],
    [13, 'STOPPING', 'moving'],
    [14, 'RESTARTING', 'moving'],
    [99, '99', 'moving'],
    [-1, '-1', 'moving'],
    ['FAILED', 'FAILED', 'bad'],
  ])('%p is %s, and %s', async (status, name, statusClass) => {
    const { plans = [] } = await listed([item('p1', status)]);
    expect(plans[0]?.status).toBe(name);
    expect(classOf(name)).toBe(statusClass);
  });

  test.each([null, 1.5, {}, true, undefined])('%p is none', async (status) => {
    await expect(listed([item('p1', status)])).rejects.toMatchObject({
      kind: 'nonsense',
      message: 'HTTP 200, but pipelines[0] has no status',
    });
  });
});

describe('a list', () => {
  const plan = {
    id: 'p1',
    name: 'release-p1',
    action: '',
    status: 'SUCCESS',
    creator: 'wzh',
    createdAt: '2026-01-05T08:00:00.000Z',
    executedAt: '2026-01-05T08:01:00.000Z',
  };

  test.each([
    ['a bare array', [item('p1', 2)]],
    ['in an object', { pipelines: [item('p1', 2)] }],
    ['in an object that counts', { count: 1, pipelines: [item('p1', 2)] }],
  ])('comes as %s', async (_how, body) => {
    expect((await listed(body)).plans).toEqual([plan]);
  });

  test.each([0, null, undefined])('of a plan that never ran (%p) has no time for it', async (last_trigger_at) => {
    expect((await listed([item('p1', 1, { last_trigger_at })])).plans?.[0]).not.toHaveProperty('executedAt');
  });

  test.each([
    ['the old edition’s', { count: 0, release_plans: [] }, 'nonsense'],
    ['an error', { error_code: 'X.1' }, 'nonsense'],
    ['a text', 'pipelines', 'nonsense'],
    ['one that counts in text', { count: '1', pipelines: [item('p1', 2)] }, 'incomplete'],
    ['one that counts less than it has', { count: 0, pipelines: [item('p1', 2)] }, 'incomplete'],
    ['one that counts more than it has', { count: 2, pipelines: [item('p1', 2)] }, 'incomplete'],
    ['one with a plan twice', [item('p1', 2), item('p1', 3)], 'incomplete'],
    ['one with nonsense in it', [7], 'nonsense'],
  ])('is not %s', async (_what, body, kind) => {
    await expect(listed(JSON.stringify(body))).rejects.toMatchObject({ kind });
  });

  test('is asked for where the documentation says, and a refusal names this edition’s permissions', async () => {
    await using cloud = await startScriptedCloud(answer(403, {}));
    const error = await faultOf(sourceAt(cloud.url, { config }).source.list(undefined, soon()));
    expect(cloud.asked[0]?.path).toBe(`/v3/${projectId}/pipeline/pipelines`);
    expect(error.advice).toMatch(/^Allow servicestage:pipeline:list .*"servicestage:pipeline:get"/);
  });
});

describe('one pipeline', () => {
  test.each<[what: string, status: number, body: unknown, whereabouts: string]>([
    ['is there', 200, { id: 'p1', name: 'n', pipeline_declaration: [] }, 'there'],
    ['is gone', 404, { error_code: 'SVCSTG.00100433', error_msg: 'x' }, 'gone'],
    ['is gone, as this API says it elsewhere', 401, { error_code: 'SVCSTG.00100401', error_msg: 'x' }, 'gone'],
    ['may not be asked for', 403, {}, 'unknown'],
  ])('%s', async (_what, status, body, whereabouts) => {
    await using cloud = await startScriptedCloud(answer(status, body));
    expect(await sourceAt(cloud.url, { config }).source.confirmRemoved('p1', soon())).toBe(whereabouts);
    expect(cloud.asked[0]?.path).toBe(`/v3/${projectId}/pipeline/pipelines/p1`);
  });

  test('has no documented reason why it failed, and nobody is asked for one', async () => {
    await using cloud = await startScriptedCloud(answer(200, {}));
    expect(await sourceAt(cloud.url, { config }).source.failures('p1', soon())).toEqual([]);
    expect(cloud.asked).toEqual([]);
  });
});

test('the same promise: a baseline in silence, then each change as an event, an approval among them', async () => {
  let status = 1;
  await using cloud = await startScriptedCloud((_request, response) =>
    response.end(JSON.stringify([item('p1', status), item('p2', 2)])),
  );
  const watched = watching(cloud.url, config);
  expect((await watched.look()).events).toMatchObject([{ type: 'source.watching', count: 2 }]);
  expect(watched.json('checkpoint/shop.json').identity).toEqual({
    endpoint: cloud.url,
    projectId,
    edition: 'pipelines',
  });
  const seen: unknown[] = [];
  for (status of [4, 5, 5, 4, 3, 6, 11]) seen.push(...(await watched.look()).events);
  expect(seen).toMatchObject([
    { type: 'plan.status', from: 'CREATED', plan: { status: 'RELEASING', class: 'moving' } },
    { type: 'plan.status', from: 'RELEASING', plan: { status: 'AWAITING_APPROVAL', class: 'waiting' } },
    { type: 'plan.status', from: 'AWAITING_APPROVAL', plan: { status: 'RELEASING' } },
    { type: 'plan.status', from: 'RELEASING', plan: { status: 'FAILED', class: 'bad' } },
    { type: 'plan.status', from: 'FAILED', plan: { status: '6', class: 'moving' } },
    { type: 'plan.status', from: '6', plan: { status: 'ROLLBACK_SUCCEED', class: 'recovered' } },
  ]);
});
