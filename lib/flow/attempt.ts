import type { QueueMessage } from '../core/delivery.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Destination } from '../ports.ts';
import { type LaneDeps, sendMs } from './lane-deps.ts';
import type { Saying } from './saying.ts';

/** The attempt is written before it is made, so that a second copy after a crash is known as one. */
export function beginAttempt(before: Lane, id: string, now: Date, tokens: number, wasUnsure = false): Lane {
  const { notBefore, tokensAt, ...rest } = before;
  const again = before.attempt?.id === id ? before.attempt : undefined;
  // An attempt without `notBefore` never got as far as its answer being written down.
  const unsure = wasUnsure || (again !== undefined && (again.unsure === true || notBefore === undefined));
  const since = again && (again.since ?? again.at);
  return {
    ...rest,
    attempt: { id, n: (again?.n ?? 0) + 1, at: now.toISOString(), ...(unsure && { unsure, ...(since && { since }) }) },
    tokens,
  };
}

export function sayingOf(deps: LaneDeps, target: Destination, queued: QueueMessage, { attempt, memory }: Lane): Saying {
  return {
    deps,
    target,
    queued,
    how: { signal: AbortSignal.timeout(sendMs), ...(memory !== undefined && { memory }) },
    // A dead letter that may have been seen was begun by an earlier delivery: no sooner than what it tells happened.
    ...(attempt?.unsure && { unsureSince: attempt.since ?? queued.events[0]?.time ?? attempt.at }),
  };
}
