import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { answer, faultOf, type Handler, realSleep, soon, sourceAt, startScriptedCloud } from './scripted-cloud.ts';

const empty = { count: 0, release_plans: [] };
const throttled = {
  error_code: 'APIGW.0308',
  error_msg: 'The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 second',
};

const reset: Handler = (request) => request.socket.destroy();
const cutAt =
  (bytes: number, promised: number): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Length': promised });
    response.write('x'.repeat(bytes), () => response.destroy());
  };
const cutAt404: Handler = (_request, response) => {
  response.writeHead(404, { 'Content-Length': 30 });
  response.write('half', () => response.destroy());
};
const cutChunks: Handler = (_request, response) => {
  response.writeHead(200);
  response.write('{"count":0,"release_plans":[]}', () => response.destroy());
};
const never: Handler = () => {};
const slowBody: Handler = (_request, response) => {
  response.writeHead(200, { 'Content-Length': 1_000 });
  response.write('{');
};

describe('what passes is tried again', () => {
  test.each<[what: string, first: Handler, waits: readonly number[]]>([
    ['throttling, after the vendor’s two to five seconds', answer(429, throttled), [3_500]],
    ['throttling that names its time', answer(429, throttled, { 'Retry-After': '4' }), [4_000]],
    ['a server error', answer(500, ''), [1_000]],
    ['a bad gateway', answer(502, '<html>'), [1_000]],
    ['an unavailable one that names its time', answer(503, '', { 'Retry-After': '7' }), [7_000]],
    ['a reset before the answer', reset, [1_000]],
    ['a body that ends before its length', cutAt(5, 30), [1_000]],
    ['a body of chunks without the last one, though its JSON is whole', cutChunks, [1_000]],
    ['compression that is broken', answer(200, 'not gzip', { 'Content-Encoding': 'gzip' }), [1_000]],
  ])('%s', async (_what, first, expected) => {
    await using cloud = await startScriptedCloud(first, answer(200, empty));
    const { source, waits } = sourceAt(cloud.url);
    expect((await source.list(undefined, soon())).plans).toEqual([]);
    expect(waits).toEqual(expected);
    expect(cloud.asked).toHaveLength(2);
  });

  test('at most three times in all, and the last answer is told', async () => {
    await using cloud = await startScriptedCloud(answer(429, throttled, { 'X-Request-Id': '8080abcd' }));
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(cloud.asked).toHaveLength(3);
    expect(error.message).toBe(
      'HTTP 429 APIGW.0308: The throttling threshold has been reached: policy user over ratelimit,limit:20,time:1 second (request 8080abcd)',
    );
    expect(error.advice).toMatch(/poll less often/);
  });

  test('each try is signed anew, with its own time', async () => {
    await using cloud = await startScriptedCloud(answer(503), answer(200, empty));
    let seconds = 0;
    const now = () => new Date(Date.UTC(2026, 10, 24, 3, 4, seconds));
    const sleep = async () => {
      seconds += 3;
    };
    await sourceAt(cloud.url, { now, sleep }).source.list(undefined, soon());
    expect(cloud.asked.map(({ headers }) => headers['x-sdk-date'])).toEqual(['20261124T030400Z', '20261124T030403Z']);
  });

  test('not when the cloud asks for a longer wait than a look has', async () => {
    await using cloud = await startScriptedCloud(answer(429, throttled, { 'Retry-After': '60' }));
    const { source, waits } = sourceAt(cloud.url);
    await faultOf(source.list(undefined, soon()));
    expect([cloud.asked.length, waits]).toEqual([1, []]);
  });
});

describe('what is left is told in words', () => {
  test.each<[what: string, handler: Handler, reason: RegExp, advice: RegExp]>([
    ['a body that ends before its length', cutAt(5, 30), /^half an answer: it broke off after 5 bytes$/, /proxy/],
    ['a line that is reset', reset, /^no connection \((ECONNRESET|UND_ERR_SOCKET)\)$/, /region or the endpoint/],
    [
      'a server that answers with a page',
      answer(502, '<html><h1>Bad Gateway</h1></html>'),
      /^HTTP 502: an HTML page instead of JSON$/,
      /nothing is lost/,
    ],
    ['a server that answers with nothing', answer(503), /^HTTP 503: an empty answer$/, /nothing is lost/],
  ])('%s', async (_what, handler, reason, advice) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(cloud.asked).toHaveLength(3);
    expect(error.message).toMatch(reason);
    expect(error.advice).toMatch(advice);
  });

  test('nobody listens: the code, and never the address', async () => {
    const { url } = await startScriptedCloud(never).then(async (cloud) => {
      await cloud[Symbol.asyncDispose]();
      return cloud;
    });
    const error = await faultOf(sourceAt(url).source.list(undefined, soon()));
    expect(error.message).toBe('no connection (ECONNREFUSED)');
    expect(`${error.stack} ${error.cause}`).not.toContain(url.slice('http://'.length));
  });

  test('a server that speaks no TLS, or shows a certificate of nobody known, is told as that', async () => {
    await using cloud = await startScriptedCloud(never);
    const endpoint = cloud.url.replace('http:', 'https:');
    const error = await faultOf(sourceAt(endpoint).source.list(undefined, soon()));
    expect(error.message).toMatch(/^no connection \((?:ERR_SSL|EPROTO)/);
    expect(error).toMatchObject({ kind: 'unreachable', advice: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  });

  test.each<[code: string, kind: string, tries: number, message: RegExp, advice: RegExp]>([
    ['ENOTFOUND', 'unreachable', 3, /^no connection \(ENOTFOUND\)$/, /^No address is known for its name/],
    ['EAI_AGAIN', 'unreachable', 3, /^no connection \(EAI_AGAIN\)$/, /DNS of this machine/],
    ['CERT_HAS_EXPIRED', 'unreachable', 3, /CERT_HAS_EXPIRED/, /certificate is not trusted here/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable', 3, /SELF_SIGNED/, /certificate is not trusted here/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable', 3, /ALTNAME/, /certificate is not trusted here/],
    ['ETIMEDOUT', 'unreachable', 3, /^no connection \(ETIMEDOUT\)$/, /^Check the region or the endpoint/],
    ['something odd', 'unreachable', 3, /^no connection$/, /^Check the region or the endpoint/],
  ])('%s: what to do', async (code, kind, tries, message, advice) => {
    let asked = 0;
    const fetch = async () => {
      asked++;
      throw Object.assign(new TypeError('fetch failed'), { cause: { code } });
    };
    const error = await faultOf(sourceAt('http://127.0.0.1:1', { fetch }).source.list(undefined, soon()));
    expect(error).toMatchObject({
      kind,
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    });
    expect(asked).toBe(tries);
  });

  test('headers that are larger than Node takes are told as that, once', async () => {
    await using cloud = await startScriptedCloud(answer(200, empty, { 'X-Large': 'x'.repeat(17_000) }));
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(error).toMatchObject({ kind: 'nonsense', advice: expect.stringContaining('--max-http-header-size') });
    expect(cloud.asked).toHaveLength(1);
  });

  test.each([
    ['silence', never],
    ['a body that never ends', slowBody],
  ])('%s ends each try after its time', async (_what, handler) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf(sourceAt(cloud.url, { tryMs: 50 }).source.list(undefined, soon()));
    expect(error.message).toBe('no whole answer within 0.05 s');
    expect(cloud.asked).toHaveLength(3);
  });

  test.each([
    ['silence', never],
    ['a body that never ends', slowBody],
  ])('%s ends with the time of the look, and is not tried again', async (_what, handler) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon(500)));
    expect(error.message).toBe('no whole answer in the time that this look had');
    expect(cloud.asked).toHaveLength(1);
  });

  test.each([
    ['a wait that hears it', realSleep],
    ['a wait that does not', () => new Promise<void>(() => {})],
  ])('time that ends during %s leaves the cloud’s own words', async (_what, sleep) => {
    await using cloud = await startScriptedCloud(answer(429, throttled));
    const error = await faultOf(sourceAt(cloud.url, { sleep }).source.list(undefined, soon(300)));
    expect(error.message).toMatch(/^HTTP 429 APIGW.0308/);
    expect(cloud.asked).toHaveLength(1);
  });

  test('time that is over already asks nobody', async () => {
    await using cloud = await startScriptedCloud(answer(200, empty));
    await faultOf(sourceAt(cloud.url).source.list(undefined, AbortSignal.abort()));
    expect(cloud.asked).toEqual([]);
  });
});

describe('an answer without end', () => {
  const mebibyte = Buffer.alloc(1024 * 1024, ' ');
  const pour =
    (mebibytes: number): Handler =>
    (_request, response) => {
      response.writeHead(200);
      let left = mebibytes;
      const more = () => {
        while (left > 0) {
          left--;
          if (!response.write(mebibyte)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };

  test.each<[what: string, handler: Handler]>([
    ['of 40 MiB', pour(40)],
    [
      'of 40 MiB that came as a few kilobytes',
      answer(200, gzipSync(Buffer.alloc(40 * 1024 * 1024)), { 'Content-Encoding': 'gzip' }),
    ],
  ])('%s is refused once', async (_what, handler) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(error.message).toBe('the answer is over 32 MiB');
    expect(cloud.asked).toHaveLength(1);
  });

  test('just under the limit is read', async () => {
    await using cloud = await startScriptedCloud(pour(32));
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(error.message).toBe('HTTP 200, but an answer that is not JSON');
  });

  test.each([
    ['too long', answer(404, 'x'.repeat(200_000))],
    ['cut', cutAt404],
  ])('an error that is %s keeps its status', async (_what, handler) => {
    await using cloud = await startScriptedCloud(handler);
    const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
    expect(error.message).toBe('HTTP 404: an answer that is not JSON');
    expect(cloud.asked).toHaveLength(1);
  });
});

test('a redirect is never followed, since the credentials would go with it', async () => {
  await using elsewhere = await startScriptedCloud(answer(200, empty));
  await using cloud = await startScriptedCloud(answer(302, '', { Location: elsewhere.url }));
  const error = await faultOf(sourceAt(cloud.url).source.list(undefined, soon()));
  expect(error.message).toMatch(/^HTTP 302/);
  expect(error.advice).toMatch(/never follows/);
  expect([cloud.asked.length, elsewhere.asked.length]).toEqual([1, 0]);
});

test('a fault of our own is not taken for the cloud’s', async () => {
  const fetch = async () => {
    throw new RangeError('a bug');
  };
  const { source, waits } = sourceAt('http://127.0.0.1:1', { fetch });
  await expect(source.list(undefined, soon())).rejects.toThrow(RangeError);
  expect(waits).toEqual([]);
});
