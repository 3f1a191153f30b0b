/**
 * SDK-HMAC-SHA256, the gateway's request signature. Ours, because the vendor's package costs 143 kB in a function.
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-001.html
 */

import { createHash, createHmac } from 'node:crypto';

export type SignableRequest = {
  readonly method: string;
  /** Sent as it is, so a space in its query is `%20`: the gateway does not read `+` as one. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type SigningKeys = {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Comes with temporary keys, and only with them. */
  readonly securityToken?: string | undefined;
};

export const signatureScheme = 'SDK-HMAC-SHA256';

/** The headers to add to a request. Signs every header given, so leave out what fetch or a proxy may change. */
export function signRequest(request: SignableRequest & SigningKeys & { readonly now: Date }): Record<string, string> {
  const { method, url, headers, body, accessKey, secretKey, securityToken, now } = request;
  const date = sdkDate(now);
  const added = { 'X-Sdk-Date': date, ...(securityToken && { 'X-Security-Token': securityToken }) };
  const signed = { ...headers, ...added, Host: url.host };
  const signature = signatureOf(secretKey, date, canonicalRequest({ method, url, headers: signed, body: body ?? '' }));
  const names = sortedHeaders(signed).map(([name]) => name);
  return {
    ...added,
    Authorization: `${signatureScheme} Access=${accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** The request as both sides spell it before they hash it; `headers` are those that are signed, Host among them. */
export function canonicalRequest({ method, url, headers, body = '' }: SignableRequest): string {
  const sorted = sortedHeaders(headers);
  return [
    method.toUpperCase(),
    canonicalPath(url),
    canonicalQuery(url),
    ...sorted.map(([name, value]) => `${name}:${value}`),
    '',
    sorted.map(([name]) => name).join(';'),
    sha256(body),
  ].join('\n');
}

/** One HMAC under the secret key itself: no derived key, no scope (which is why no AWS signer can stand in). */
export const signatureOf = (secretKey: string, date: string, canonical: string): string =>
  createHmac('sha256', secretKey)
    .update([signatureScheme, date, sha256(canonical)].join('\n'))
    .digest('hex');

/** `YYYYMMDDTHHMMSSZ`, UTC. */
export const sdkDate = (at: Date): string => `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

// What is encoded already is encoded again (`%2F` → `%252F`), as the vendor's SDKs do. The signed path ends in a
// slash, the requested one does not.
function canonicalPath(url: URL): string {
  const path = url.pathname.split('/').map(encode).join('/');
  return path.endsWith('/') ? path : `${path}/`;
}

const canonicalQuery = (url: URL): string =>
  [...url.searchParams]
    .sort(([a, x], [b, y]) => byCode(a, b) || byCode(x, y))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');

const sortedHeaders = (headers: Readonly<Record<string, string>>): [name: string, value: string][] =>
  Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .sort(([a], [b]) => byCode(a, b));

const byCode = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
