import { describe, expect, test } from '@jest/globals';
import type { Auth } from '../../lib/core/config.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { createRefusals } from '../../lib/sources/refusal.ts';
import { answer, at, faultOf, secrets, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const wrong = { error_code: 'APIGW.0301', error_msg: 'Incorrect IAM authentication information' };
const empty = { count: 0, release_plans: [] };

/** A source whose clock and secrets the test sets. */
function sourceIn(url: string, auth?: Auth) {
  const world = { ms: at.getTime(), secrets: { ...secrets } as Record<string, string> };
  const { source } = sourceAt(url, {
    ...(auth && { config: { auth } }),
    now: () => new Date(world.ms),
    secret: async (ref) => world.secrets[ref] ?? '',
  });
  return { source, world };
}

describe('a key that was refused is not sent again and again, or the cloud locks it', () => {
  test('for five minutes each look fails with what the cloud said then', async () => {
    await using cloud = await startScriptedCloud(answer(401, wrong), answer(200, empty));
    const { source, world } = sourceIn(cloud.url);
    const first = await faultOf(source.list(undefined, soon()));
    expect(first.kind).toBe('unauthorised');
    world.ms += 299_000;
    expect(await faultOf(source.list(undefined, soon()))).toBe(first);
    expect(await faultOf(source.failures('p1', soon()))).toBe(first);
    expect(cloud.asked).toHaveLength(1);
    world.ms += 1_000;
    expect((await source.list(undefined, soon())).plans).toEqual([]);
  });

  test('after which a user signs in anew, since the token is what was refused', async () => {
    let logins = 0;
    let gets = 0;
    await using cloud = await startScriptedCloud((request, response) => {
      if (request.method === 'POST')
        return answer(201, {}, { 'X-Subject-Token': `token-${++logins}` })(request, response);
      gets++;
      return (request.headers['x-auth-token'] === 'token-1' ? answer(401, wrong) : answer(200, empty))(
        request,
        response,
      );
    });
    const { source, world } = sourceIn(cloud.url, { user: 'release-bot', domain: 'acme', password: 'env:PASSWORD' });
    const first = await faultOf(source.list(undefined, soon()));
    world.ms += 299_000;
    expect(await faultOf(source.list(undefined, soon()))).toBe(first);
    expect([logins, gets]).toEqual([1, 1]);
    world.ms += 1_000;
    expect((await source.list(undefined, soon())).plans).toEqual([]);
    expect([logins, gets]).toEqual([2, 2]);
  });

  test('another key is tried at once', async () => {
    await using cloud = await startScriptedCloud(answer(401, wrong), answer(200, empty));
    const { source, world } = sourceIn(cloud.url);
    await faultOf(source.list(undefined, soon()));
    world.secrets['env:SK'] = 'another';
    expect((await source.list(undefined, soon())).plans).toEqual([]);
  });

  test('a clock that is set back meanwhile does not prolong it', () => {
    let ms = 1_000_000;
    const refusals = createRefusals(() => new Date(ms));
    refusals.note('key', new SourceError('no', 'Mend it.'));
    expect(() => refusals.check('key')).toThrow('no');
    ms -= 1;
    expect(() => refusals.check('key')).not.toThrow();
  });

  test.each([
    ['a 401 that only means "not there"', 401, { error_code: 'SVCSTG.00100401', error_msg: 'x' }],
    ['no permission', 403, { error_code: 'APIGW.0302', error_msg: 'x' }],
    ['a token that is over', 401, { error_code: 'APIGW.0307', error_msg: 'x' }],
  ])('%s is no such refusal', async (_what, status, body) => {
    await using cloud = await startScriptedCloud(answer(status, body), answer(200, empty));
    const { source } = sourceIn(cloud.url);
    await faultOf(source.list(undefined, soon()));
    expect((await source.list(undefined, soon())).plans).toEqual([]);
  });
});
