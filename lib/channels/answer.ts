import { retryAfter } from '../core/backoff.ts';
import { cut } from '../core/event.ts';
import type { FailureCause } from '../core/failure-cause.ts';
import type { Retry } from '../core/outcome.ts';
import { type SettingSpecs, type Settings, secretsAmong } from './settings.ts';

/** What came back, before a channel says what it means. */
export type Answer = {
  readonly status: number;
  /** At most 64 kB of it, where nobody asked for more. */
  readonly body: string;
  /** false: the body broke off or was longer, so it proves nothing. */
  readonly whole: boolean;
  readonly retryAfterMs?: number;
};

const withinMs = 10_000;
const enoughForWords = 64 * 1024;
const maxWords = 500;

/**
 * Makes one request and reads what comes back, within 10 s and the time that `signal` leaves. Never throws: without an
 * answer it is a Retry, `unsure` where the far end may have got the message. The caller asks for `redirect: 'manual'`.
 * `maxBody`: bytes of the body that are read.
 */
export async function exchange(
  request: (signal: AbortSignal) => Promise<Response>,
  {
    signal,
    now,
    maxBody = enoughForWords,
  }: { readonly signal: AbortSignal; readonly now: () => Date; readonly maxBody?: number },
): Promise<Answer | Retry> {
  if (signal.aborted) return { kind: 'retry', reason: 'no time was left to send it', cause: 'time-out' };
  let response: Response;
  try {
    response = await request(AbortSignal.any([signal, AbortSignal.timeout(withinMs)]));
  } catch (error) {
    return signal.aborted ? unsure('no answer in the time that was left', 'time-out') : withoutAnswer(error);
  }
  const retryAfterMs = retryAfter(response.headers.get('retry-after'), now());
  return {
    status: response.status,
    ...(await readBody(response, maxBody)),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const unsure = (reason: string, cause: FailureCause): Retry => ({ kind: 'retry', reason, cause, unsure: true });

async function readBody({ body: stream }: Response, maxBody: number): Promise<Pick<Answer, 'body' | 'whole'>> {
  if (stream === null) return { body: '', whole: true };
  const decoder = new TextDecoder();
  let [body, room] = ['', maxBody];
  try {
    for await (const chunk of stream) {
      body += decoder.decode(chunk.subarray(0, room), { stream: true });
      room -= chunk.byteLength;
      if (room < 0) return { body, whole: false };
    }
  } catch {
    return { body, whole: false };
  }
  return { body: body + decoder.decode(), whole: true };
}

/** The failures after which the far end cannot have the message. */
const nothingSent: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the host name could not be looked up'],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection within 10 s'],
]);
// A certificate is judged before the first byte of the request is sent.
const aboutCertificate = /CERT|^UNABLE_TO_/;

/** An error's own message may hold the address, so only its code is shown. */
function withoutAnswer(error: unknown): Retry {
  const chain = [...causesOf(error)];
  const codes = chain
    .map((one) => one.code)
    .filter((code) => typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code));
  for (const code of codes) {
    const reason = nothingSent.get(code);
    const cause = code === 'UND_ERR_CONNECT_TIMEOUT' ? 'time-out' : 'network';
    if (reason !== undefined) return { kind: 'retry', reason, cause };
    if (aboutCertificate.test(code))
      return { kind: 'retry', reason: `its certificate was not accepted (${code})`, cause };
  }
  if (chain.some((one) => one.name === 'TimeoutError'))
    return unsure(`no answer within ${withinMs / 1000} s`, 'time-out');
  return unsure(`the connection broke before an answer came${codes[0] ? ` (${codes[0]})` : ''}`, 'network');
}

type Cause = { readonly name?: unknown; readonly code: string };

/** fetch hides the reason two or three `cause`s deep, and a host with two addresses has an AggregateError of them. */
function* causesOf(error: unknown, depth = 0): Generator<Cause> {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  yield error as Cause;
  const { cause, errors } = error as { cause?: unknown; errors?: unknown };
  yield* causesOf(cause, depth + 1);
  if (Array.isArray(errors)) for (const one of errors) yield* causesOf(one, depth + 1);
}

/**
 * Makes the function that quotes a provider: one line of at most 500 characters, of a web page only its title, with
 * every secret of these settings and the path of every URL replaced by `***`, since some servers repeat what they got.
 */
export function createQuote(specs: SettingSpecs, settings: Settings): (body: string) => string {
  const secrets = secretsAmong(specs, settings)
    .flatMap((secret) => secretParts(secret.trim()))
    .sort((a, b) => b.length - a.length);
  return (body) => {
    let words = titleOf(body).toWellFormed().replaceAll('\\/', '/');
    words = words.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/ {2,}/g, ' ');
    for (const secret of secrets) words = words.replaceAll(secret, '***');
    words = words.replace(/(https?:\/\/)(?:[^\s/"'<>@]{0,200}@)?([^\s/"'<>?#]{1,260})[/?#][^\s"'<>]*/gi, '$1$2/***');
    return cut(words.trim(), maxWords);
  };
}

/** Bounded repeats: a page of 64 kB that never closes its tag must not take quadratic time. */
const titleOf = (body: string): string =>
  /^\s{0,100}<(?:!doctype|html)/i.test(body)
    ? (/<title[^>]{0,200}>([^<]{1,500})/i.exec(body)?.[1] ?? 'a web page without a title')
    : body;

/** A secret as a whole and in the parts by which a server might quote it. */
function secretParts(value: string): string[] {
  const parts = value.split(/\s+/).flatMap((one) => [one, one.replace(/^whsec_/, '')]);
  if (URL.canParse(value)) {
    const { pathname, search, searchParams, username, password } = new URL(value);
    parts.push(pathname, pathname + search, username, password);
    // Shorter ones are words like "services" or "hook", without which an answer could not be read.
    parts.push(...[...pathname.split('/'), ...searchParams.values()].filter((part) => part.length > 8));
  }
  return [...new Set(parts.flatMap((part) => [part, decoded(part), encodeURIComponent(part.toWellFormed())]))].filter(
    (part) => part.length > 3,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
