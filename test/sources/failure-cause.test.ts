import { expect, test } from '@jest/globals';
import type { FailureCause } from '../../lib/core/failure-cause.ts';
import { SecretError } from '../../lib/secrets.ts';
import { answer, faultOf, type Handler, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const reset: Handler = (request) => request.socket.destroy();
const never: Handler = () => {};
const half: Handler = (_request, response) => {
  response.writeHead(200, { 'Content-Length': 30 });
  response.write('{"count":', () => response.destroy());
};

test.each<[what: string, handler: Handler, failure: FailureCause]>([
  ['a wrong key', answer(401, { error_code: 'APIGW.0301', error_msg: 'x' }), 'misconfigured'],
  ['no permission', answer(403), 'misconfigured'],
  ['another service', answer(404), 'misconfigured'],
  ['a redirect', answer(302, '', { Location: 'https://login.example' }), 'misconfigured'],
  ['throttling', answer(429), 'rate-limited'],
  ['a fault of the cloud', answer(503), 'server'],
  ['a line that breaks', reset, 'network'],
  ['half an answer', half, 'network'],
  ['an incomplete list', answer(200, { count: 2, release_plans: [] }), 'other'],
])('%s is counted as what it is', async (_what, handler, failure) => {
  await using cloud = await startScriptedCloud(handler);
  expect((await faultOf(sourceAt(cloud.url).source.list(undefined, soon()))).failure).toBe(failure);
});

test('an answer that does not come is a time-out, whoever’s time it is', async () => {
  await using cloud = await startScriptedCloud(never);
  const late = await faultOf(sourceAt(cloud.url, { tryMs: 50 }).source.list(undefined, soon()));
  const ended = await faultOf(sourceAt(cloud.url).source.list(undefined, soon(50)));
  expect([late.failure, ended.failure]).toEqual(['time-out', 'time-out']);
});

test('a login that is refused is counted as what IAM said', async () => {
  await using iam = await startScriptedCloud(answer(401, { error: { code: 401, message: 'wrong password' } }));
  const config = { iamEndpoint: iam.url, auth: { user: 'bot', domain: 'acme', password: 'env:PASSWORD' } };
  expect(await faultOf(sourceAt(iam.url, { config }).source.list(undefined, soon()))).toMatchObject({
    message: expect.stringMatching(/^no token: /),
    failure: 'misconfigured',
  });
});

test.each<[what: string, read: () => Promise<string>, failure: FailureCause]>([
  ['is not there', async () => Promise.reject(new SecretError('env:AK: not set.')), 'misconfigured'],
  ['cannot be had just now', async () => Promise.reject(new SecretError('env:AK: no answer.', true)), 'other'],
  ['is empty', async () => ' ', 'misconfigured'],
  ['is no key', async () => 'two words', 'misconfigured'],
])('a secret that %s', async (_what, secret, failure) => {
  expect((await faultOf(sourceAt('http://127.0.0.1:9', { secret }).source.list(undefined, soon()))).failure).toBe(
    failure,
  );
});

test.each(['ftp://x', 'http://x.example'])('the address %s is misconfigured', async (endpoint) => {
  expect((await faultOf(sourceAt(endpoint).source.list(undefined, soon()))).failure).toBe('misconfigured');
});
