/** What sort of thing went wrong, for whoever counts: bounded, whatever the words are. */
export type FailureCause = 'rate-limited' | 'misconfigured' | 'rejected' | 'server' | 'network' | 'time-out' | 'other';

/** Of an HTTP status that is no success, where a provider has no rule of its own. */
export function causeOfStatus(status: number): FailureCause {
  if (status === 429) return 'rate-limited';
  if (status === 408) return 'time-out';
  if (status === 425 || status >= 500) return 'server';
  return status >= 300 ? 'misconfigured' : 'other';
}
