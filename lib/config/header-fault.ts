import { intendedKind, referenceFault } from '../core/reference.ts';

const headerName = /^[A-Za-z0-9-]{1,100}$/;
/** What the request itself says, or the signature. */
const ownHeaders = /^(?:host|content-.*|transfer-encoding|connection|user-agent|webhook-.*|ce-.*)$/i;
/** A name by which people call a header that opens doors: its value belongs elsewhere. */
const credentialLike = /auth|cookie|credential|key|pass|secret|sign|token/i;

/** What is wrong with an HTTP header that somebody wants sent along, without its value. */
export function headerFault(name: string, value: string): string | undefined {
  if (!headerName.test(name)) return 'is not the name of a header: letters, digits and -';
  if (ownHeaders.test(name)) return 'is a header that planwatch sets itself: leave it out';
  if (credentialLike.test(name) || intendedKind(value)) return referenceFault(value);
  return /[^\t\x20-\x7e]/.test(value) ? 'holds what no header can: plain ASCII text only' : undefined;
}
