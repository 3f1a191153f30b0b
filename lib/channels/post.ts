import ky from 'ky';
import type { Retry } from '../core/outcome.ts';
import { type Answer, exchange } from './answer.ts';
import type { Edges } from './channel.ts';

/**
 * Some refuse a client that does not say what it is (Discord: 40333). The version is package.json's; a test holds the two
 * together, since nothing here may read files.
 */
const userAgent = 'planwatch/0.1.0';

/** Posts once: what is not 2xx is an answer like any other, a redirect too, and the queue is the only retry. */
export const post = (
  address: URL,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  { fetch, now, signal }: Edges & { readonly signal: AbortSignal },
): Promise<Answer | Retry> =>
  exchange(
    (within) =>
      ky.post(address, {
        body,
        headers: { 'user-agent': userAgent, ...headers },
        fetch,
        signal: within,
        redirect: 'manual',
        throwHttpErrors: false,
        retry: 0,
        timeout: false,
      }),
    { signal, now },
  );

/** The same with a JSON body. */
export const postJson = (
  address: URL,
  body: unknown,
  edges: Edges & { readonly signal: AbortSignal },
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer | Retry> =>
  post(address, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }, edges);
