import { isRecord } from '../core/plan.ts';

const mostWords = 4_000;

/** Takes every secret that we were ever given out of words that go to people. */
export type Redactor = { learn(secret: string): string; clean(words: string): string };

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    learn: (secret) => {
      secrets.add(secret);
      return secret;
    },
    clean: (words) => {
      // Longest first, or a secret that holds another would leave its rest behind.
      const known = [...secrets].filter(Boolean).sort((a, b) => b.length - a.length);
      // Before the cut, which could leave half a secret; and a cut, since the patterns below are no match for megabytes.
      const redacted = known.reduce((text, secret) => text.replaceAll(secret, '[…]'), words);
      return withoutRequest(redacted.slice(0, mostWords));
    },
  };
}

/**
 * The gateway answers a bad signature with the request as it saw it, headers and all, `|` for newlines. That, anything
 * that looks like a header with a credential, and any run of characters as long as a token is cut out.
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html
 */
const withoutRequest = (words: string): string =>
  words
    .replace(/[\s,;:('"]*\b(?:server'?s?\s+)?(?:canonical[ _-]?request|string[ _-]?to[ _-]?sign)\b.*/is, '')
    .replace(
      /[\s,;:('"]*\b(?:(?:authorization|x-(?:auth|security)-token)\s*[=:]|(?:access|signature|signedheaders)=).*/is,
      '',
    )
    .replace(/\s*\S*\|.*/s, '')
    .replace(/[A-Za-z0-9+=_-]{40,}/g, '[…]')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();

export type Fault = {
  /** `APIGW.0301`, `SVCSTG.00100433`, IAM's `401`; empty where the answer names none. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
};

/** The gateway, ServiceStage, its sibling services and IAM each spell a fault their own way. Not cleaned yet. */
export function readFault(status: number, headers: Headers, body: Uint8Array): Fault {
  const text = new TextDecoder().decode(body);
  const json = parse(text);
  const top = isRecord(json) ? json : {};
  const fault = isRecord(top['error']) ? top['error'] : top;
  const code = first(fault, ['error_code', 'errorCode', 'code']);
  return {
    // IAM's code is the status over again.
    code: /^[\w.-]{1,60}$/.test(code) && code !== String(status) ? code : '',
    message: first(fault, ['error_msg', 'errorMessage', 'error_message', 'message']) || looksLike(text, json),
    requestId: printable(headers.get('x-request-id')) || printable(first(top, ['request_id'])),
  };
}

function looksLike(text: string, json: unknown): string {
  if (text.trim() === '') return 'an empty answer';
  if (json === undefined) return /^\s*</.test(text) ? 'an HTML page instead of JSON' : 'an answer that is not JSON';
  return '';
}

const first = (from: Record<string, unknown>, names: readonly string[]): string => {
  const values = names.map((name) => from[name]);
  const value = values.find((one) => (typeof one === 'string' && one !== '') || typeof one === 'number');
  return value === undefined ? '' : String(value);
};

const printable = (id: string | null): string => (id && /^[\w.-]{1,64}$/.test(id) ? id : '');

/** undefined: not JSON. Nesting deep enough to end the stack is no JSON either. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
