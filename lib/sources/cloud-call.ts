import ky, { isNetworkError } from 'ky';
import { retryAfter } from '../core/backoff.ts';
import { inTime } from '../core/in-time.ts';
import { type Broken, codeOf, type Miss, mostBytes, noConnection, outOfTime, tooSlow, unusable } from './no-answer.ts';

export type CloudRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Any status. The body is unpacked, and whole if the status is good; of a failing answer it is what could be read. */
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Uint8Array };

export type CallEdges = {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly random: () => number;
  /** May end early when the signal says so; it is not waited for any longer then. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Of one try, its body included; default 10 s. */
  readonly tryMs?: number;
};

/** `prepare` runs before each try: a signature holds the time, and a token may have been renewed. */
type CloudCall = (prepare: () => Promise<CloudRequest> | CloudRequest, signal: AbortSignal) => Promise<Answer>;

const mostTries = 3;
const mostFaultBytes = 64 * 1024;
/** A longer wait than this is left to the next look. */
const mostWaitMs = 10_000;

/**
 * Asks the cloud something that may be asked twice. Throttling, server errors and a broken line are tried again, at
 * most three times in all; what is left after that is the caller's to judge, or a SourceError where no answer came.
 *
 * Ours instead of ky's retry, which ends at the headers: here a body that breaks off is asked for again, each try is
 * signed anew, and the waits end when the caller's time does.
 */
export function createCloudCall({ fetch, now, random, sleep, tryMs = 10_000 }: CallEdges): CloudCall {
  return async (prepare, signal) => {
    for (let tries = 1; ; tries++) {
      const request = await prepare();
      const result = await tryOnce(request, signal, fetch, tryMs);
      const wait = tries < mostTries ? waitAfter(result, tries, now(), random) : undefined;
      const slept = wait !== undefined && (await sleptThrough(within(signal, sleep(wait, signal)), signal));
      if (slept) continue;
      if ('error' in result) throw result.error;
      return result;
    }
  };
}

/** No time left to try again: what we know already says more than "aborted". */
const sleptThrough = (nap: Promise<void>, signal: AbortSignal): Promise<boolean> =>
  nap.then(
    () => !signal.aborted,
    (error: unknown) => {
      if (signal.aborted) return false;
      throw error;
    },
  );

async function tryOnce(
  { url, ...request }: CloudRequest,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
  tryMs: number,
): Promise<Answer | Miss> {
  const own = AbortSignal.timeout(tryMs);
  const late = (): Miss | undefined => {
    if (signal.aborted) return { error: outOfTime(), again: false };
    if (own.aborted) {
      return { error: tooSlow(tryMs), again: true };
    }
    return undefined;
  };
  let response: Response;
  try {
    response = await ky(url, {
      ...request,
      fetch,
      signal: AbortSignal.any([signal, own]),
      // Credentials go to the host that was configured, and nowhere else.
      redirect: 'manual',
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    });
  } catch (error) {
    const miss = late();
    if (miss) return miss;
    if (!isNetworkError(error)) throw error;
    return noConnection(codeOf(error));
  }
  const { status, headers } = response;
  const body = await readBody(response, response.ok ? mostBytes : mostFaultBytes);
  if (body instanceof Uint8Array) return { status, headers, body };
  if (!response.ok) return { status, headers, body: body.part };
  return late() ?? { error: unusable(body), again: !body.tooLong };
}

/** Counts what was unpacked, so that a small body cannot grow without end. */
async function readBody(response: Response, most: number): Promise<Uint8Array | Broken> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      // Leaving the loop also cancels the stream, and with it the connection.
      if (bytes > most) return { tooLong: true, part: Buffer.concat(chunks) };
    }
  } catch {
    // A reset, a length that does not match, broken compression: all of them mean that this is not the whole of it.
    return { tooLong: false, part: Buffer.concat(chunks) };
  }
  return Buffer.concat(chunks);
}

/** ms until the next try; undefined: this result stands. */
function waitAfter(result: Answer | Miss, tries: number, now: Date, random: () => number): number | undefined {
  const soon = tries * 1_000 * (0.5 + random());
  if ('error' in result) return result.again ? soon : undefined;
  if (result.status !== 429 && result.status < 500) return undefined;
  // Two to five seconds is the vendor's advice for APIGW.0308; it documents no Retry-After, but a proxy may send one.
  const wait = retryAfter(result.headers.get('retry-after'), now);
  if (wait !== undefined) return wait <= mostWaitMs ? wait : undefined;
  return result.status === 429 ? 2_000 + 3_000 * random() : soon;
}

/** Waits for something that knows no signal, as long as the signal allows. Throws SourceError after that. */
export async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const done = await inTime(
    work.then((value) => ({ value })),
    signal,
  );
  if (!done) throw outOfTime();
  return done.value;
}
