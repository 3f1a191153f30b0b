import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallName } from '../../../handlers/local/sample/call.ts';
import { type ChaosName, chaosNames, chaosOf } from '../../../handlers/local/sample/chaos.ts';
import { createChaosSchedule } from '../../../handlers/local/sample/chaos-schedule.ts';
import { wentBackwards } from '../../../lib/core/diff.ts';
import { faultOf, soon } from '../../sources/scripted-cloud.ts';
import { get, keys, sourceOf, user, withCloud } from '../../support/sample-cloud.ts';

/**
 * What our own source makes of each row when it asks for the list: the words it must say; how many plans come, where the
 * row does not stand in the list's way; or `raw`, where the answer is looked at as it is, further down.
 */
const seen: Record<ChaosName, RegExp | number | 'raw'> = {
  'wrong-signature': /^HTTP 401 APIGW\.0301: .*verify aksk signature fail/,
  'unknown-key': /^HTTP 401 APIGW\.0301: .*AK does not exist/,
  'locked-key': /^HTTP 401 APIGW\.0301: .*failed to reach the limit, forbidden/,
  'wrong-clock': /^HTTP 401 APIGW\.0301: .*15 minutes/,
  'auth-info': /^HTTP 401 APIGW\.0305/,
  'token-expired': /^HTTP 401 APIGW\.0307: The token must be updated/,
  forbidden: /^HTTP 403 .*servicestage::listReleasePlan/,
  'forbidden-detail': 3,
  'not-allowed': /^HTTP 403 APIGW\.0302/,
  'project-unavailable': /^HTTP 403 APIGW\.0310/,
  'address-blocked': /^HTTP 403 APIGW\.0401/,
  'region-forbidden': /^HTTP 403 APIGW\.0802/,
  'no-such-api': /^HTTP 404 APIGW\.0101/,
  'bad-request': /^HTTP 400 APIGW\.0201/,
  'bad-parameter': /^HTTP 400 SVCSTG\.00100400/,
  'other-spelling': /^HTTP 400 SVCSTG\.00100400: Bad parameter/,
  'not-found': /^HTTP 404 SVCSTG\.00100433/,
  'not-found-401': /^HTTP 401 SVCSTG\.00100401/,
  throttled: /^HTTP 429 APIGW\.0308/,
  'throttled-for-1s': /^HTTP 429 APIGW\.0308/,
  'internal-error': /^HTTP 500 APIGW\.0601/,
  'empty-500': /^HTTP 500/,
  'bad-gateway': /^HTTP 502.*HTML/,
  'backend-unavailable': /^HTTP 502 APIGW\.0201/,
  'iam-unavailable': /^HTTP 503 APIGW\.0613/,
  'backend-timeout': /^HTTP 504 APIGW\.0201/,
  silence: /no whole answer/,
  reset: /ECONNRESET/,
  slow: 3,
  redirect: /^HTTP 302/,
  'login-page': /^HTTP 200.*HTML/,
  empty: /^HTTP 200.*empty/,
  'half-json': /half an answer/,
  'cut-off': /broke off/,
  'wrong-shape': /release_plans/,
  'count-too-high': /count says 4, but 3 came/,
  'count-as-text': /count is/,
  'listed-twice': /distinct ids/,
  'old-replica': 'raw',
  'nothing-listed': 0,
  pages: 'raw',
  'first-page-only': /count says 3, but 2 came/,
  'bare-array': 3,
  'iam-wrong-password': /^no token: HTTP 401: The username or password is wrong/,
  'iam-forbidden': /^no token: HTTP 403/,
  'iam-down': /^no token: HTTP 503/,
  'iam-no-token': /^no token: .*X-Subject-Token/,
};

const rows = Object.entries(seen) as [ChaosName, RegExp | number | 'raw'][];
const refused = rows.filter((row): row is [ChaosName, RegExp] => row[1] instanceof RegExp);
const listed = rows.filter((row): row is [ChaosName, number] => typeof row[1] === 'number');

const sourceFor = (name: ChaosName, cloud: Parameters<typeof sourceOf>[0]) =>
  sourceOf(cloud, { auth: chaosOf(name).tokens ? user : keys, ...(name === 'silence' && { tryMs: 200 }) });

describe('each kind of chaos, as our own source sees it', () => {
  test.each(refused)('%s is told as %p, with what to do and without the request', async (name, words) => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos(name);
      const source = sourceFor(name, cloud);
      const { message, advice } = await faultOf(source.list(undefined, soon()));
      expect(message).toMatch(words);
      expect(advice).toMatch(/^[A-Z]\w+ \w/);
      for (const text of [message, advice]) {
        expect(text).not.toMatch(/canonical|SignedHeaders|\|/i);
        for (const secret of [cloud.accessKey, cloud.secretKey, cloud.password]) expect(text).not.toContain(secret);
      }
    });
  });

  test.each(refused)('%s is over when it is over', async (name) => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos(name);
      await faultOf(sourceFor(name, cloud).list(undefined, soon()));
      cloud.setChaos(undefined);
      expect((await sourceFor(name, cloud).list(undefined, soon())).plans).toHaveLength(3);
    });
  });

  test.each(listed)('%s lets the list through, %i plans long', async (name, plans) => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos(name);
      expect((await sourceFor(name, cloud).list(undefined, soon())).plans).toHaveLength(plans);
    });
  });

  test('a wrong clock is told as one, and by how much', async () => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos('wrong-clock');
      const { advice } = await faultOf(sourceOf(cloud).list(undefined, soon()));
      expect(advice).toMatch(/20 minutes behind/);
    });
  });

  test('one expired token is no fault: the source logs in again', async () => {
    await withCloud({ chaos: { names: ['token-expired'], seed: 4 } }, async (cloud) => {
      const source = sourceOf(cloud, { auth: user });
      for (let look = 0; look < 40; look++) await source.list(undefined, soon()).catch(() => undefined);
      const statuses = cloud.snapshot().requests.map(({ status }) => status);
      expect(statuses).toContain(401);
      expect(statuses.at(statuses.indexOf(401) + 1)).toBe(201);
    });
  });

  test('a policy that denies deploy-info says so', async () => {
    await withCloud({}, async (cloud) => {
      const [plan] = cloud.snapshot().plans;
      cloud.setChaos('forbidden-detail');
      const { message } = await faultOf(sourceOf(cloud).failures(plan?.id ?? '', soon()));
      expect(message).toMatch(/^HTTP 403 .*servicestage::getReleasePlan/);
    });
  });
});

describe('each kind of chaos, as it comes over the wire', () => {
  test('a wrong signature echoes the request as the gateway saw it', async () => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos('wrong-signature');
      const { body } = await get(cloud, 'cas/release-plans');
      expect(body.error_msg).toContain(
        `canonical request: GET|/v3/${cloud.projectId}/cas/release-plans/||content-type:`,
      );
    });
  });

  test('a policy sends its encoded message along', async () => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos('forbidden');
      const { status, body } = await get(cloud, 'pipeline/pipelines');
      expect(status).toBe(403);
      expect(body).toEqual({
        error_code: 'APIGW.0302',
        error_msg: expect.any(String),
        encoded_authorization_message: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
        request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    });
  });

  test('a plan that is gone is 404, or the 401 that means it', async () => {
    await withCloud({}, async (cloud) => {
      const [plan] = cloud.snapshot().plans;
      const detail = async (id = '') => {
        const { status, body } = await get(cloud, `cas/release-plans/${id}`);
        return [status, body.error_code];
      };
      expect(await detail(plan?.id)).toEqual([200, undefined]);
      expect(await detail('gone')).toEqual([404, 'SVCSTG.00100433']);
      cloud.setChaos('not-found-401');
      expect(await detail('gone')).toEqual([401, 'SVCSTG.00100401']);
    });
  });

  test('pages are what limit and offset say, and count is of all', async () => {
    await withCloud({}, async (cloud) => {
      const ids = cloud.snapshot().plans.map(({ id }) => id);
      cloud.setChaos('pages');
      const page = async (query: string) => {
        const { body } = await get(cloud, `cas/release-plans${query}`);
        return [body.count, body.release_plans.map(({ id }: { id: string }) => id)];
      };
      expect(await page('')).toEqual([3, ids.slice(0, 2)]);
      expect(await page('?limit=100&offset=2')).toEqual([3, ids.slice(2)]);
      expect(await page('?limit=1&offset=1')).toEqual([3, ids.slice(1, 2)]);
      cloud.setChaos('first-page-only');
      expect(await page('?limit=100&offset=2')).toEqual([3, ids.slice(0, 2)]);
      cloud.setChaos(undefined);
      expect(await page('?limit=1&offset=1')).toEqual([3, ids]);
    });
  });

  test('an old replica shows plans that were executed earlier than they had been', async () => {
    await withCloud({}, async (cloud) => {
      const source = sourceOf(cloud);
      const { plans: before = [] } = await source.list(undefined, soon());
      cloud.setChaos('old-replica');
      const { plans: after = [] } = await source.list(undefined, soon());
      expect(wentBackwards(before, after)).toHaveLength(3);
    });
  });

  test.each<[ChaosName, number, RegExp]>([
    ['bad-gateway', 502, /^<!doctype html>/],
    ['login-page', 200, /^<!doctype html>/],
    ['redirect', 302, /^$/],
    ['empty', 200, /^$/],
    ['half-json', 200, /^\{"count":3,.*[^}]$/],
  ])('%s is HTTP %i', async (name, status, text) => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos(name);
      expect(await get(cloud, 'cas/release-plans')).toMatchObject({ status, text: expect.stringMatching(text) });
    });
  });

  test('what the gate refuses is refused as ever, whatever list should have been changed', async () => {
    await withCloud({}, async (cloud) => {
      cloud.setChaos('count-too-high');
      expect((await get(cloud, 'cas/release-plans', {})).body.error_code).toBe('SVCSTG.00100400');
    });
  });
});

describe('the order of bad answers', () => {
  const lists = (names: readonly ChaosName[], seed: number, length: number, call: CallName = 'list') => {
    const schedule = createChaosSchedule(names, seed);
    return Array.from({ length }, () => schedule.next(call)?.name);
  };
  const some: ChaosName[] = ['login-page', 'reset', 'throttled'];

  test('is the same for the same seed, and another for another', () => {
    expect(lists(some, 7, 200)).toEqual(lists(some, 7, 200));
    expect(lists(some, 7, 200)).not.toEqual(lists(some, 8, 200));
  });

  test('without names there are none', () => {
    expect(lists([], 1, 100).filter(Boolean)).toEqual([]);
  });

  test('gives each its turn, long enough to be told, with good answers before, between and after', () => {
    fc.assert(
      fc.property(fc.nat(), fc.uniqueArray(fc.constantFrom(...some), { minLength: 1 }), (seed, names) => {
        const runs = lists(names, seed, 21 * names.length)
          .map((name) => name ?? 'good')
          .reduce<{ name: string; length: number }[]>((all, name) => {
            const last = all.at(-1);
            if (last?.name === name) last.length++;
            else all.push({ name, length: 1 });
            return all;
          }, []);
        const turns = runs.filter(({ name }) => name !== 'good').slice(0, names.length);
        expect(turns.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
        // Nine failing answers are three failing looks, even where each look tries three times.
        for (const { length } of turns) expect(length).toBe(9);
        for (const { length } of runs.slice(0, -1).filter(({ name }) => name === 'good')) {
          expect(length).toBeGreaterThanOrEqual(6);
        }
      }),
    );
  });

  test('a later turn may be one answer long, which nobody should hear of', () => {
    const turns = lists(['reset'], 3, 500).join().split(/,,+/);
    const lengths = new Set(turns.filter(Boolean).map((turn) => turn.split(',').filter(Boolean).length));
    expect(lengths).toEqual(new Set([9, 1]));
  });

  test('what concerns deploy-info waits for it, but not for ever', () => {
    const schedule = createChaosSchedule(['forbidden-detail'], 1);
    const begin = Array.from({ length: 20 }, () => schedule.next('list')).findIndex((turn) => turn?.begins);
    expect(begin).toBeGreaterThanOrEqual(6);
    expect(schedule.next('deploy-info')).toEqual({ name: 'forbidden-detail', begins: false });
    expect(schedule.next('deploy-info')).toBeUndefined();
    const begins = Array.from({ length: 200 }, () => schedule.next('list')).filter((turn) => turn?.begins);
    expect(begins).toHaveLength(3);
  });

  test('a login that fails is met by whoever has a token already', async () => {
    await withCloud({ chaos: { names: ['iam-down'], seed: 1 } }, async (cloud) => {
      const source = sourceOf(cloud, { auth: user });
      for (let look = 0; look < 20; look++) await source.list(undefined, soon()).catch(() => undefined);
      const statuses = cloud
        .snapshot()
        .requests.map(({ path, status }) => `${path.split('?')[0]?.split('/').at(-1)} ${status}`);
      expect(statuses).toContain('tokens 503');
      expect(statuses.at(-1)).toBe('release-plans 200');
    });
  });
});

test('every kind of chaos says in one line what comes back', () => {
  for (const name of chaosNames) {
    expect(name).toMatch(/^[a-z0-9-]{1,21}$/);
    expect(chaosOf(name).says).toMatch(/^\S.{5,98}\S$/);
    expect(chaosOf(name).of.length).toBeGreaterThan(0);
  }
});
