import { cut, maxReason } from '../core/event.ts';
import { SourceError, type SourceErrorKind } from '../core/source-error.ts';
import { kindOf } from './answer-kind.ts';
import type { Answer } from './cloud-call.ts';
import { type Fault, type Redactor, readFault } from './vendor-words.ts';

/** What to do where only the caller knows what was asked, and with which credentials. */
export type Advice = {
  readonly credentials: string;
  readonly forbidden: string;
  readonly notFound: string;
  /** The request was signed: then the fault may be in the clock. */
  readonly signed: boolean;
};

const skewWorthTelling = 5 * 60_000;

/** An answer that is not the one we asked for, in words that may be shown to anyone. */
export function failedAnswer(answer: Answer, advice: Advice, redactor: Redactor, now: Date): SourceError {
  const { status } = answer;
  const fault = readFault(status, answer.headers, answer.body);
  const code = redactor.clean(fault.code);
  const requestId = redactor.clean(fault.requestId);
  const kind = kindOf(status, fault);
  const what = [`HTTP ${status}`, code].filter(Boolean).join(' ');
  const words = cut(redactor.clean(fault.message), maxReason - 150);
  const reason = cut(`${words ? `${what}: ${words}` : what}${requestId && ` (request ${requestId})`}`, maxReason);
  const facts = {
    kind,
    status,
    code: code || undefined,
    requestId: requestId || undefined,
    ...(isRedirect(status) && { failure: 'misconfigured' as const }),
  };
  return new SourceError(reason, whatToDo(kind, answer, fault, advice, now), facts);
}

const isRedirect = (status: number): boolean => status >= 300 && status < 400;

function whatToDo(kind: SourceErrorKind, { status, headers }: Answer, fault: Fault, advice: Advice, now: Date): string {
  switch (kind) {
    case 'throttled':
      return 'The cloud throttles this user: poll less often, or ask for a higher limit.';
    case 'unreachable':
      return 'The cloud has trouble of its own: planwatch keeps asking, and nothing is lost.';
    case 'unauthorised':
      return (advice.signed && clockAdvice(headers, now)) || lockAdvice(fault) || advice.credentials;
    case 'token-over':
      return advice.credentials;
    case 'forbidden':
      return refusals.find(([codes]) => codes.test(fault.code))?.[1] ?? advice.forbidden;
    case 'not-found':
      return advice.notFound;
    default:
      return isRedirect(status)
        ? 'It redirects elsewhere, and planwatch never follows: set the final endpoint.'
        : 'Check that the endpoint is the cloud itself, and not a login page, a proxy or another service.';
  }
}

/** No policy mends these. */
const refusals: readonly (readonly [codes: RegExp, advice: string])[] = [
  [
    /^APIGW?\.0310$/,
    'The project cannot be used now: look for an unpaid bill, or a project that is frozen or deleted.',
  ],
  [/^APIGW?\.040[12]$/, 'The cloud lets only some addresses in: allow the one that planwatch calls from (its NAT).'],
  [/^APIGW?\.0802$/, 'This IAM user may not use this region: ask the administrator of the account to open it.'],
];

/** The same code as a wrong key, and another cure. https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html */
const lockAdvice = ({ message }: Fault): string | undefined =>
  /AK access failed to reach the limit/i.test(message)
    ? 'Too many wrong signatures locked this access key for a while: mend the secret key, and the lock goes by itself.'
    : undefined;

/** A signature holds the time, and the gateway refuses one that is 15 minutes off: it looks like a wrong key. */
function clockAdvice(headers: Headers, now: Date): string | undefined {
  const theirs = Date.parse(headers.get('date') ?? '');
  const off = now.getTime() - theirs;
  if (Number.isNaN(off) || Math.abs(off) <= skewWorthTelling) return undefined;
  const minutes = Math.round(Math.abs(off) / 60_000);
  return `This machine's clock is ${minutes} minutes ${off > 0 ? 'ahead of' : 'behind'} the cloud's, which refuses more than 15: set the clock.`;
}
