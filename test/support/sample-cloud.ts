import { type SampleCloudOptions, startSampleCloud } from '../../handlers/local/sample/cloud.ts';
import type { Auth } from '../../lib/core/config.ts';
import { signRequest } from '../../lib/core/signature.ts';
import { createServiceStageSource } from '../../lib/sources/servicestage.ts';

export type Cloud = Awaited<ReturnType<typeof startSampleCloud>>;

export const start = Date.parse('2026-11-24T03:04:05.678Z');

export async function withCloud<T>(
  options: Partial<SampleCloudOptions>,
  use: (cloud: Cloud) => Promise<T>,
): Promise<T> {
  const cloud = await startSampleCloud({ now: () => new Date(start), ...options });
  try {
    return await use(cloud);
  } finally {
    await cloud.close();
  }
}

export const keys: Auth = { accessKey: 'env:accessKey', secretKey: 'env:secretKey' };
export const user: Auth = { user: 'sample-bot', domain: 'sample', password: 'env:password' };

/** Our own source before the sample cloud, as `npm start` has it, but with no pause between its tries. */
export function sourceOf(
  cloud: Cloud,
  {
    auth = keys,
    now = () => new Date(start),
    projectId = cloud.projectId,
    tryMs,
  }: { auth?: Auth; now?: () => Date; projectId?: string; tryMs?: number } = {},
) {
  const values = cloud as unknown as Record<string, string>;
  return createServiceStageSource(
    {
      name: 'sample',
      region: 'sample',
      projectId,
      edition: 'release-plans',
      endpoint: cloud.url,
      iamEndpoint: cloud.url,
      auth,
    },
    {
      fetch,
      now,
      random: Math.random,
      sleep: async () => {},
      secret: async (ref) => values[ref.slice('env:'.length)] ?? '',
      ...(tryMs !== undefined && { tryMs }),
    },
  );
}

/** One signed GET below the project, as it comes back: for calls that no source of ours makes. */
export async function get(
  cloud: Cloud,
  path: string,
  headers: Record<string, string> = { 'Content-Type': 'application/json' },
) {
  const url = new URL(`${cloud.url}/v3/${cloud.projectId}/${path}`);
  const { accessKey, secretKey } = cloud;
  const signed = signRequest({ method: 'GET', url, headers, accessKey, secretKey, now: new Date(start) });
  const response = await fetch(url, { headers: { ...headers, ...signed }, redirect: 'manual' });
  const text = await response.text();
  return { status: response.status, text, body: parse(text) };
}

/** undefined: not JSON, which is what some answers are meant to be. */
function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
