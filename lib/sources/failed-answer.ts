import { cut, maxReason } from '../core/event.ts';
import { SourceError } from '../core/source-error.ts';
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
  const fault = readFault(answer.status, answer.headers, answer.body);
  const what = [`HTTP ${answer.status}`, redactor.clean(fault.code)].filter(Boolean).join(' ');
  const words = cut(redactor.clean(fault.message), maxReason - 150);
  const request = fault.requestId && ` (request ${redactor.clean(fault.requestId)})`;
  const reason = cut(`${words ? `${what}: ${words}` : what}${request}`, maxReason);
  return new SourceError(reason, whatToDo(answer, fault, advice, now));
}

function whatToDo({ status, headers }: Answer, fault: Fault, advice: Advice, now: Date): string {
  if (status >= 300 && status < 400)
    return 'It redirects elsewhere, and planwatch never follows: set the final endpoint.';
  if (status === 429) return 'The cloud throttles this user: poll less often, or ask for a higher limit.';
  if (status >= 500) return 'The cloud has trouble of its own: planwatch keeps asking, and nothing is lost.';
  if (status === 401 && !isMissing(fault)) return (advice.signed && clockAdvice(headers, now)) || advice.credentials;
  if (status === 403) return advice.forbidden;
  if (status === 400 || status === 401 || status === 404) return advice.notFound;
  return 'Check that the endpoint is the cloud itself, and not a login page, a proxy or another service.';
}

/**
 * The trap in this API: "resource does not exist" comes as 401 too, and no new key will mend that. (The vendor's
 * Terraform provider turns it into a 404, see ConvertExpected401ErrInto404Err.)
 */
const isMissing = ({ code }: Fault): boolean => code === 'SVCSTG.00100401';

/** "The token must be updated": tokens die early when a password or a permission changes. */
export function tokenDied({ status, headers, body }: Answer): boolean {
  if (status !== 401) return false;
  const { code, message } = readFault(status, headers, body);
  return /^APIGW?\.0307$/.test(code) || /token must be updated/i.test(message);
}

/** A signature holds the time, and the gateway refuses one that is 15 minutes off: it looks like a wrong key. */
function clockAdvice(headers: Headers, now: Date): string | undefined {
  const theirs = Date.parse(headers.get('date') ?? '');
  const off = now.getTime() - theirs;
  if (Number.isNaN(off) || Math.abs(off) <= skewWorthTelling) return undefined;
  const minutes = Math.round(Math.abs(off) / 60_000);
  return `This machine's clock is ${minutes} minutes ${off > 0 ? 'ahead of' : 'behind'} the cloud's, which refuses more than 15: set the clock.`;
}
