import { causeOfStatus, type FailureCause } from './failure-cause.ts';

/** What a destination answered, reduced to what we do next. `reason` holds the provider's own words, never an address. */
export type Outcome =
  | Told
  | Failing
  /** This one message is wrong; the next may be fine. */
  | { readonly kind: 'rejected'; readonly reason: string };

/** The destination does not take messages now, this one or another: its lane waits. */
export type Failing =
  | Retry
  /** The address or the credential is wrong: nothing gets through until somebody mends it. */
  | {
      readonly kind: 'misconfigured';
      readonly reason: string;
      readonly advice?: string;
      /** Where asking again bothers nobody else: sooner than the hour that a refusing provider is given. */
      readonly retryAfterMs?: number;
    };

export type Told = {
  /**
   * `delivered`: the provider's own success rule holds, status and body. `accepted`: it only took it in; whether a person
   * sees it is not known.
   */
  readonly kind: 'delivered' | 'accepted';
  /** The provider's own name for the message. */
  readonly reference?: string;
  /** A reply that the provider showed as a message of its own, since what it was an answer to is not there any more. */
  readonly alone?: true;
  /** It took that many calls, each of which counts for the provider's pace. Default 1. */
  readonly calls?: number;
  /** What the channel wants to be handed at the next send, such as the new id of a chat that moved. No secret. */
  readonly remember?: string;
};

export type Retry = {
  readonly kind: 'retry';
  readonly reason: string;
  /** What the far end asked for, from its header or body; never earlier than this. */
  readonly retryAfterMs?: number;
  /** No answer came, or one that says nothing about whether the message was shown: a second copy is possible. */
  readonly unsure?: true;
  /** Default `other`. */
  readonly cause?: FailureCause;
};

/** The message that was to be edited or answered is not there any more, or cannot be edited: what it was to say needs a new one. */
export type Gone = { readonly kind: 'gone'; readonly reason: string };

export const isTold = (outcome: Outcome | Gone): outcome is Told =>
  outcome.kind === 'delivered' || outcome.kind === 'accepted';

export const isFailing = (outcome: { readonly kind: string }): outcome is Failing =>
  outcome.kind === 'retry' || outcome.kind === 'misconfigured';

/** Why an attempt failed, for counting. */
export const causeOf = (outcome: Exclude<Outcome, Told>): FailureCause =>
  outcome.kind === 'retry' ? (outcome.cause ?? 'other') : outcome.kind;

// The client errors that mean "not now" rather than "not ever".
const notNow = new Set([408, 425, 429]);
const wrongAddress = new Set([401, 403, 404, 407, 410]);

/** What an HTTP status means where a destination has no rule of its own. `words`: what the provider said, already clean. */
export function outcomeOfStatus(status: number, words: string, retryAfterMs?: number): Outcome {
  const reason = words ? `HTTP ${status}: ${words}` : `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 300 && status < 400) {
    return {
      kind: 'misconfigured',
      reason,
      advice: 'It redirects elsewhere, and planwatch never follows: set the final address.',
    };
  }
  if (wrongAddress.has(status)) return { kind: 'misconfigured', reason };
  if (notNow.has(status) || status >= 500) {
    return {
      kind: 'retry',
      reason,
      cause: causeOfStatus(status),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      // 503 and 429 say that nothing was done; any other server error may have come after the message was shown.
      ...(status >= 500 && status !== 503 && { unsure: true as const }),
    };
  }
  return { kind: 'rejected', reason };
}
