import type { FailureCause } from './failure-cause.ts';

/** What an answer of the cloud, or the lack of one, comes down to: what planwatch does about it, and what it advises. */
export type SourceErrorKind =
  /** A list that is short by its own count, names a plan twice, or is an older copy. */
  | 'incomplete'
  | 'throttled'
  /** The key, the signature, the token or the password is not taken. */
  | 'unauthorised'
  /** The token has run out or died early, and a new one did not help or cannot be made here. */
  | 'token-over'
  /** Known, and not allowed to. */
  | 'forbidden'
  /** Wrong region, project, path or plan. */
  | 'not-found'
  /** DNS, TLS, a time-out, a line that broke, or trouble of the cloud's own (5xx). */
  | 'unreachable'
  /** An answer that is not the cloud's: a page, half of JSON, another shape. */
  | 'nonsense'
  /** Never asked: a secret or an address of our own cannot be used. */
  | 'misconfigured';

/** Of the answer, where there was one; the vendor's `code` and `requestId` as far as it gave them. */
type SourceErrorFacts = {
  readonly kind: SourceErrorKind;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  /** Where it is not what the kind says. */
  readonly failure?: FailureCause;
};

/** What counts the failure, beside the causes of a destination's. */
const causes: Readonly<Record<SourceErrorKind, FailureCause>> = {
  incomplete: 'other',
  throttled: 'rate-limited',
  unauthorised: 'misconfigured',
  'token-over': 'misconfigured',
  forbidden: 'misconfigured',
  'not-found': 'misconfigured',
  unreachable: 'network',
  nonsense: 'other',
  misconfigured: 'misconfigured',
};

/** A look that brought no list worth comparing. Its words go to people, so they hold no secret and no signed request. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** What to do, in one sentence. */
  readonly advice: string;
  readonly kind: SourceErrorKind;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  /** For whoever counts: not the error behind it, which would be `cause`. */
  readonly failure: FailureCause;

  /** Where nothing more is known than that no list came, it was out of reach. */
  constructor(reason: string, advice: string, facts: SourceErrorFacts = { kind: 'unreachable' }) {
    super(reason);
    this.advice = advice;
    this.kind = facts.kind;
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    const { kind, status = 0, failure } = facts;
    this.failure = failure ?? (kind === 'unreachable' && status > 0 ? 'server' : causes[kind]);
  }
}
