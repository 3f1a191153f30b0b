import { describe, expect, test } from '@jest/globals';
import { type Scene, sceneAt } from '../../../handlers/local/sample/story.ts';
import type { StoryState } from '../../../handlers/local/sample/story-clock.ts';
import { parsePlanList, type ReleasePlan } from '../../../lib/core/plan.ts';
import { signRequest } from '../../../lib/core/signature.ts';
import { faultOf, soon } from '../../sources/scripted-cloud.ts';
import { type Cloud, get, keys, sourceOf, start, user, withCloud } from '../../support/sample-cloud.ts';

const wallTime = (elapsed: number) => start + elapsed;
const sceneAfter = (ms: number): Scene => sceneAt(ms, wallTime);

const parsed = ({ plans }: Pick<Scene, 'plans'>): readonly ReleasePlan[] => {
  const list = parsePlanList({ count: plans.length, release_plans: plans });
  if ('fault' in list) throw new Error(list.fault);
  return list.plans;
};

describe('the sample cloud', () => {
  test.each([
    ['keys', keys],
    ['a user', user],
  ])('lets our own source in with %s', async (_what, auth) => {
    await withCloud({}, async (cloud) => {
      const { plans } = await sourceOf(cloud, { auth }).list(undefined, soon());
      expect(plans).toEqual(parsed(cloud.snapshot()));
      expect(plans).toHaveLength(3);
    });
  });

  test('makes up other keys at each start, and keeps its project', async () => {
    await withCloud({}, (one) =>
      withCloud({}, async (other) => {
        for (const key of ['accessKey', 'secretKey', 'password'] as const) expect(one[key]).not.toBe(other[key]);
        expect(one.projectId).toBe(other.projectId);
      }),
    );
  });

  test('remembers where the story is before it shows it', async () => {
    const remembered: StoryState[] = [];
    let now = start;
    const options = { now: () => new Date(now), remember: async (state: StoryState) => void remembered.push(state) };
    await withCloud(options, async (cloud) => {
      now = start + 41_000;
      await sourceOf(cloud, { now: () => new Date(now) }).list(undefined, soon());
      expect(remembered).toEqual([{ startedAt: start, seenAt: now, pauses: [] }]);
      expect(cloud.state()).toEqual(remembered[0]);
      const shown = cloud.snapshot().plans;
      await withCloud({ now: () => new Date(now + 3_600_000), resume: cloud.state() }, async (again) => {
        expect(again.snapshot().plans).toEqual(shown);
      });
    });
  });

  test('shows nothing that it could not remember', async () => {
    const remember = async () => Promise.reject(new Error('disk full'));
    await withCloud({ remember }, async (cloud) => {
      expect((await faultOf(sourceOf(cloud).list(undefined, soon()))).message).toMatch(/^HTTP 500 APIGW.0601/);
    });
  });

  test('names the components that failed', async () => {
    let now = start;
    await withCloud({ now: () => new Date(now) }, async (cloud) => {
      now = start + 41_000;
      const source = sourceOf(cloud, { now: () => new Date(now) });
      const failed = (await source.list(undefined, soon())).plans?.find(({ status }) => status === 'FAILED');
      expect(await source.failures(failed?.id ?? '', soon())).toHaveLength(2);
    });
  });

  test('shows what a test sets, and answers once what a test puts in', async () => {
    await withCloud({ seed: { plans: [] } }, async (cloud) => {
      const source = sourceOf(cloud);
      expect((await source.list(undefined, soon())).plans).toEqual([]);
      cloud.setPlans(sceneAfter(0).plans.slice(0, 1));
      expect((await source.list(undefined, soon())).plans).toHaveLength(1);
      cloud.setAnswer({ status: 403, body: { error_code: 'APIGW.0302', error_msg: 'no' } }, { body: '{"cou' });
      expect((await faultOf(source.list(undefined, soon()))).message).toMatch(
        /^HTTP 403 APIGW.0302: no \(request [0-9a-f]{32}\)$/,
      );
      expect((await faultOf(source.list(undefined, soon()))).message).toMatch(/half an answer/);
      cloud.setAnswer({ body: { count: 0, release_plans: [] }, cutAfter: 10 });
      expect((await source.list(undefined, soon())).plans).toHaveLength(1);
      expect(cloud.snapshot().requests).toHaveLength(6);
    });
  });

  test('logs a source whose tokens it lets expire in again', async () => {
    await withCloud({}, async (cloud) => {
      const source = sourceOf(cloud, { auth: user });
      await source.list(undefined, soon());
      cloud.expireTokens();
      expect((await source.list(undefined, soon())).plans).toHaveLength(3);
      expect(cloud.snapshot().requests.map(({ status }) => status)).toEqual([201, 200, 401, 201, 200]);
    });
  });

  test.each<[what: string, change: Parameters<typeof sourceOf>[1], spoil: Partial<Cloud>, reason: RegExp]>([
    [
      'another secret key',
      {},
      { secretKey: 'another' },
      /^HTTP 401 APIGW.0301: .*verify aksk signature fail \(request/,
    ],
    ['another access key', {}, { accessKey: 'ANOTHER' }, /^HTTP 401 APIGW.0301: .*AK does not exist/],
    [
      'another password',
      { auth: user },
      { password: 'another' },
      /^no token: HTTP 401: The username or password is wrong/,
    ],
    ['a made-up token', { auth: { token: 'env:domain' } }, {}, /^HTTP 401 APIGW.0301: .*decrypt token fail/],
    [
      'a clock 16 minutes ahead',
      { now: () => new Date(start + 16 * 60_000) },
      {},
      /^HTTP 401 APIGW.0301: .*15 minutes/,
    ],
    [
      'a clock 16 minutes behind',
      { now: () => new Date(start - 16 * 60_000) },
      {},
      /^HTTP 401 APIGW.0301: .*15 minutes/,
    ],
    ['another project', { projectId: 'f'.repeat(32) }, {}, /^HTTP 403 APIGW.0310/],
    ['an endpoint that is too deep', {}, { url: '/x' }, /^HTTP 404 APIGW.0101/],
  ])('refuses %s as documented', async (_what, change, spoil, reason) => {
    await withCloud({}, async (cloud) => {
      const spoilt = { ...cloud, ...spoil, url: spoil.url ? `${cloud.url}${spoil.url}` : cloud.url };
      const error = await faultOf(sourceOf(spoilt, change).list(undefined, soon()));
      expect(error.message).toMatch(reason);
      expect(error.message).not.toMatch(/canonical|\|/);
    });
  });

  test('echoes the signed request with a bad signature, as the real one does', async () => {
    await withCloud({}, async (cloud) => {
      const url = new URL(`${cloud.url}/v3/${cloud.projectId}/cas/release-plans`);
      const given = { method: 'GET', url, headers: { 'Content-Type': 'application/json' }, now: new Date(start) };
      const signed = signRequest({ ...given, accessKey: cloud.accessKey, secretKey: 'another' });
      const response = await fetch(url, { headers: { ...given.headers, ...signed } });
      expect([response.status, await response.json()]).toEqual([
        401,
        {
          error_code: 'APIGW.0301',
          error_msg: expect.stringMatching(/canonical request: GET\|\/v3\/.*\|content-type:application\/json\|host:/),
          request_id: response.headers.get('x-request-id'),
        },
      ]);
    });
  });

  test('refuses a time that nobody signed', async () => {
    await withCloud({}, async (cloud) => {
      const url = new URL(`${cloud.url}/v3/${cloud.projectId}/cas/release-plans`);
      const now = new Date(start);
      const signed = signRequest({
        method: 'GET',
        url,
        headers: {},
        accessKey: cloud.accessKey,
        secretKey: cloud.secretKey,
        now,
      });
      const unsigned = { ...signed, Authorization: signed['Authorization']?.replace(';x-sdk-date', '') ?? '' };
      expect((await fetch(url, { headers: unsigned })).status).toBe(401);
    });
  });

  test('wants Content-Type, knows one plan by its id, and no other', async () => {
    await withCloud({}, async (cloud) => {
      const [first] = cloud.snapshot().plans;
      expect(await get(cloud, 'cas/release-plans', {})).toMatchObject({
        status: 400,
        body: { error_code: 'SVCSTG.00100400' },
      });
      expect(await get(cloud, `cas/release-plans/${first?.id}`)).toMatchObject({ status: 200, body: first });
      for (const path of ['/unknown', '/unknown/deploy-info']) {
        expect(await get(cloud, `cas/release-plans${path}`)).toMatchObject({
          status: 404,
          body: { error_code: 'SVCSTG.00100433' },
        });
      }
    });
  });

  test.each([
    ['POST', '/v3/p/cas/release-plans', '', 404],
    ['GET', '/', '', 404],
    ['POST', '/v3/auth/tokens', '{', 400],
    ['POST', '/v3/auth/tokens', '{"auth":null}', 400],
    ['POST', '/v3/auth/tokens', 'x'.repeat(70_000), 400],
  ])('survives %s %s with %.20j', async (method, path, body, status) => {
    await withCloud({}, async (cloud) => {
      const response = await fetch(`${cloud.url}${path}`, { method, ...(body && { body }) });
      expect(response.status).toBe(status);
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
    });
  });
});
