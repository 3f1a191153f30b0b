import { StoreError } from '../core/store-error.ts';
import type { S3Answer, S3Request } from './s3-request.ts';

const passing = new Set(['RequestTimeout', 'OperationAborted', 'ConditionalRequestConflict', 'SlowDown']);

/** Worth another try. Whether a write was carried out all the same is not known then. */
export const mayPass = ({ status, code }: S3Answer): boolean =>
  status === 0 || status === 408 || status === 429 || (status >= 500 && status !== 501) || passing.has(code);

const badCredentials = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
]);
const otherRegion = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed']);

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: without s3:ListBucket a missing object is 403, not 404.
const needs: Readonly<Record<S3Request['call'], string>> = {
  get: 's3:GetObject on the objects and s3:ListBucket on the bucket (without the latter S3 answers 403 for an object that is not there)',
  put: 's3:PutObject on the objects',
  create: 's3:PutObject and s3:GetObject on the objects and s3:ListBucket on the bucket',
  remove: 's3:DeleteObject on the objects',
  list: 's3:ListBucket on the bucket',
};

type Place = { readonly bucket: string; readonly region: string };

/** An answer that settles nothing, as what happened and what to do. */
export function s3Fault({ call, key }: S3Request, answer: S3Answer, place: Place): StoreError {
  const status = answer.status === 0 ? '' : `HTTP ${answer.status} `;
  const said = `${status}${answer.code}`.trim();
  return new StoreError(call, key, `bucket "${place.bucket}": ${said}: ${adviceFor(call, answer, place)}`);
}

function adviceFor(call: S3Request['call'], { status, code, region }: S3Answer, place: Place): string {
  if (code === 'NoSuchBucket')
    return `there is no such bucket in ${place.region}: create it, or correct PLANWATCH_BUCKET`;
  if (otherRegion.has(code) || (status >= 300 && status < 400)) {
    return `the bucket is not in ${place.region}: set AWS_REGION to where it is${region ? ` (${region})` : ''}`;
  }
  if (badCredentials.has(code)) return 'the credentials are wrong or have expired: renew them';
  if (code === 'RequestTimeTooSkewed') return 'the clock of this machine is wrong: set it';
  if (status === 401 || status === 403) {
    return `allow the role ${needs[call]}; a bucket with a KMS key also needs kms:Decrypt and kms:GenerateDataKey`;
  }
  if (call === 'create' && (status === 501 || code === 'NotImplemented')) {
    return 'this store does not know If-None-Match, without which two runs could both decide: use one that does';
  }
  if (status === 404) return 'what answers here is not S3: correct AWS_ENDPOINT_URL_S3';
  if (status === 0) {
    return 'what became of the request is not known, and the next run looks again; if it stays so, check AWS_REGION, AWS_ENDPOINT_URL_S3 and the network';
  }
  if (status === 429 || status >= 500) return 'S3 is busy or failing; the next run tries again';
  return "look the code up in S3's list of error responses";
}
