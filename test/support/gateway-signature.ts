import { createHash, createHmac } from 'node:crypto';

type SentToGateway = {
  readonly method: string;
  /** As in the request line, with its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * What Huawei Cloud's gateway makes of a request, from
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-001.html and not from our signer: undefined
 * where it is signed with this key, otherwise what is wrong.
 */
export function signatureFault(
  { method, target, headers, body }: SentToGateway,
  keys: { readonly accessKey: string; readonly secretKey: string },
): string | undefined {
  const given = /^SDK-HMAC-SHA256 Access=([^,]+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
    headers['authorization'] ?? '',
  );
  if (!given) return 'no signature';
  const [, access, names = '', signature] = given;
  if (access !== keys.accessKey) return 'another access key';
  const signed = names.split(';');
  for (const name of ['host', 'x-sdk-date']) if (!signed.includes(name)) return `${name} is not signed`;
  const date = headers['x-sdk-date'] ?? '';
  if (!/^\d{8}T\d{6}Z$/.test(date)) return 'x-sdk-date is no time';
  const [path = '', query = ''] = target.split('?');
  const canonical = [
    method,
    `${path.split('/').map(strict).join('/')}/`,
    query.split('&').sort().join('&'),
    ...signed.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const text = `SDK-HMAC-SHA256\n${date}\n${sha256(canonical)}`;
  return createHmac('sha256', keys.secretKey).update(text).digest('hex') === signature ? undefined : 'wrong signature';
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const strict = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => percent(sign));
const percent = (sign: string): string => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
