import { nextToken, type Pace } from '../core/pace.ts';
import type { Lane } from '../ledger/lanes.ts';

/** Longer waits for a provider's pace go back to the queue: a function that sleeps is paid for. */
export const longestSleepMs = 1_000;

export const outOfPace = 'The pace that the provider allows is used up.';

/** When the lane may ask its provider for something again, and what it has left then. */
export function tokenOf(pace: Pace, { tokens, tokensAt, attempt }: Lane, now: Date): ReturnType<typeof nextToken> {
  const at = tokensAt ?? attempt?.at;
  return nextToken(pace, { tokens, at: at === undefined ? undefined : Date.parse(at) }, now.getTime());
}
