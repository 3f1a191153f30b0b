import type { SourceError, SourceErrorKind } from '../core/source-error.ts';
import type { Fault } from './vendor-words.ts';

/**
 * What an answer that is not the one we asked for comes down to. By the status first, since the codes of the services
 * behind the gateway are many and theirs; https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html
 * has the gateway's (`APIG.` is the older spelling of `APIGW.`).
 */
export function kindOf(status: number, { code, message }: Pick<Fault, 'code' | 'message'>): SourceErrorKind {
  if (status === 429 || /^APIGW?\.0308$/.test(code)) return 'throttled';
  if (status >= 500 || status === 408) return 'unreachable';
  if (status === 401) {
    if (/^APIGW?\.0307$/.test(code) || /token must be updated/i.test(message)) return 'token-over';
    // The trap in this API: "resource does not exist" comes as 401 SVCSTG.00100401, and no new key will mend that. (The
    // vendor's Terraform provider turns it into a 404, see ConvertExpected401ErrInto404Err.)
    return code.startsWith('SVCSTG.') ? 'not-found' : 'unauthorised';
  }
  if (status === 403) return 'forbidden';
  return status === 400 || status === 404 ? 'not-found' : 'nonsense';
}

/** The very thing that was asked for is not there, as its service says: the gateway knows only paths. */
export const isGone = ({ status, code = '' }: Pick<SourceError, 'status' | 'code'>): boolean =>
  (status === 401 && code === 'SVCSTG.00100401') || (status === 404 && !/^APIGW?\./.test(code));
