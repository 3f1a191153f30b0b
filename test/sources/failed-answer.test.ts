import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from '../../lib/sources/vendor-words.ts';
import { answer, at, faultOf, projectId, secrets, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const iam = 'Incorrect IAM authentication information';
const ask = async (status: number, body: unknown, headers: Record<string, string> = {}) => {
  await using cloud = await startScriptedCloud(answer(status, body, headers));
  const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
  return { ...error, message: error.message, advice: error.advice, asked: cloud.asked.length };
};

describe('every spelling of a fault gives its code, its words and the request’s id', () => {
  test.each<[spelling: string, body: unknown, headers: Record<string, string>, reason: string]>([
    [
      'the gateway',
      { error_code: 'APIGW.0302', error_msg: 'denied', request_id: '80a1' },
      {},
      'HTTP 403 APIGW.0302: denied (request 80a1)',
    ],
    [
      'ServiceStage',
      { error_code: 'SVCSTG.00100400', error_msg: 'bad' },
      { 'X-Request-Id': 'r-1' },
      'HTTP 403 SVCSTG.00100400: bad (request r-1)',
    ],
    ['a sibling', { error_code: 'A.1', error_message: 'no' }, {}, 'HTTP 403 A.1: no'],
    ['another sibling', { errorCode: 'B.2', errorMessage: 'no' }, {}, 'HTTP 403 B.2: no'],
    [
      'IAM',
      { error: { code: 403, message: 'Forbidden for you', title: 'Forbidden' } },
      {},
      'HTTP 403: Forbidden for you',
    ],
    ['only a code', { error_code: 'C.3' }, {}, 'HTTP 403 C.3'],
    ['a proxy', '<html>secret page</html>', {}, 'HTTP 403: an HTML page instead of JSON'],
    ['nobody', '', {}, 'HTTP 403: an empty answer'],
    ['words over lines', { error_msg: 'a\n\n\tb\u0000c' }, {}, 'HTTP 403: a b c'],
    ['a code that is none', { error_code: '<script>', error_msg: 'x' }, {}, 'HTTP 403: x'],
    ['an id that is none', { error_msg: 'x', request_id: 'a b' }, {}, 'HTTP 403: x'],
  ])('%s', async (_spelling, body, headers, reason) => {
    expect((await ask(403, body, headers)).message).toBe(reason);
  });

  test('and never more than 500 characters', async () => {
    const error_msg = 'word '.repeat(1_000);
    const { message } = await ask(403, { error_code: 'X.1', error_msg }, { 'X-Request-Id': 'r-1' });
    expect(message.length).toBeLessThanOrEqual(500);
    expect(message).toMatch(/^HTTP 403 X\.1: word .*… \(request r-1\)$/);
  });
});

describe('every class of failure says what to do, and is asked once', () => {
  test.each<[what: string, status: number, body: unknown, advice: RegExp]>([
    ['a wrong key', 401, { error_code: 'APIGW.0301', error_msg: iam }, /^Check env:AK and env:SK/],
    ['a wrong key in the older spelling', 401, { error_code: 'APIG.0301', error_msg: iam }, /^Check env:AK and env:SK/],
    ['an unknown key', 401, { error_code: 'APIGW.0305', error_msg: 'x' }, /^Check env:AK and env:SK/],
    [
      'a 401 that only means "not there"',
      401,
      { error_code: 'SVCSTG.00100401', error_msg: 'x' },
      /region ap-southeast-3/,
    ],
    ['no permission', 403, { error_code: 'APIGW.0302', error_msg: 'x' }, /servicestage::listReleasePlan/],
    [
      'a wrong path',
      404,
      { error_code: 'APIGW.0101', error_msg: 'x' },
      new RegExp(`project ${projectId} is in region`),
    ],
    ['a wrong parameter', 400, { error_code: 'SVCSTG.00100400', error_msg: 'x' }, /^Check that project/],
    ['something else altogether', 418, 'teapot', /endpoint is the cloud itself/],
  ])('%s', async (_what, status, body, advice) => {
    const error = await ask(status, body);
    expect(error.advice).toMatch(advice);
    expect(error.asked).toBe(1);
  });

  test('what failed of a plan needs another permission', async () => {
    await using cloud = await startScriptedCloud(answer(403, {}));
    const error = await faultOf(sourceAt(cloud.url).source.failures('p1', soon()));
    expect(error.advice).toMatch(/servicestage::getReleasePlan/);
  });
});

describe('a clock that is off looks like a wrong key', () => {
  const body = { error_code: 'APIGW.0301', error_msg: iam };
  const theirs = (minutes: number) => ({ Date: new Date(at.getTime() + minutes * 60_000).toUTCString() });

  test.each([
    [-20, /clock is 20 minutes ahead of the cloud's/],
    [20, /clock is 20 minutes behind the cloud's/],
    [4, /^Check env:AK/],
    [-4, /^Check env:AK/],
  ])('the cloud’s is %i minutes from ours', async (minutes, advice) => {
    expect((await ask(401, body, theirs(minutes))).advice).toMatch(advice);
  });

  test('but a token holds no time', async () => {
    await using cloud = await startScriptedCloud(answer(401, body, theirs(60)));
    const { source } = sourceAt(cloud.url, { config: { auth: { token: 'env:TOKEN' } } });
    expect((await faultOf(source.list(undefined, soon()))).advice).toMatch(/^The token in env:TOKEN/);
  });
});

describe('no secret is told', () => {
  const canonical = `GET|/v3/${projectId}/cas/release-plans/||content-type:application/json|x-auth-token:MIIshort|x-sdk-date:20261124T030405Z||content-type;host|e3b0`;

  test.each<[echo: string, words: string, left: string]>([
    [
      'the signed request',
      `${iam}: verify aksk signature fail, canonical request: ${canonical}`,
      `${iam}: verify aksk signature fail`,
    ],
    [
      'the signed request under another name',
      `verify fail, the server's canonicalRequest is '${canonical}'`,
      'verify fail, the',
    ],
    ['the signed request without a name', `mismatch ${canonical}`, 'mismatch'],
    ['what was signed', 'mismatch, StringToSign: SDK-HMAC-SHA256 2026', 'mismatch'],
    ['the header', 'bad Authorization: SDK-HMAC-SHA256 Access=AK, Signature=aa', 'bad'],
    ['a part of the header', 'bad Access=AKX, SignedHeaders=host, Signature=aa', 'bad'],
    ['a token by name', 'bad x-auth-token: MIIabc', 'bad'],
    ['a token that is not ours', `decode ${'MIIa'.repeat(12)} failed`, 'decode […] failed'],
    ['the access key', `AK ${secrets['env:AK']} is unknown`, 'AK […] is unknown'],
    ['the secret key', `SK ${secrets['env:SK']} is unknown`, 'SK […] is unknown'],
  ])('%s', async (_echo, error_msg, left) => {
    expect((await ask(401, { error_code: 'APIGW.0301', error_msg })).message).toBe(`HTTP 401 APIGW.0301: ${left}`);
  });

  test('words that only sound like it stay', () => {
    const words = 'Access: denied to project 0123456789abcdef0123456789abcdef, signature of the agency is over';
    expect(createRedactor().clean(words)).toBe(words);
  });

  test('a secret that begins with another one is gone whole', () => {
    const redactor = createRedactor();
    for (const secret of ['SHORT', 'SHORT-and-long']) redactor.learn(secret);
    expect(redactor.clean('bad SHORT-and-long and SHORT')).toBe('bad […] and […]');
  });

  test('wherever a known secret stands, it is gone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/=]{8,60}$/), fc.string(), fc.string(), (secret, before, after) => {
        const redactor = createRedactor();
        redactor.learn(secret);
        redactor.learn(secret.slice(0, 4));
        expect(redactor.clean(`${before}${secret}${after}`)).not.toContain(secret);
      }),
    );
  });

  test.each(['|', ' ', 'a', "'", '=', 'Access', 'canonical'])('megabytes of %j are cleaned, too', (part) => {
    expect(createRedactor().clean(part.repeat(1_000_000)).length).toBeLessThanOrEqual(4_000);
  });
});
