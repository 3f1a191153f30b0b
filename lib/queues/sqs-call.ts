import type { AwsCredentials } from '../aws/credentials.ts';
import { awsHost } from '../aws/host.ts';
import { signForAws } from '../aws/sign.ts';
import { isRecord } from '../core/plan.ts';

export type SqsEdges = {
  readonly region: string;
  /** Instead of the region's own, for partner clouds and tests. */
  readonly endpoint?: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly fetch: typeof globalThis.fetch;
  /** For one request with its whole answer; default 5,000. */
  readonly timeoutMs?: number;
};

export type Action = 'SendMessageBatch' | 'ChangeMessageVisibility';
/** `again`: the same call may do better. `code` and `words` hold no secret. */
export type Fault = {
  readonly code: string;
  readonly words: string;
  readonly again: boolean;
  readonly cause?: unknown;
};
type Answer = { readonly body: Record<string, unknown> } | { readonly fault: Fault };

/** Calls SQS once. Throws only where the credentials cannot sign; everything else is the answer. */
export function createSqsCall({ region, endpoint, credentials, fetch, timeoutMs = 5_000 }: SqsEdges) {
  const address = endpoint ?? `https://${awsHost('sqs', region)}/`;
  const cache = new Map<string, ArrayBuffer>();

  return async (action: Action, input: object): Promise<Answer> => {
    const keys = await credentials();
    const body = JSON.stringify(input);
    const request = {
      service: 'sqs',
      region,
      cache,
      method: 'POST',
      url: address,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body,
    };
    const { url, method, headers } = await signForAws(request, keys).catch((error: Error) => {
      throw new Error(`SQS ${action} failed: ${error.message}.`);
    });
    try {
      const response = await fetch(url.href, {
        method,
        headers,
        body,
        redirect: 'manual', // a signed request goes nowhere else
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = parse(await response.text());
      if (!response.ok) return { fault: refusal(response.status, answer, Object.values(keys)) };
      if (answer) return { body: answer };
      return { fault: { code: 'Unreadable', words: `HTTP ${response.status} without a JSON object`, again: true } };
    } catch (cause) {
      return { fault: silence(cause, timeoutMs) };
    }
  };
}

/** The errors are JSON: `{__type: "com.amazonaws.sqs#QueueDoesNotExist", message}`. */
function refusal(status: number, body: Record<string, unknown> | undefined, secrets: readonly string[]): Fault {
  const code = String(body?.['__type'] ?? `HTTP ${status}`).replace(/^.*#/, '');
  const said = body?.['message'] ?? body?.['Message'];
  const words = typeof said === 'string' && said !== '' ? clean(said, secrets) : `HTTP ${status}`;
  return { code: clean(code, secrets), words, again: status >= 500 || status === 429 || /Throttl/i.test(code) };
}

/** A refused signature is answered with everything that was signed, the session token included, from the second line on. */
export function clean(text: string, secrets: readonly string[]): string {
  const [line = ''] = text.split('\n');
  return secrets
    .filter(Boolean)
    .reduce((left, secret) => left.replaceAll(secret, '***'), line)
    .slice(0, 300);
}

/** No answer, or not the whole of it: what SQS did is not known. */
function silence(cause: unknown, timeoutMs: number): Fault {
  if (isRecord(cause) && cause['name'] === 'TimeoutError') {
    return { code: 'Timeout', words: `no answer within ${timeoutMs} ms`, again: true, cause };
  }
  const inner = isRecord(cause) && isRecord(cause['cause']) ? cause['cause'] : {};
  const code = typeof inner['code'] === 'string' ? inner['code'] : 'NetworkError';
  return { code, words: 'no answer', again: true, cause };
}

function parse(text: string): Record<string, unknown> | undefined {
  // ChangeMessageVisibility answers with nothing at all.
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
