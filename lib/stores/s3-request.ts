import type { AwsCredentials } from '../aws/credentials.ts';
import { signForAws } from '../aws/sign.ts';
import { StoreError } from '../core/store-error.ts';

type S3Edges = {
  readonly region: string;
  /** Asked before each request, since temporary ones change. */
  readonly credentials: () => Promise<AwsCredentials>;
  readonly fetch: typeof globalThis.fetch;
  /** For one request with its whole answer. */
  readonly timeoutMs: number;
  /** The day's, since each takes most of the work that a signature is. */
  readonly signingKeys: Map<string, ArrayBuffer>;
};

export type S3Request = {
  /** For errors: the store's method and the key it was given. */
  readonly call: 'get' | 'put' | 'create' | 'remove' | 'list';
  readonly key: string;
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** `status` 0: no whole answer came, so it is not known whether the request was carried out; `code` says why. */
export type S3Answer = {
  readonly status: number;
  /** S3's own word for an error, such as `NoSuchKey`; empty where it gave none. */
  readonly code: string;
  /** Where the bucket is, when S3 says that it is not where we asked. */
  readonly region?: string;
  readonly bytes: Uint8Array;
};

/** Sends once. Throws only for what cannot be sent at all; everything else is the answer. */
export async function sendOnce(request: S3Request, edges: S3Edges): Promise<S3Answer> {
  const { url, method, headers } = await sign(request, edges);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), edges.timeoutMs);
  try {
    const response = await edges.fetch(url.href, {
      method,
      headers,
      body: request.body ?? null,
      // A redirect means another region or a proxy; followed, the signature would not fit, and its page could pass for an object.
      redirect: 'manual',
      signal: abort.signal,
    });
    // Read to the end whatever the status is: an answer left unread keeps its connection.
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (isCut(response, bytes)) return silence('the answer was cut short');
    const region = /^[a-z0-9-]{1,40}$/.exec(response.headers.get('x-amz-bucket-region') ?? '')?.[0];
    return { status: response.status, code: codeIn(response, bytes), bytes, ...(region && { region }) };
  } catch (error) {
    return silence(abort.signal.aborted ? `no answer within ${edges.timeoutMs} ms` : networkCode(error));
  } finally {
    clearTimeout(timer);
  }
}

async function sign({ call, key, method, url, headers = {} }: S3Request, edges: S3Edges) {
  const { region, credentials, signingKeys: cache } = edges;
  const keys = await credentials().catch((cause: unknown) => {
    throw new StoreError(
      call,
      key,
      'there are no credentials for S3: give the function a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      { cause },
    );
  });
  return signForAws({ service: 's3', region, method, url, headers, cache }, keys).catch((error: Error) => {
    throw new StoreError(call, key, error.message);
  });
}

const silence = (code: string): S3Answer => ({ status: 0, code, bytes: new Uint8Array() });

/** fetch notices most cuts itself; this holds for any fetch that was handed in. Of a compressed answer the header counts other bytes. */
function isCut({ headers }: Response, bytes: Uint8Array): boolean {
  const length = headers.get('content-length');
  return length !== null && !headers.has('content-encoding') && Number(length) !== bytes.length;
}

// Only the code: the message of a signature error repeats the request with its session token.
function codeIn(response: Response, bytes: Uint8Array): string {
  if (response.status < 300) return '';
  return /<Code>([A-Za-z0-9._-]{1,64})<\/Code>/.exec(new TextDecoder().decode(bytes))?.[1] ?? '';
}

/** Such as ECONNREFUSED. Not the message, which may hold what was sent. */
function networkCode(error: unknown): string {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : 'the connection failed';
}
