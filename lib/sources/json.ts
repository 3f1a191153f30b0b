import { SourceError } from '../core/source-error.ts';

/** The JSON of an answer with status 200. Throws SourceError for everything that is none, however it fails to be. */
export function parseJson(body: Uint8Array): unknown {
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return JSON.parse(text);
  } catch {
    // No connection broke, yet the end is missing: a proxy that closes early looks like this.
    if (/^\s*[[{]/.test(text)) throw notExpected(`half an answer: ${body.byteLength} bytes that are not whole JSON`);
    if (/^\s*</.test(text)) throw notExpected('an HTML page instead of JSON');
    throw notExpected(body.byteLength === 0 ? 'an empty answer' : 'an answer that is not JSON');
  }
}

export const notExpected = (fault: string): SourceError =>
  new SourceError(
    `HTTP 200, but ${fault}`,
    'If it goes on, check that the endpoint is ServiceStage itself, and not a login page or a proxy.',
    { kind: 'nonsense', status: 200 },
  );
