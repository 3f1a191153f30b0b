/** What a provider takes: one message each `everyMs` on average, up to `burst` at once after a quiet time. */
export type Pace = { readonly everyMs: number; readonly burst: number };

/**
 * A token bucket: how long to wait (ms) before the next message may go, and how many tokens are left once it went.
 * `tokens` is what was left at `at` (ms since 1970); a clock that was set back refills nothing.
 */
export function nextToken(
  { everyMs, burst }: Pace,
  last: { readonly tokens?: number | undefined; readonly at?: number | undefined },
  now: number,
): { readonly waitMs: number; readonly tokensAfter: number } {
  const { tokens = burst, at = now } = last;
  const refilled = Math.min(burst, tokens + Math.max(0, now - at) / everyMs);
  const waitMs = Math.max(0, Math.ceil((1 - refilled) * everyMs));
  return { waitMs, tokensAfter: Math.max(0, refilled + waitMs / everyMs - 1) };
}
