import { readFile } from 'node:fs/promises';
import type { AwsCredentials } from '../../../lib/aws/credentials.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import type { Env } from '../../../lib/environment.ts';

type Edges = { readonly env: Env; readonly fetch: typeof globalThis.fetch };

/** Long enough for a neighbour on the same machine, short enough where there is none. */
const patienceMs = 1_000;

/** CloudShell, ECS and EKS: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html */
export async function containerCredentials({ env, fetch }: Edges): Promise<AwsCredentials | undefined> {
  const relative = env('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const full = relative ? `http://169.254.170.2${relative}` : env('AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (!full) return undefined;
  const url = URL.parse(full);
  // The token in the header opens the door, so it goes nowhere but to this machine, or over https.
  if (!url || !(url.protocol === 'https:' || near.test(url.hostname)))
    throw new Error('AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address on this machine.');
  const file = env('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token = file ? (await readFile(file, 'utf8')).trim() : env('AWS_CONTAINER_AUTHORIZATION_TOKEN');
  // fetch would quote it in its error.
  if (token && !/^[\x20-\x7e]+$/.test(token))
    throw new Error('The container authorization token of AWS holds a character that no header takes.');
  const answer = await fetch(url, {
    headers: token ? { authorization: token } : {},
    redirect: 'error',
    signal: AbortSignal.timeout(5 * patienceMs),
  });
  return keysIn(answer, 'The container credentials endpoint');
}

const near = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|169\.254\.170\.(?:2|23)|\[fd00:ec2::23\])$/;

/** The role of an EC2 machine; undefined where nothing answers (v2 only: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html). */
export async function machineCredentials({ env, fetch }: Edges): Promise<AwsCredentials | undefined> {
  if (env('AWS_EC2_METADATA_DISABLED')?.toLowerCase() === 'true') return undefined;
  const base = `${(env('AWS_EC2_METADATA_SERVICE_ENDPOINT') || 'http://169.254.169.254').replace(/\/+$/, '')}/latest`;
  const ask = (path: string, init: RequestInit) =>
    fetch(`${base}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
  const token = await ask('/api/token', {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  }).catch(() => undefined);
  if (!token?.ok) return undefined;
  const headers = { 'x-aws-ec2-metadata-token': await token.text() };
  const roles = await ask('/meta-data/iam/security-credentials/', { headers });
  const role = (await roles.text()).trim().split('\n')[0];
  if (!roles.ok || !role) return undefined;
  return keysIn(
    await ask(`/meta-data/iam/security-credentials/${encodeURIComponent(role)}`, { headers }),
    'The metadata service of this machine',
  );
}

async function keysIn(answer: Response, who: string): Promise<AwsCredentials> {
  const keys: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined;
  const found = isRecord(keys) ? credentialsIn(keys, 'Token') : undefined;
  if (found) return found;
  throw new Error(`${who} answered HTTP ${answer.status} without credentials.`);
}

/** The same names everywhere at AWS, but for the token's. */
export function credentialsIn(
  { AccessKeyId, SecretAccessKey, ...rest }: Record<string, unknown>,
  tokenName: 'Token' | 'SessionToken',
): AwsCredentials | undefined {
  const token = rest[tokenName];
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof token === 'string' && token !== '' && { sessionToken: token }),
  };
}
