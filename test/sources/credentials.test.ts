import { describe, expect, test } from '@jest/globals';
import { createServiceStageSource } from '../../lib/sources/servicestage.ts';
import { answer, at, faultOf, projectId, secrets, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const empty = { count: 0, release_plans: [] };

test('a token goes as it is, and nothing is signed', async () => {
  await using cloud = await startScriptedCloud(answer(200, empty));
  await sourceAt(cloud.url, { config: { auth: { token: 'env:TOKEN' } } }).source.list(undefined, soon());
  expect(cloud.asked[0]?.headers).toMatchObject({ 'x-auth-token': secrets['env:TOKEN'], 'x-project-id': projectId });
  expect(cloud.asked[0]?.headers).not.toHaveProperty('authorization');
});

test('a token that is over is not tried again: nobody here can make another', async () => {
  await using cloud = await startScriptedCloud(
    answer(401, { error_code: 'APIGW.0307', error_msg: 'The token must be updated' }),
  );
  const { source } = sourceAt(cloud.url, { config: { auth: { token: 'env:TOKEN' } } });
  expect((await faultOf(source.list(undefined, soon()))).advice).toMatch(
    /^The token in env:TOKEN .* put a new one there/,
  );
  expect(cloud.asked).toHaveLength(1);
});

test('temporary keys send their token, and sign it', async () => {
  await using cloud = await startScriptedCloud(answer(200, empty));
  const auth = { accessKey: 'env:AK', secretKey: 'env:SK', securityToken: 'env:TOKEN' };
  await sourceAt(cloud.url, { config: { auth } }).source.list(undefined, soon());
  expect(cloud.asked[0]?.headers['x-security-token']).toBe(secrets['env:TOKEN']);
  expect(cloud.asked[0]?.headers.authorization).toMatch(/SignedHeaders=[^,]*;x-security-token,/);
});

describe('a secret that cannot be used fails the look, names its reference and shows no value', () => {
  test.each<[what: string, read: () => Promise<string>, reason: string]>([
    ['unknown', async () => Promise.reject(new Error('it is not set')), 'env:AK: it is not set'],
    [
      'unknown, in words that name it',
      async () => Promise.reject(new Error('env:AK is not set.')),
      'env:AK is not set',
    ],
    ['empty', async () => ' \n', 'env:AK is empty'],
    ['of two lines', async () => 'AKEXAMPLE\nX-Other: 1', 'env:AK holds characters that no key and no token has'],
    ['not ASCII', async () => 'AKEXAMPLÉ', 'env:AK holds characters that no key and no token has'],
  ])('%s', async (_what, read, reason) => {
    await using cloud = await startScriptedCloud(answer(200, empty));
    const error = await faultOf(sourceAt(cloud.url, { secret: read }).source.list(undefined, soon()));
    expect(error.message).toBe(reason);
    expect(`${error.message} ${error.advice} ${error.cause}`).not.toContain('AKEXAMPL');
    expect(error.advice).toContain('env:AK');
    expect(cloud.asked).toEqual([]);
  });

  test('slower than the look: it ends all the same', async () => {
    const error = await faultOf(
      sourceAt('http://127.0.0.1:1', { secret: () => new Promise(() => {}) }).source.list(undefined, soon(50)),
    );
    expect(error.message).toMatch(/time that this look had/);
  });

  test('the line break that a file ends with is no part of it', async () => {
    await using cloud = await startScriptedCloud(answer(200, empty));
    await sourceAt(cloud.url, { secret: async (ref) => `${secrets[ref]}\n` }).source.list(undefined, soon());
    expect(cloud.asked[0]?.headers.authorization).toContain(`Access=${secrets['env:AK']},`);
  });
});

describe('the endpoint', () => {
  const identityOf = (config: Parameters<typeof sourceAt>[1]) =>
    sourceAt('https://ignored.example', config).source.identity();
  const inConfig = (endpoint: string, allowInsecure = false) => ({ config: { endpoint, allowInsecure } });

  test.each<[address: string, identity: string]>([
    ['https://servicestage.example.com', 'https://servicestage.example.com'],
    ['https://gateway.example.com:8443/huawei/', 'https://gateway.example.com:8443/huawei'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is good', async (address, identity) => {
    expect(await identityOf(inConfig(address))).toEqual({ endpoint: identity, projectId, edition: 'release-plans' });
  });

  test.each<[address: string, fault: string]>([
    ['http://servicestage.example.com', 'endpoint is not https'],
    ['http://127.0.0.1.example.com', 'endpoint is not https'],
    ['ftp://servicestage.example.com', 'endpoint is not an address: write https://host/path'],
    ['servicestage.example.com', 'endpoint is not an address: write https://host/path'],
    ['https://me:word@servicestage.example.com', 'endpoint holds a user name or password'],
    ['https://servicestage.example.com/?key=word', 'endpoint has a ? or #'],
  ])('%s is refused, and not shown', async (address, fault) => {
    const error = await faultOf(identityOf(inConfig(address)));
    expect(error.message.startsWith(fault)).toBe(true);
    expect(`${error.message} ${error.advice}`).not.toMatch(/word@|=word/);
  });

  test('is that of the region where none is set, and so is IAM’s', async () => {
    const asked: string[] = [];
    const fetch = async (request: unknown) => {
      const { url } = request as Request;
      asked.push(url);
      return url.includes('iam')
        ? Response.json({}, { status: 201, headers: { 'X-Subject-Token': 't' } })
        : Response.json(empty);
    };
    const auth = { user: 'release-bot', domain: 'acme', password: 'env:PASSWORD' };
    const source = createServiceStageSource(
      { name: 'cn', region: 'cn-north-4', projectId, edition: 'release-plans', auth },
      { fetch, now: () => at, random: () => 0, sleep: async () => {}, secret: async () => 'a word' },
    );
    await source.list(undefined, soon());
    expect(asked).toEqual([
      'https://iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens?nocatalog=true',
      `https://servicestage.cn-north-4.myhuaweicloud.com/v3/${projectId}/cas/release-plans`,
    ]);
    expect(source.place).toEqual({ source: 'cn', region: 'cn-north-4', projectId });
    expect((await source.identity()).endpoint).toBe('https://servicestage.cn-north-4.myhuaweicloud.com');
  });

  test('http to elsewhere needs to be allowed', async () => {
    expect(await identityOf(inConfig('http://10.0.0.7', true))).toMatchObject({ endpoint: 'http://10.0.0.7' });
  });

  test('may be a reference: then its value is used, and never shown', async () => {
    const secret = async () => 'gateway.example.com/hidden';
    const error = await faultOf(identityOf({ ...inConfig('ssm:/planwatch/endpoint'), secret }));
    expect(error.message).toMatch(/^endpoint \(ssm:\/planwatch\/endpoint\) is not an address/);
    expect(error.advice).not.toContain('hidden');
    expect(await identityOf({ ...inConfig('ssm:/x'), secret: async () => 'https://a.example\n' })).toMatchObject({
      endpoint: 'https://a.example',
    });
  });

  test('keeps its own path in front of the call’s', async () => {
    await using cloud = await startScriptedCloud(answer(200, empty));
    await sourceAt(`${cloud.url}/huawei/`).source.list(undefined, soon());
    expect(cloud.asked[0]?.path).toBe(`/huawei/v3/${projectId}/cas/release-plans`);
  });
});
