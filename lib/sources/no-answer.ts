import type { FailureCause } from '../core/failure-cause.ts';
import { SourceError } from '../core/source-error.ts';

/** What to say and to do where a call to the cloud brought no answer that could be used. */

/** What a try brought when it brought no answer; `again`: the next try may. */
export type Miss = { readonly error: SourceError; readonly again: boolean };

/** The largest list known to be served is far below; over it, something else is answering. */
export const mostBytes = 32 * 1024 * 1024;

/** A body of which only a part is there. */
export type Broken = { readonly tooLong: boolean; readonly part: Uint8Array };

/** Of the caller's time, not of one try's. */
export const outOfTime = (): SourceError =>
  new SourceError(
    'no whole answer in the time that this look had',
    'If it goes on, check that the cloud can be reached from here, and give poll more time.',
    { kind: 'unreachable', failure: 'time-out' },
  );

/** Of one try. */
export const tooSlow = (tryMs: number): SourceError =>
  unreachable(`no whole answer within ${tryMs / 1000} s`, reachAdvice, 'time-out');

const unreachable = (reason: string, advice = reachAdvice, failure: FailureCause = 'network'): SourceError =>
  new SourceError(reason, advice, { kind: 'unreachable', failure });

const reachAdvice = 'Check the region or the endpoint, and that this machine may reach it (DNS, proxy, NAT).';

/** Whether the same call may do better depends on the code of what failed. */
export function noConnection(code: string): Miss {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const error = new SourceError(
      'the headers of the answer are larger than Node takes',
      'A token can be: set NODE_OPTIONS=--max-http-header-size=65536 where planwatch runs, or use accessKey and secretKey.',
      { kind: 'nonsense' },
    );
    return { error, again: false };
  }
  const [, advice] = causes.find(([codes]) => codes.test(code)) ?? [];
  return { error: unreachable(`no connection${code && ` (${code})`}`, advice), again: true };
}

const causes: readonly (readonly [codes: RegExp, advice: string])[] = [
  [
    /^E(?:NOTFOUND|AI_AGAIN)$/,
    'No address is known for its name: check the region or the endpoint, and the DNS of this machine.',
  ],
  [
    /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$/,
    'Its TLS certificate is not trusted here: check the endpoint; behind a proxy or in a private cloud name its authority with NODE_EXTRA_CA_CERTS.',
  ],
];

export const unusable = ({ tooLong, part }: Broken): SourceError =>
  tooLong
    ? new SourceError(
        `the answer is over ${mostBytes / 1024 / 1024} MiB`,
        'Check that the endpoint is ServiceStage: no list of release plans is that long.',
        { kind: 'nonsense' },
      )
    : new SourceError(
        `half an answer: it broke off after ${part.byteLength} bytes`,
        'If it goes on, look at what lies between here and the cloud: a proxy, a firewall, a limit on size or time.',
      );

/** Only the code: the message of a network error holds the address. */
export function codeOf(error: unknown): string {
  for (let one = error; typeof one === 'object' && one !== null; one = (one as { cause?: unknown }).cause) {
    const { code } = one as { code?: unknown };
    if (typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code)) return code;
  }
  return '';
}
