import { AwsV4Signer } from 'aws4fetch';
import type { AwsCredentials } from './core/aws-credentials.ts';
import { awsHost } from './core/aws-host.ts';
import { isRecord } from './core/plan.ts';
import { howToRefer, parseSecretRef, type Reference } from './core/reference.ts';

export type SecretEdges = {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => Promise<string>;
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

/** Reference → value; rejects with SecretError. */
export type Secrets = {
  (ref: string): Promise<string>;
  /** The next call asks again: for whoever finds that the value no longer works. */
  forget(ref: string): void;
};

/** Names the reference and what is missing; never holds a value, nor a cause that might quote one. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  /** Nobody has to mend anything: the far end was busy, or gave no answer. */
  readonly transient: boolean;

  constructor(message: string, transient = false) {
    super(message);
    this.transient = transient;
  }
}

const keepMs = 5 * 60_000;
const timeoutMs = 5_000;

/** Values are kept for five minutes, callers at the same time share one question, and a failure is never kept. */
export function createSecrets(edges: SecretEdges): Secrets {
  const kept = new Map<string, { readonly value: Promise<string>; readonly since: number }>();
  const secrets = (ref: string): Promise<string> => {
    const now = edges.now().getTime();
    const known = kept.get(ref);
    if (known && now - known.since < keepMs) return known.value;
    const entry = { value: resolve(ref, edges), since: now };
    kept.set(ref, entry);
    entry.value.catch(() => {
      if (kept.get(ref) === entry) kept.delete(ref);
    });
    return entry.value;
  };
  return Object.assign(secrets, { forget: (ref: string) => void kept.delete(ref) });
}

async function resolve(ref: string, edges: SecretEdges): Promise<string> {
  const reference = parseSecretRef(ref);
  // It may be the secret itself, so the message does not show it.
  if (!reference) throw new SecretError(`A secret is not given as a reference: ${howToRefer}.`);
  const value = await read(ref, reference, edges);
  if (value.trim() === '') throw new SecretError(`${ref} is empty.`);
  return value;
}

async function read(ref: string, reference: Reference, edges: SecretEdges): Promise<string> {
  switch (reference.kind) {
    case 'env': {
      const value = edges.env(reference.name);
      if (value === undefined) throw new SecretError(`${ref}: the variable ${reference.name} is not set.`);
      return value;
    }
    case 'file':
      return readText(ref, reference.path, edges);
    case 'ssm': {
      const answer = await ask(ref, 'ssm', { Name: reference.name, WithDecryption: true }, edges);
      const parameter = answer['Parameter'];
      return textOf(ref, isRecord(parameter) ? parameter['Value'] : undefined, 'the answer has no Parameter.Value');
    }
    case 'secretsmanager': {
      const answer = await ask(ref, 'secretsmanager', { SecretId: reference.id }, edges);
      const text = textOf(ref, answer['SecretString'], 'the secret holds no text (SecretString), only binary data');
      return reference.key === undefined ? text : pick(ref, text, reference.key);
    }
  }
}

async function readText(ref: string, path: string, { readFile }: SecretEdges): Promise<string> {
  try {
    return (await readFile(path)).replace(/\r?\n$/, '');
  } catch (error) {
    const code = isRecord(error) && typeof error['code'] === 'string' ? error['code'] : 'it cannot be read';
    const known: Record<string, string> = {
      ENOENT: 'there is no such file',
      EACCES: 'no permission to read the file',
      EISDIR: 'it is a directory',
      EFTYPE: 'it is a pipe or a device, and a secret is read anew every few minutes: put it into a file',
      EFBIG: 'it is larger than 64 kB, which no secret is',
    };
    throw new SecretError(`${ref}: ${known[code] ?? code}.`);
  }
}

/** One member of a JSON secret. */
function pick(ref: string, text: string, key: string): string {
  const json = parseJson(text);
  if (!isRecord(json)) {
    throw new SecretError(
      `${ref}: the secret is not a JSON object, so it has no keys; leave out #${key}, or store one.`,
    );
  }
  if (!Object.hasOwn(json, key)) throw new SecretError(`${ref}: the secret has no key "${key}".`);
  return textOf(ref, json[key], `the value of "${key}" is not text`);
}

function textOf(ref: string, value: unknown, otherwise: string): string {
  if (typeof value !== 'string') throw new SecretError(`${ref}: ${otherwise}.`);
  return value;
}

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

async function ask(ref: string, service: Service, body: object, edges: SecretEdges): Promise<Record<string, unknown>> {
  const { aws, now } = edges;
  const credentials = await aws?.credentials().catch(() => undefined);
  if (!aws || !credentials?.accessKeyId || !credentials.secretAccessKey) {
    throw new SecretError(`${ref}: no AWS region or credentials here (AWS_REGION, AWS_ACCESS_KEY_ID, …).`);
  }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const custom = service === 'ssm' ? aws.ssmEndpoint : aws.secretsManagerEndpoint;
  const text = JSON.stringify(body);
  const signer = new AwsV4Signer({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    region: aws.region,
    service,
    method: 'POST',
    url: custom ?? `https://${awsHost(service, aws.region)}/`,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': services[service].target },
    body: text,
    datetime: now()
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, ''),
  });
  const { url, method, headers } = await signer.sign();
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

/** Without the error, which would quote the text. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

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
