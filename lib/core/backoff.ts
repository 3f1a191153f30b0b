import { maxGiveUpAfterMs } from './config.ts';

/** The schedule for a destination that says "not now", in ms: 5 s, 30 s, 2 m, 10 m, 30 m, then hourly. */
const steps = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;

export const hour = 3_600_000;

/** ms to wait after the `attempt`th failure (1, 2, …), ±20 % so that many lanes do not come back at once. `random` in [0, 1). */
export function backoff(attempt: number, random: () => number): number {
  const step = steps[Math.min(Math.max(attempt, 1), steps.length) - 1] ?? hour;
  return Math.round(step * (0.8 + 0.4 * random()));
}

/** Hourly: nothing changes until a person mends it, and then they should not wait long. */
export const backoffMisconfigured = (random: () => number): number => backoff(steps.length, random);

/**
 * `Retry-After` in seconds or as an HTTP date → ms from `now`; undefined where it says nothing we can read. At most 12
 * days: by then the message is given up, and a thousand digits would not make a date to wait for.
 */
export function retryAfter(header: string | null | undefined, now: Date): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1000), maxGiveUpAfterMs);
  // Only what RFC 9110 asks for: Date.parse alone would take "-5" for a month long past.
  if (!/^[A-Z][a-z]{2,8}, .+ GMT$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now.getTime()), maxGiveUpAfterMs);
}
