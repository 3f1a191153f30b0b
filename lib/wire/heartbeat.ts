import { readAddress } from '../channels/address.ts';
import { exchange } from '../channels/answer.ts';
import { isSecretRef } from '../core/reference.ts';
import { SecretError, type Secrets } from '../secrets.ts';
import { inTime } from './in-time.ts';

type Edges = { readonly secrets: Secrets; readonly fetch: typeof globalThis.fetch; readonly now: () => Date };

/** Whoever waits for a heartbeat is not worth a look that comes late. */
const mostMs = 2_000;
/** Kept for what comes after it: the answer of the run itself. */
const reserveMs = 1_000;

/**
 * Tells a dead-man service that all is well. undefined: it was heard; otherwise why not, in words that hold nothing of
 * the address, which is all it takes to fake a heartbeat.
 */
export async function beat(
  heartbeat: string,
  { secrets, fetch, now }: Edges,
  remaining: () => number,
): Promise<string | undefined> {
  const ms = Math.min(mostMs, remaining() - reserveMs);
  if (ms <= 0) return 'No time was left for it.';
  const signal = AbortSignal.timeout(ms);
  try {
    const value = isSecretRef(heartbeat) ? await inTime(secrets(heartbeat), signal) : heartbeat;
    if (value === undefined) return `${heartbeat} could not be read within ${ms / 1000} s.`;
    const address = readAddress('heartbeat', { heartbeat: value });
    if ('kind' in address) return `${address.reason}.`;
    const answer = await exchange((within) => fetch(address, { redirect: 'manual', signal: within }), { signal, now });
    if ('kind' in answer) return `It was not heard: ${answer.reason}.`;
    if (answer.status >= 200 && answer.status < 300) return undefined;
    const redirect = answer.status < 400 ? ': it redirects elsewhere, and planwatch never follows' : '';
    return `It was answered HTTP ${answer.status}${redirect}.`;
  } catch (error) {
    if (error instanceof SecretError) return error.message;
    throw error;
  }
}
