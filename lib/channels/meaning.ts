import { causeOfStatus, type FailureCause } from '../core/failure-cause.ts';
import { type Gone, type Outcome, outcomeOfStatus } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import type { Answer } from './answer.ts';

/**
 * What one of a provider's codes means. `rejected`: this message is wrong. `retry`: not now; `waitMs`: and not before so
 * long; `unsure`: though it may have been shown; `cause`: where the status does not say it. `advice`: the destination is wrong, and what mends it.
 */
export type Meaning =
  | 'rejected'
  | 'retry'
  | { readonly retry: { readonly waitMs?: number; readonly unsure?: true; readonly cause?: FailureCause } }
  | { readonly advice: string };

/** A kind's documented codes, which its test takes as input as well. */
export type Answers = Readonly<Record<string, Meaning>>;

export type Said = {
  /** The provider's own code for what went wrong, as text; empty where the answer has none. */
  readonly code: string;
  /** What it said, already clean (`createQuote`). */
  readonly words: string;
  /** What its body asked to wait; the header wins. */
  readonly waitMs?: number | undefined;
  /** How it answers when all is well, such as `"ok"`: for the reason where it did not. */
  readonly success: string;
  /** For an address that the status calls wrong where the code is not known. */
  readonly advice: string;
};

/** The outcome of an answer that was not the provider's success. A code that nobody documented counts by its status. */
export function meaningOf(answers: Answers, { status, whole, retryAfterMs }: Answer, said: Said): Outcome {
  const { words, waitMs = undefined, success, advice } = said;
  // Half a word may be the beginning of another one, or of the success.
  const code = whole ? said.code : '';
  const after = retryAfterMs ?? waitMs;
  const reason = reasonOf(status, words);
  const meaning = Object.hasOwn(answers, code) ? answers[code] : undefined;
  if (meaning === 'rejected') return { kind: 'rejected', reason };
  if (typeof meaning === 'object' && 'advice' in meaning) {
    return { kind: 'misconfigured', reason, advice: meaning.advice };
  }
  if (meaning !== undefined) {
    const { waitMs: wait = undefined, unsure, cause } = meaning === 'retry' ? {} : meaning.retry;
    // A server error that says what it is may still have come after the message was shown.
    const shown = unsure === true || (status >= 500 && status !== 503);
    // What has to wait so long is throttled, whatever the status says.
    return retry(reason, after ?? wait, shown, cause ?? (wait === undefined ? causeOfStatus(status) : 'rate-limited'));
  }
  if (status >= 200 && status < 300) {
    if (code !== '') return retry(reason, after, false, 'other');
    // A proxy's page or a body cut short: whether the provider has the message, nobody knows.
    return retry(`HTTP ${status}, but instead of ${success} it said: ${words || 'nothing'}`, after, true, 'other');
  }
  const outcome = outcomeOfStatus(status, words, after);
  return outcome.kind === 'misconfigured' ? { advice, ...outcome } : outcome;
}

/**
 * The same of an answer to an edit or a reply. `gone`: the codes that say that the message which was to be edited or
 * answered is not there, or not for us to edit. They mean nothing of the kind where something new is posted.
 */
export const meaningForLater = (
  answers: Answers,
  gone: ReadonlySet<string>,
  answer: Answer,
  said: Said,
): Outcome | Gone =>
  answer.whole && gone.has(said.code)
    ? { kind: 'gone', reason: reasonOf(answer.status, said.words) }
    : meaningOf(answers, answer, said);

const reasonOf = (status: number, words: string): string =>
  words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words}`;

const retry = (reason: string, retryAfterMs: number | undefined, unsure: boolean, cause: FailureCause): Outcome => ({
  kind: 'retry',
  reason,
  cause,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
  ...(unsure && { unsure: true }),
});

/** A body as a JSON object; undefined where it is anything else, such as the beginning of one. */
export function jsonOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds to wait, as a body says them; undefined where that is no time. */
export const waitOf = (seconds: unknown): number | undefined =>
  typeof seconds === 'number' && seconds >= 0 && seconds < 1e6 ? Math.ceil(seconds * 1000) : undefined;
