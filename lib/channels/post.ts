import ky from 'ky';
import type { Retry } from '../core/outcome.ts';
import { type Answer, exchange } from './answer.ts';
import type { Edges } from './channel.ts';

/**
 * Some refuse a client that does not say what it is (Discord: 40333). The version is package.json's; a test holds the two
 * together, since nothing here may read files.
 */
const userAgent = 'planwatch/0.1.0';

type Asked = {
  /** Default POST. */
  readonly method?: 'POST' | 'PATCH';
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** `maxBody`: as for `exchange`. */
type Within = Edges & { readonly signal: AbortSignal; readonly maxBody?: number };

/** Posts once: what is not 2xx is an answer like any other, a redirect too, and the queue is the only retry. */
export const post = (
  address: URL,
  { method = 'POST', body, headers }: Asked,
  { fetch, ...edges }: Within,
): Promise<Answer | Retry> =>
  exchange(
    (within) =>
      ky(address, {
        method,
        body,
        headers: { 'user-agent': userAgent, ...headers },
        fetch,
        signal: within,
        redirect: 'manual',
        throwHttpErrors: false,
        retry: 0,
        timeout: false,
      }),
    edges,
  );

/** The same with a JSON body. */
export const postJson = (
  address: URL,
  body: unknown,
  edges: Within,
  { headers, ...rest }: Partial<Omit<Asked, 'body'>> = {},
): Promise<Answer | Retry> =>
  post(
    address,
    { ...rest, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } },
    edges,
  );
