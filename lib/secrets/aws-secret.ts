import type { AwsCredentials } from '../aws/credentials.ts';
import { awsHost } from '../aws/host.ts';
import { signForAws } from '../aws/sign.ts';
import { isRecord } from '../core/plan.ts';
import { SecretError } from './secret-error.ts';

export type AwsEdges = {
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  /** Absent: `ssm:` and `secretsmanager:` cannot be resolved, and say so. */
  readonly aws?: {
    readonly region: string;
    /** Asked before each request, since temporary ones change. */
    readonly credentials: () => Promise<AwsCredentials>;
    readonly ssmEndpoint?: string;
    readonly secretsManagerEndpoint?: string;
  };
};

const timeoutMs = 5_000;

/** What each service is asked, and what it takes to be allowed to. */
const services = {
  ssm: {
    target: 'AmazonSSM.GetParameter',
    missing: 'ParameterNotFound',
    thing: 'parameter',
    permission: 'ssm:GetParameter',
  },
  secretsmanager: {
    target: 'secretsmanager.GetSecretValue',
    missing: 'ResourceNotFoundException',
    thing: 'secret',
    permission: 'secretsmanager:GetSecretValue',
  },
} as const;

type Service = keyof typeof services;

/** What a service answers with 200. Throws SecretError, in words that hold neither a value nor what was signed. */
export async function ask(
  ref: string,
  service: Service,
  body: object,
  edges: AwsEdges,
): Promise<Record<string, unknown>> {
  const { aws, now } = edges;
  const credentials = await aws?.credentials().catch(() => undefined);
  if (!aws || !credentials?.accessKeyId || !credentials.secretAccessKey) {
    throw new SecretError(`${ref}: no AWS region or credentials here (AWS_REGION, AWS_ACCESS_KEY_ID, …).`);
  }
  const custom = service === 'ssm' ? aws.ssmEndpoint : aws.secretsManagerEndpoint;
  const text = JSON.stringify(body);
  const request = {
    service,
    region: aws.region,
    method: 'POST',
    url: custom ?? `https://${awsHost(service, aws.region)}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': services[service].target },
    body: text,
    datetime: now()
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, ''),
  };
  const { url, method, headers } = await signForAws(request, credentials).catch((error: Error) => {
    throw new SecretError(`${ref}: ${error.message}.`);
  });
  const signal = AbortSignal.timeout(timeoutMs);
  let status: number;
  let answer: unknown;
  try {
    const response = await edges.fetch(url.href, { method, headers, body: text, redirect: 'manual', signal });
    status = response.status;
    answer = parseJson(await response.text());
  } catch {
    throw new SecretError(`${ref}: no answer from ${service} in ${aws.region}.`, true);
  }
  if (status !== 200) throw refusal(ref, service, aws.region, status, answer);
  if (!isRecord(answer)) throw new SecretError(`${ref}: ${service} did not answer in JSON.`, true);
  return answer;
}

function refusal(ref: string, service: Service, region: string, status: number, answer: unknown): SecretError {
  const { missing, thing, permission } = services[service];
  const type = isRecord(answer) ? String(answer['__type'] ?? '') : '';
  // The protocol may put a namespace before the name: `com.amazonaws.ssm#ParameterNotFound`.
  const code = /^(?:.*#)?(\w{1,80})(?::.*)?$/.exec(type)?.[1] ?? '';
  if (code === missing) return new SecretError(`${ref}: there is no such ${thing} in ${region}.`);
  if (code === 'AccessDeniedException') {
    return new SecretError(`${ref}: not allowed; the role needs ${permission} on it, and kms:Decrypt for its key.`);
  }
  const transient = status >= 500 || status === 429 || /Throttl|TooManyRequests/.test(code);
  return new SecretError(`${ref}: ${service} answered HTTP ${status}${code && ` ${code}`}.`, transient);
}
/** Without the error, which would quote the text. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
