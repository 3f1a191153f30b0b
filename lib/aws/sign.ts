import { AwsV4Signer } from 'aws4fetch';
import type { AwsCredentials } from './credentials.ts';

/** A request to AWS before it is signed. `datetime`: `20261124T030405Z`, default the machine's time. */
export type Unsigned = {
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly datetime?: string;
  /** The day's signing keys: to derive one takes eight of the eleven calls to WebCrypto that a signature is made of. */
  readonly cache?: Map<string, ArrayBuffer>;
};

/** What to send. Throws, in words that hold no credential, where the credentials will not do. */
export async function signForAws(
  request: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
): Promise<{ readonly url: URL; readonly method: string; readonly headers: Headers }> {
  try {
    if (!accessKeyId || !secretAccessKey) throw new Error('one is missing');
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    // The signer alone: aws4fetch's client would send with the global fetch, and count tries that are counted elsewhere.
    return await new AwsV4Signer({ ...request, ...keys }).sign();
  } catch {
    // No cause: "invalid header value" errors quote the value, and here that is the session token.
    throw new Error(
      'the AWS credentials cannot be used to sign: one is missing, or holds a line break or another character that no header takes',
    );
  }
}
