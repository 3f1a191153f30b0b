import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createS3Store, type S3StoreOptions } from '../../lib/stores/s3.ts';
import { type Fault, type Seen, startCasProxy } from '../support/cas-proxy.ts';
import { collect } from '../support/collect.ts';
import { type S3Server, startS3Server } from '../support/s3-server.ts';
import { describeStore } from './store-contract.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret+key/that-nobody-may-see',
  sessionToken: 'session-token-that-nobody-may-see',
};

let server: S3Server;
let slept: number[];
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());
beforeEach(() => {
  server.proxy.fault = () => undefined;
  server.proxy.seen.length = 0;
  slept = [];
});

const open = (over: Partial<S3StoreOptions> = {}) =>
  createS3Store({
    bucket: server.bucket,
    region: 'eu-central-1',
    endpoint: server.endpoint,
    credentials: async () => credentials,
    fetch,
    sleep: async (ms) => void slept.push(ms),
    random: () => 0.5,
    ...over,
  });

let folders = 0;
/** A folder of its own for each test, so that none sees another's objects. */
const openFresh = (over: Partial<S3StoreOptions> = {}) => open({ prefix: `folder-${++folders}`, ...over });

describeStore('S3', async () => ({ store: openFresh(), close: async () => {} }));

/** Breaks the next `times` requests of a method, and lets the rest through. */
function breakNext(method: Seen['method'], fault: Fault, times = 1): void {
  let left = times;
  server.proxy.fault = (request) => (request.method === method && left-- > 0 ? fault : undefined);
}
const methods = () => server.proxy.seen.map(({ method }) => method);
const answer = (status: number, code: string, over: object = {}): Fault => ({
  forward: false,
  hears: { status, code, ...over },
});
const afterwards = (hears: Fault['hears']): Fault => ({ forward: true, hears });
const always = 99;

async function failure(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('the call did not fail');
}

describe('create, when the answer does not say who won', () => {
  test.each<[string, Fault]>([
    ['409, a conflict with another write', answer(409, 'ConditionalRequestConflict')],
    ['500, and nothing was written', answer(500, 'InternalError')],
    ['500, although it was written', afterwards({ status: 500, code: 'InternalError' })],
    ['503, slow down', answer(503, 'SlowDown')],
    ['400, the upload was too slow', answer(400, 'RequestTimeout')],
    ['the connection broke before it was written', { forward: false, hears: 'hang-up' }],
    ['the connection broke after it was written', afterwards('hang-up')],
    ['no answer in time, and nothing was written', { forward: false, hears: 'silence' }],
    ['no answer in time, although it was written', afterwards('silence')],
    ['half an answer', afterwards({ status: 200, headers: { 'content-length': '1000' }, body: 'x' })],
  ])('%s: ours is there in the end, and it says so', async (_what, fault) => {
    const store = openFresh({ timeoutMs: 200 });
    breakNext('PUT', fault);
    expect(await store.create('log/a/1.json', 'ours')).toBe(true);
    expect(await store.get('log/a/1.json')).toBe('ours');
    expect(await store.create('log/a/1.json', 'second')).toBe(false);
  });

  test.each<[string, Fault['hears']]>([
    ['500', { status: 500, code: 'InternalError' }],
    ['409', { status: 409, code: 'ConditionalRequestConflict' }],
    ['a broken connection', 'hang-up'],
  ])('after %s it finds that another was first, and says so', async (_what, hears) => {
    const store = openFresh();
    await store.put('log/a/1.json', 'theirs');
    breakNext('PUT', { forward: false, hears });
    expect(await store.create('log/a/1.json', 'ours')).toBe(false);
    expect(await store.get('log/a/1.json')).toBe('theirs');
  });

  test('a written object whose answer was lost is not written twice', async () => {
    const store = openFresh();
    breakNext('PUT', afterwards('hang-up'));
    await store.create('log/a/1.json', 'ours');
    expect(methods()).toEqual(['PUT', 'GET']);
  });

  test('412 with nothing there (it was removed in between) is tried again', async () => {
    const store = openFresh();
    breakNext('PUT', answer(412, 'PreconditionFailed'));
    expect(await store.create('log/a/1.json', 'ours')).toBe(true);
  });

  test('it gives up after three tries, further apart each time, and does not claim to know', async () => {
    const store = openFresh();
    breakNext('PUT', answer(500, 'InternalError'), always);
    const { message } = await failure(store.create('log/a/1.json', 'ours'));
    expect(message).toContain(
      'Store: create "log/a/1.json": bucket "planwatch-test": HTTP 500 InternalError: S3 is busy',
    );
    expect(methods()).toEqual(['PUT', 'GET', 'PUT', 'GET', 'PUT', 'GET']);
    expect(slept).toEqual([100, 400]);
  });

  test('where reading back fails too, it throws instead of guessing', async () => {
    const store = openFresh();
    server.proxy.fault = ({ method }) =>
      method === 'PUT' ? afterwards({ status: 500, code: 'InternalError' }) : answer(403, 'AccessDenied');
    expect((await failure(store.create('log/a/1.json', 'ours'))).message).toMatch(/create .*s3:GetObject/);
  });

  test('a store that does not know If-None-Match is refused at once', async () => {
    breakNext('PUT', answer(501, 'NotImplemented'), always);
    expect((await failure(openFresh().create('a', ''))).message).toContain('does not know If-None-Match');
    expect(methods()).toEqual(['PUT']);
  });
});

describe('calls that may be repeated', () => {
  const calls = {
    get: ['GET', (store: ReturnType<typeof open>) => store.get('a')],
    put: ['PUT', (store: ReturnType<typeof open>) => store.put('a', 'new')],
    remove: ['DELETE', (store: ReturnType<typeof open>) => store.remove('a')],
    list: ['GET', (store: ReturnType<typeof open>) => collect(store.list('a'))],
  } as const;
  const results = { get: 'old', put: undefined, remove: undefined, list: ['a'] } as const;
  const names = ['get', 'put', 'remove', 'list'] as const;

  const passing: [string, Fault][] = [
    ['500', answer(500, 'InternalError')],
    ['503 SlowDown', answer(503, 'SlowDown')],
    ['429', answer(429, 'TooManyRequests')],
    ['a broken connection', { forward: false, hears: 'hang-up' }],
    ['silence', { forward: false, hears: 'silence' }],
    ['a cut answer', { forward: true, hears: 'cut' }],
  ];
  test.each(names.flatMap((name) => passing.map(([what, fault]) => [name, what, fault] as const)))(
    '%s gets over %s, twice in a row',
    async (name, _what, fault) => {
      const store = openFresh({ timeoutMs: 200 });
      await store.put('a', 'old');
      const [method, call] = calls[name];
      breakNext(method, fault, 2);
      expect(await call(store)).toEqual(results[name]);
    },
  );

  test.each(names)('%s gives up after three tries and names itself, the key and what S3 said', async (name) => {
    const [method, call] = calls[name];
    breakNext(method, answer(503, 'SlowDown'), always);
    const { message } = await failure(call(openFresh()));
    expect(message).toMatch(new RegExp(`^Store: ${name} "a": bucket "planwatch-test": HTTP 503 SlowDown: .*again`));
    expect(methods()).toEqual([method, method, method]);
  });

  test.each(names)('%s does not repeat what will not pass', async (name) => {
    const [method, call] = calls[name];
    breakNext(method, answer(403, 'AccessDenied'), always);
    await failure(call(openFresh()));
    expect(methods()).toEqual([method]);
  });

  test('an answer that goes on arriving after its time is given up', async () => {
    const endless = async (_url: unknown, init?: RequestInit) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('the first part'));
          init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
        },
      });
      return new Response(body);
    };
    const { message } = await failure(open({ fetch: endless, timeoutMs: 50 }).get('a'));
    expect(message).toContain('no answer within 50 ms: what became of the request is not known');
  });

  test('a body shorter than it was announced is never taken for the object', async () => {
    const short = async () => new Response('{"v":1', { headers: { 'content-length': '7' } });
    expect((await failure(open({ fetch: short }).get('a'))).message).toContain('cut short');
  });
});

describe('what is no "not found"', () => {
  test.each<[string, Fault, RegExp]>([
    ['403: the object may be there', answer(403, 'AccessDenied'), /s3:GetObject .*s3:ListBucket/],
    ['a bucket that is not there', answer(404, 'NoSuchBucket'), /no such bucket in eu-central-1.*PLANWATCH_BUCKET/],
    ['404 from something else than S3', answer(404, 'x', { body: '<h1>Not Found</h1>' }), /AWS_ENDPOINT_URL_S3/],
    [
      'another region',
      answer(301, 'PermanentRedirect', {
        headers: { 'x-amz-bucket-region': 'eu-west-1', location: 'http://127.0.0.1:1' },
      }),
      /AWS_REGION to where it is \(eu-west-1\)/,
    ],
    ['a redirect that names no region', answer(307, 'x', { headers: { location: '/elsewhere' } }), /AWS_REGION/],
    ['expired credentials', answer(400, 'ExpiredToken'), /renew them/],
    ['a wrong clock', answer(403, 'RequestTimeTooSkewed'), /clock/],
    ['a code that nobody foresaw', answer(400, 'Surprise'), /HTTP 400 Surprise: look/],
  ])('get throws on %s', async (_what, fault, advice) => {
    breakNext('GET', fault, always);
    expect((await failure(openFresh().get('a'))).message).toMatch(advice);
    expect(methods()).toEqual(['GET']);
  });

  test('a bucket that really is not there is an error of every call', async () => {
    const store = open({ bucket: 'another-bucket' });
    const said = 'bucket "another-bucket": HTTP 404 NoSuchBucket: there is no such bucket';
    await expect(store.get('a')).rejects.toThrow(`Store: get "a": ${said}`);
    await expect(store.put('a', '')).rejects.toThrow(said);
    await expect(store.create('a', '')).rejects.toThrow(said);
    await expect(store.remove('a')).rejects.toThrow(said);
    await expect(collect(store.list('a'))).rejects.toThrow(said);
  });

  test.each([
    ['put', 's3:PutObject', (store: ReturnType<typeof open>) => store.put('a', '')],
    ['create', 's3:PutObject', (store: ReturnType<typeof open>) => store.create('a', '')],
    ['remove', 's3:DeleteObject', (store: ReturnType<typeof open>) => store.remove('a')],
    ['list', 's3:ListBucket', (store: ReturnType<typeof open>) => collect(store.list('a'))],
  ])('a refused %s names the permission %s', async (_call, permission, call) => {
    server.proxy.fault = () => answer(403, 'AccessDenied');
    expect((await failure(call(openFresh()))).message).toContain(`HTTP 403 AccessDenied: allow the role ${permission}`);
  });

  test('nobody there at all is told with the network error', async () => {
    const gone = await startCasProxy(server.endpoint);
    await gone.close();
    const { message } = await failure(open({ endpoint: gone.url }).get('a'));
    expect(message).toMatch(/ECONNREFUSED: what became of the request is not known.*AWS_ENDPOINT_URL_S3/);
  });
});

describe('list', () => {
  test('pages of seven, each asked for with the token of the one before', async () => {
    const store = openFresh({ pageSize: 7 });
    const all = Array.from({ length: 20 }, (_, n) => `log/a/${String(n).padStart(3, '0')}`);
    for (const key of all) await store.put(key, '');
    server.proxy.seen.length = 0;
    expect(await collect(store.list('log/a/'))).toEqual(all);
    expect(methods()).toEqual(['GET', 'GET', 'GET']);
  });

  test('what others keep in the bucket, such as folder marks and odd names, is passed over', async () => {
    const store = openFresh();
    await store.put('log/a', '');
    const folder = `${server.endpoint}/${server.bucket}/folder-${folders}`;
    for (const key of ['log/', 'log/b%20c', 'log/d&amp;e', 'log/%C3%A4'])
      await fetch(`${folder}/${key}`, { method: 'PUT', body: '' });
    expect(await collect(store.list(''))).toEqual(['log/a']);
  });

  const page = (inside: string) => answer(200, 'x', { body: `<ListBucketResult>${inside}</ListBucketResult>` });
  const more = '<IsTruncated>true</IsTruncated>';
  test.each<[string, Fault]>([
    ['a page that says there is more, but not where', page(more)],
    ['the same token over and over', page(`${more}<NextContinuationToken>t</NextContinuationToken>`)],
    ['a page that does not say whether there is more', page('<Key>a</Key>')],
    ['a page without its end', answer(200, 'x', { body: '<ListBucketResult><IsTruncated>false</IsTruncated>' })],
    ['something else altogether', answer(200, 'x', { body: '<h1>Welcome</h1>' })],
  ])('%s throws: a list is whole or it is nothing', async (_what, fault) => {
    breakNext('GET', fault, always);
    expect((await failure(collect(open().list('')))).message).toContain('not a whole page');
  });

  test('a token with characters that XML and addresses escape goes back as it came', async () => {
    const first = page(`<Key>a</Key>${more}<NextContinuationToken>1+/=&amp;&lt;&#x20;&#60;</NextContinuationToken>`);
    breakNext('GET', first);
    await collect(openFresh().list(''));
    expect(new URL(server.proxy.seen[1]?.url ?? '', 'http://x').searchParams.get('continuation-token')).toBe(
      '1+/=&< <',
    );
  });
});

describe('where a request goes', () => {
  const sent: { url: string; init: RequestInit | undefined }[] = [];
  const record: typeof fetch = async (url, init) => {
    sent.push({ url: String(url), init });
    return new Response('x');
  };
  beforeEach(() => {
    sent.length = 0;
  });

  test.each([
    ['a bucket by its host name', { bucket: 'state' }, 'https://state.s3.eu-central-1.amazonaws.com/log/1'],
    [
      'a dotted bucket by path: the certificate covers one label',
      { bucket: 'state.acme.com' },
      'https://s3.eu-central-1.amazonaws.com/state.acme.com/log/1',
    ],
    [
      'China by its own domain',
      { bucket: 'state', region: 'cn-north-1' },
      'https://state.s3.cn-north-1.amazonaws.com.cn/log/1',
    ],
    [
      'an endpoint by path',
      { bucket: 'state', endpoint: 'https://s3.acme.example/' },
      'https://s3.acme.example/state/log/1',
    ],
    [
      'an endpoint below a path',
      { bucket: 'state', endpoint: 'https://acme.example/s3' },
      'https://acme.example/s3/state/log/1',
    ],
    [
      'a prefix, whatever its slashes',
      { bucket: 'state', prefix: '/team/a/' },
      'https://state.s3.eu-central-1.amazonaws.com/team/a/log/1',
    ],
  ])('%s', async (_what, over, url) => {
    await open({ endpoint: undefined, fetch: record, ...over }).get('log/1');
    expect(sent.map((one) => one.url)).toEqual([url]);
  });

  test("it is signed for the region with today's credentials, the condition included, and follows no redirect", async () => {
    await open({ fetch: record }).create('log/1', 'x');
    const headers = new Headers(sent[0]?.init?.headers);
    expect(headers.get('authorization')).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(headers.get('x-amz-security-token')).toBe(credentials.sessionToken);
    expect(sent[0]?.init?.redirect).toBe('manual');
  });

  test('credentials are asked for before each request, so temporary ones may change', async () => {
    let asked = 0;
    const store = open({
      fetch: record,
      credentials: async () => ({ accessKeyId: `AK${++asked}`, secretAccessKey: 's' }),
    });
    await store.get('a');
    await store.get('a');
    expect(sent.map(({ init }) => /AK\d/.exec(new Headers(init?.headers).get('authorization') ?? '')?.[0])).toEqual([
      'AK1',
      'AK2',
    ]);
  });

  test.each([
    ['a bucket', { bucket: 'a/../b' }, 'PLANWATCH_BUCKET "a/../b"'],
    ['a bucket that is empty', { bucket: '' }, 'PLANWATCH_BUCKET ""'],
    ['a region', { region: 'eu.evil.example/' }, 'AWS_REGION "eu.evil.example/"'],
    ['a prefix', { prefix: '../x' }, 'PLANWATCH_PREFIX "../x"'],
    ['an endpoint that is no address', { endpoint: 'localhost' }, 'AWS_ENDPOINT_URL_S3 is not'],
    ['an endpoint of another protocol', { endpoint: 'ftp://x' }, 'AWS_ENDPOINT_URL_S3 is not'],
    [
      'an endpoint with a password, which is not repeated',
      { endpoint: 'https://u:p@x' },
      'AWS_ENDPOINT_URL_S3 is not an http',
    ],
  ])('%s that cannot be is refused before anything is sent', (_what, over, message) => {
    expect(() => open(over)).toThrow(message);
  });
});

describe('secrets', () => {
  const everything = (error: Error): string =>
    [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');

  test.each<[string, Fault, Partial<S3StoreOptions>]>([
    [
      'an error document that repeats the request',
      answer(403, 'SignatureDoesNotMatch', { message: credentials.sessionToken + credentials.secretAccessKey }),
      {},
    ],
    ['a broken connection', { forward: false, hears: 'hang-up' }, {}],
    [
      'a token with a line break',
      answer(500, 'x'),
      { credentials: async () => ({ ...credentials, sessionToken: `${credentials.sessionToken}\n.` }) },
    ],
    [
      'a token that no header takes',
      answer(500, 'x'),
      { credentials: async () => ({ ...credentials, sessionToken: `${credentials.sessionToken}\u4e00` }) },
    ],
  ])('none is in the error after %s', async (_what, fault, over) => {
    server.proxy.fault = () => fault;
    const store = open(over);
    const calls = [
      () => store.get('a'),
      () => store.put('a', ''),
      () => store.create('a', ''),
      () => store.remove('a'),
      () => collect(store.list('')),
    ];
    for (const call of calls) {
      expect(everything(await failure(call()))).not.toContain('nobody-may-see');
    }
  });

  test('no credentials at all is an error that says where they come from', async () => {
    const store = open({ credentials: () => Promise.reject(new Error('none')) });
    expect((await failure(store.get('a'))).message).toContain('give the function a role');
    expect(
      (await failure(open({ credentials: async () => ({ ...credentials, secretAccessKey: '' }) }).get('a'))).message,
    ).toContain('one is missing');
  });
});
