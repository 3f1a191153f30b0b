import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { SourceError } from '../../lib/core/source-error.ts';
import { createTokenSource } from '../../lib/sources/iam-token.ts';
import { createRedactor } from '../../lib/sources/vendor-words.ts';
import { answer, at, faultOf, type Handler, secrets, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const password = secrets['env:PASSWORD'] ?? '';
const wrongPassword = { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } };

/** Another token each time; by default one that lives a day, as IAM's do. */
const issue = (expires: unknown = '2026-11-25T03:04:05.678000Z', first = 1): Handler => {
  let count = first;
  return (request, response) =>
    answer(201, { token: { expires_at: expires } }, { 'X-Subject-Token': `token-${count++}` })(request, response);
};

async function tokensAt(url: string, overrides: { password?: () => string } = {}) {
  let time = at.getTime();
  const tokens = createTokenSource(
    {
      login: async () => ({ endpoint: new URL(url), password: (overrides.password ?? (() => password))() }),
      user: 'release-bot',
      domain: 'acme',
      project: { name: 'ap-southeast-3' },
      redactor: createRedactor(),
    },
    { fetch, now: () => new Date(time), random: () => 0.5, sleep: async () => {} },
  );
  return {
    tokens,
    pass: (minutes: number) => {
      time += minutes * 60_000;
    },
  };
}

describe('a token', () => {
  test('is asked for as documented', async () => {
    let body = '';
    await using cloud = await startScriptedCloud(async (request, response) => {
      for await (const chunk of request) body += chunk;
      issue()(request, response);
    });
    await (await tokensAt(cloud.url)).tokens.token(soon());
    expect(cloud.asked[0]).toMatchObject({
      method: 'POST',
      path: '/v3/auth/tokens?nocatalog=true',
      headers: { 'content-type': 'application/json;charset=utf8' },
    });
    expect(JSON.parse(body)).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'release-bot', password, domain: { name: 'acme' } } },
        },
        scope: { project: { name: 'ap-southeast-3' } },
      },
    });
  });

  test('is kept until ten minutes before it ends', async () => {
    await using cloud = await startScriptedCloud(issue('2026-11-24T04:04:05.678000Z'));
    const { tokens, pass } = await tokensAt(cloud.url);
    expect(await tokens.token(soon())).toBe('token-1');
    pass(49);
    expect(await tokens.token(soon())).toBe('token-1');
    pass(1);
    expect(await tokens.token(soon())).toBe('token-2');
    expect(cloud.asked).toHaveLength(2);
  });

  test.each([
    ['not said', undefined],
    ['nonsense', 'tomorrow'],
    ['a number', 7],
  ])('whose end is %s is kept for less than an hour', async (_what, expires) => {
    await using cloud = await startScriptedCloud(issue(expires ?? null));
    const { tokens, pass } = await tokensAt(cloud.url);
    await tokens.token(soon());
    pass(49);
    expect(await tokens.token(soon())).toBe('token-1');
    pass(1);
    expect(await tokens.token(soon())).toBe('token-2');
  });

  test('is asked for once by all who need it at the same time', async () => {
    await using cloud = await startScriptedCloud(issue());
    const { tokens } = await tokensAt(cloud.url);
    const all = await Promise.all([1, 2, 3, 4].map(() => tokens.token(soon())));
    expect(all).toEqual(['token-1', 'token-1', 'token-1', 'token-1']);
    expect(cloud.asked).toHaveLength(1);
  });

  test('is not taken from the others by the one who asked first and gave up', async () => {
    const asked = Promise.withResolvers<() => void>();
    await using cloud = await startScriptedCloud((request, response) => {
      asked.resolve(() => issue()(request, response));
    });
    const { tokens } = await tokensAt(cloud.url);
    const impatient = faultOf(tokens.token(soon(50)));
    const patient = tokens.token(soon());
    expect((await impatient).message).toMatch(/time that this look had/);
    const release = await asked.promise;
    release();
    expect(await patient).toBe('token-1');
  });

  test('that was refused is made anew, once for all who were refused with it', async () => {
    await using cloud = await startScriptedCloud(issue());
    const { tokens } = await tokensAt(cloud.url);
    const refused = await tokens.token(soon());
    tokens.renew(refused);
    expect(await tokens.token(soon())).toBe('token-2');
    tokens.renew(refused);
    expect(await tokens.token(soon())).toBe('token-2');
  });

  test('of nine kilobytes fits the headers', async () => {
    const token = randomBytes(6_840).toString('base64');
    await using iam = await startScriptedCloud(answer(201, {}, { 'X-Subject-Token': token }));
    expect(await (await tokensAt(iam.url)).tokens.token(soon())).toBe(token);
  });
});

test('a token larger than Node’s headers is taken with the option that the functions are deployed with', async () => {
  const [option = ''] = /--max-http-header-size=\d+/.exec(await readFile('serverless.yml', 'utf8')) ?? [];
  const token = randomBytes(30_000).toString('base64');
  await using iam = await startScriptedCloud(answer(201, {}, { 'X-Subject-Token': token }));
  const script = `
    import { createTokenSource } from './lib/sources/iam-token.ts';
    import { createRedactor } from './lib/sources/vendor-words.ts';
    const login = async () => ({ endpoint: new URL(${JSON.stringify(iam.url)}), password: 'x' });
    const settings = { login, user: 'u', domain: 'd', project: { id: 'p' }, redactor: createRedactor() };
    const edges = { fetch, now: () => new Date(), random: () => 0.5, sleep: async () => {} };
    console.log((await createTokenSource(settings, edges).token(AbortSignal.timeout(15_000))).length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, NODE_OPTIONS: option },
  });
  expect(stdout.trim()).toBe(String(token.length));
});

describe('a login that fails', () => {
  test.each<[what: string, handler: Handler, reason: RegExp, advice: RegExp]>([
    [
      'for a wrong password',
      answer(401, wrongPassword),
      /^no token: HTTP 401: The username or password is wrong\.$/,
      /password\. A HUAWEI ID and a user with MFA cannot log in like this \(IAM .* code /,
    ],
    [
      'of a user whose login asks for a code',
      answer(401, { error: { code: 401, message: 'MFA is required', title: 'Unauthorized' } }),
      /^no token: HTTP 401: MFA is required$/,
      /asks the other for a code that nobody is here to type/,
    ],
    ['for want of permission', answer(403, {}), /^no token: HTTP 403/, /programmatic access/],
    [
      'for a wrong project',
      answer(400, { error: { code: 400, message: 'scope' } }),
      /^no token: HTTP 400: scope$/,
      /projectId/,
    ],
    ['for an outage', answer(503), /^no token: HTTP 503/, /trouble of its own/],
    ['for an answer without a token', answer(201, {}), /without X-Subject-Token$/, /iamEndpoint is IAM/],
    [
      'for an answer that is no 201',
      answer(200, {}, { 'X-Subject-Token': 't' }),
      /^no token: HTTP 200/,
      /endpoint is the cloud/,
    ],
  ])('%s', async (_what, handler, reason, advice) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf((await tokensAt(cloud.url)).tokens.token(soon()));
    expect(error.message).toMatch(reason);
    expect(error.advice).toMatch(advice);
  });

  test('for a wrong password is not tried again for five minutes, or IAM locks the user', async () => {
    await using cloud = await startScriptedCloud(answer(401, wrongPassword), issue());
    const { tokens, pass } = await tokensAt(cloud.url);
    await faultOf(tokens.token(soon()));
    pass(4);
    expect((await faultOf(tokens.token(soon()))).message).toMatch(/password is wrong/);
    expect(cloud.asked).toHaveLength(1);
    pass(1);
    expect(await tokens.token(soon())).toBe('token-1');
  });

  test('for a wrong password is tried at once with another one', async () => {
    await using cloud = await startScriptedCloud(answer(401, wrongPassword), issue());
    let word = 'wrong';
    const { tokens } = await tokensAt(cloud.url, { password: () => word });
    await faultOf(tokens.token(soon()));
    word = 'right';
    expect(await tokens.token(soon())).toBe('token-1');
  });
});

describe('a source with a user', () => {
  const config = { auth: { user: 'release-bot', domain: 'acme', password: 'env:PASSWORD' } };
  const over = { error_code: 'APIGW.0307', error_msg: 'The token must be updated.' };
  const empty = { count: 0, release_plans: [] };

  test('logs in once, and shows its token', async () => {
    await using cloud = await startScriptedCloud(issue(), answer(200, empty));
    const { source } = sourceAt(cloud.url, { config });
    await source.list(undefined, soon());
    await source.list(undefined, soon());
    expect(cloud.asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
    expect(cloud.asked[2]?.headers['x-auth-token']).toBe('token-1');
  });

  test('whose token died early logs in again, and asks again', async () => {
    await using cloud = await startScriptedCloud(issue(), answer(401, over), issue(undefined, 2), answer(200, empty));
    expect((await sourceAt(cloud.url, { config }).source.list(undefined, soon())).plans).toEqual([]);
    expect(cloud.asked.map(({ headers }) => headers['x-auth-token'])).toEqual([
      undefined,
      'token-1',
      undefined,
      'token-2',
    ]);
  });

  test('asks again only once', async () => {
    const gets = { count: 0 };
    await using cloud = await startScriptedCloud((request, response) => {
      if (request.method === 'POST') return issue()(request, response);
      gets.count++;
      return answer(401, over)(request, response);
    });
    const error = await faultOf(sourceAt(cloud.url, { config }).source.list(undefined, soon()));
    expect(error.message).toMatch(/APIGW.0307/);
    expect(gets.count).toBe(2);
  });

  test.each([
    ['APIGW.0301', 'Incorrect IAM authentication information: decrypt token fail'],
    ['APIGW.0305', 'Incorrect authentication information'],
  ])('whose token is refused with %s is not logged in again', async (error_code, error_msg) => {
    await using cloud = await startScriptedCloud(issue(), answer(401, { error_code, error_msg }));
    const error = await faultOf(sourceAt(cloud.url, { config }).source.list(undefined, soon()));
    expect(error.advice).toMatch(/release-bot/);
    expect(cloud.asked).toHaveLength(2);
  });

  test('never tells its password or its token, whoever repeats it', async () => {
    const shown = ({ message, advice, stack, cause }: SourceError) => `${message} ${advice} ${stack} ${cause}`;
    await using iam = await startScriptedCloud(answer(400, { error: { code: 400, message: `bad "${password}"` } }));
    const first = await faultOf(sourceAt(iam.url, { config }).source.list(undefined, soon()));
    expect(shown(first)).not.toContain(password);
    expect(first.message).toContain('bad "[…]"');

    await using cloud = await startScriptedCloud(issue(), answer(403, { error_msg: 'no entry with token-1 here' }));
    const second = await faultOf(sourceAt(cloud.url, { config }).source.list(undefined, soon()));
    expect(second.message).toBe('HTTP 403: no entry with […] here');
  });
});
