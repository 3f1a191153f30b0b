import { beforeAll, describe, expect, test } from '@jest/globals';
import { createQuote, exchange } from '../../lib/channels/answer.ts';
import type { ChannelKind } from '../../lib/channels/channel.ts';
import { channelKinds } from '../../lib/channels/registry.ts';

const now = () => new Date('2026-11-24T03:04:05.678Z');
const open = new AbortController().signal;

const cause = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('connect https://x/s3cret'), { code }) });

describe('a request that brings no answer', () => {
  const silent = (signal: AbortSignal) =>
    new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  // Begun first and awaited last, so that its 10 s pass beside everything else in the run.
  let silence: ReturnType<typeof exchange>;
  beforeAll(() => {
    silence = exchange(silent, { signal: open, now });
  });

  test.each([
    ['ECONNREFUSED', 'connection refused', 'network'],
    ['ENOTFOUND', 'there is no such host', 'network'],
    ['EAI_AGAIN', 'the host name could not be looked up', 'network'],
    ['EHOSTUNREACH', 'the host cannot be reached', 'network'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no connection within 10 s', 'time-out'],
    ['CERT_HAS_EXPIRED', 'its certificate was not accepted (CERT_HAS_EXPIRED)', 'network'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate was not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)', 'network'],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'its certificate was not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
      'network',
    ],
  ])('%s: nothing was sent, so a second one is no repeat', async (code, reason, sort) => {
    expect(await failing(cause(code))).toEqual({ kind: 'retry', reason, cause: sort });
    const both = new AggregateError([cause(code), cause(code)]);
    expect(await failing(new TypeError('fetch failed', { cause: both }))).toMatchObject({ reason, cause: sort });
  });

  test.each([
    ['ECONNRESET', cause('ECONNRESET'), 'the connection broke before an answer came (ECONNRESET)'],
    ['an error of undici', cause('UND_ERR_SOCKET'), 'the connection broke before an answer came (UND_ERR_SOCKET)'],
    ['an error without a code', new TypeError('fetch failed'), 'the connection broke before an answer came'],
    ['no error at all', 'https://hooks.example.com/s3cret', 'the connection broke before an answer came'],
    ['a code that is none', cause('https://x/s3cret'), 'the connection broke before an answer came'],
  ])('%s: it may have been sent', async (_what, error, reason) => {
    expect(await failing(error)).toEqual({ kind: 'retry', reason, cause: 'network', unsure: true });
  });

  test('after 10 s of silence it gives up, and may have been sent', async () => {
    expect(await silence).toEqual({
      kind: 'retry',
      reason: 'no answer within 10 s',
      cause: 'time-out',
      unsure: true,
    });
  });

  const failing = (error: unknown) => exchange(() => Promise.reject(error), { signal: open, now });
});

describe('what an answer holds', () => {
  const answer = (body: string | null, headers: Record<string, string> = {}) =>
    exchange(async () => new Response(body, { headers }), { signal: open, now });

  test('a body of up to 64 kB is whole, a longer one is a part', async () => {
    expect(await answer('x'.repeat(65_536))).toEqual({ status: 200, body: 'x'.repeat(65_536), whole: true });
    expect(await answer('x'.repeat(65_537))).toEqual({ status: 200, body: 'x'.repeat(65_536), whole: false });
    expect(await answer(null)).toEqual({ status: 200, body: '', whole: true });
  });

  test.each([
    ['7', 7000],
    ['Tue, 24 Nov 2026 03:05:05 GMT', 59_322],
    ['soon', undefined],
  ])('retry-after: %s', async (header, expected) => {
    expect((await answer('', { 'retry-after': header })).retryAfterMs).toBe(expected);
  });
});

describe('the words of a provider', () => {
  const specs = {
    url: { type: 'secret-address', required: true, description: '' },
    secret: { type: 'secrets', required: false, description: '' },
    name: { type: 'text', required: false, description: '' },
  } as const;
  const quote = createQuote(specs, {
    url: 'https://hooks.example.com/services/T000000000/longsecretpath?token=abcdefghijk%2Blmn',
    secret: ['whsec_QUJDREVGRw==', 'whsec_second+key/'],
    name: 'release notes',
  });

  test.each([
    ['plain words', 'invalid_payload', 'invalid_payload'],
    ['a text setting is no secret', 'release notes', 'release notes'],
    [
      'the address',
      'POST https://hooks.example.com/services/T000000000/longsecretpath?token=abcdefghijk%2Blmn',
      'POST ***',
    ],
    ['its path', 'Cannot POST /services/T000000000/longsecretpath', 'Cannot POST ***'],
    ['one part of its path', 'no webhook longsecretpath here', 'no webhook *** here'],
    ['a value of its query, encoded or not', 'token abcdefghijk+lmn or abcdefghijk%2Blmn', 'token *** or ***'],
    [
      'with escaped slashes, as PHP writes JSON',
      '{"path":"\\/services\\/T000000000\\/longsecretpath"}',
      '{"path":"***"}',
    ],
    ['a secret, with or without its prefix', 'whsec_QUJDREVGRw== QUJDREVGRw== second+key/', '*** *** ***'],
    ['split by a control character', 'longsecret\u0000path longsecretpath', 'longsecret path ***'],
    ['another address keeps its host', 'see http://a.example:8080/x/y?z=1.', 'see http://a.example:8080/***'],
    ['an address with a password', 'see https://me:pw@a.example/x', 'see https://a.example/***'],
    ['half a character', 'a\ud83e', 'a\ufffd'],
    ['of a page only its title', '<!DOCTYPE html><html><title>502 Bad\nGateway</title>x', '502 Bad Gateway'],
    ['a page without one', '<html><body>hello</body></html>', 'a web page without a title'],
  ])('%s', (_what, body, expected) => {
    expect(quote(body)).toBe(expected);
  });

  test.each(['<title', '<html><title ', 'http://', ' ', '\u0000', '/', 'a@'])(
    'many times %j take no more time than reading them',
    (piece) => {
      expect(quote(`<html>${piece.repeat(65_536 / piece.length)}`).length).toBeLessThanOrEqual(500);
      expect(quote(piece.repeat(65_536 / piece.length)).length).toBeLessThanOrEqual(500);
    },
  );
});

describe.each<[string, ChannelKind]>(Object.entries(channelKinds))('the kind %s', (_name, kind) => {
  test('says what its settings are, and its pace', () => {
    for (const { description } of Object.values(kind.settings)) expect(description).toMatch(/\w/);
    expect(kind.pace.everyMs).toBeGreaterThan(0);
    expect(kind.pace.burst).toBeGreaterThanOrEqual(1);
  });

  test('has an example of everything that it needs, and of nothing else', () => {
    const required = Object.keys(kind.settings).filter((name) => kind.settings[name]?.required);
    expect(Object.keys(kind.example)).toEqual(expect.arrayContaining(required));
    for (const name of Object.keys(kind.example)) expect(kind.settings).toHaveProperty([name]);
  });
});
