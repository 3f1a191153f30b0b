import { addressFault, isInsecure } from '../core/fault.ts';
import { inTime } from '../core/in-time.ts';
import { isSecretRef } from '../core/reference.ts';
import { SecretError, type Secrets } from '../secrets.ts';
import { codeOf } from '../sources/no-answer.ts';

type Edges = { readonly secrets: Secrets; readonly fetch: typeof globalThis.fetch };

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
  { secrets, fetch }: Edges,
  remaining: () => number,
): Promise<string | undefined> {
  const ms = Math.min(mostMs, remaining() - reserveMs);
  if (ms <= 0) return 'No time was left for it.';
  const signal = AbortSignal.timeout(ms);
  try {
    const value = isSecretRef(heartbeat) ? await inTime(secrets(heartbeat), signal) : heartbeat;
    if (value === undefined) return `${heartbeat} could not be read within ${ms / 1000} s.`;
    const address = value.trim();
    // The build looked at one that is written in clear; at one behind a reference nobody has looked yet.
    const fault = addressFault(address) ?? (isInsecure(address) ? 'is not https' : undefined);
    if (fault !== undefined) return `heartbeat ${fault}.`;
    const response = await fetch(address, { redirect: 'manual', signal });
    // The status is all that it says. Nobody waits for the body, which may break off or never end.
    response.body?.cancel().catch(() => undefined);
    if (response.ok) return undefined;
    const redirect = response.status < 400 ? ': it redirects elsewhere, and planwatch never follows' : '';
    return `It was answered HTTP ${response.status}${redirect}.`;
  } catch (error) {
    if (error instanceof SecretError) return error.message;
    const code = codeOf(error);
    return signal.aborted ? `No answer came within ${ms / 1000} s.` : `No connection${code && ` (${code})`}.`;
  }
}
