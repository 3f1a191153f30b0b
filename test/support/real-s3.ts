import { AwsClient } from 'aws4fetch';

/** `.ci/rgw` starts a real S3 server (Ceph) and names it here. It checks signatures and knows If-None-Match by itself. */
const {
  S3_TEST_ENDPOINT: endpoint,
  S3_TEST_ACCESS_KEY: accessKeyId = '',
  S3_TEST_SECRET_KEY: secretAccessKey = '',
} = process.env;

/** undefined: there is none. */
export const realS3 = endpoint === undefined ? undefined : { endpoint, accessKeyId, secretAccessKey };

export type RealS3 = NonNullable<typeof realS3>;

/** CI sets this: what a laptop may skip then fails. */
export const nothingSkipped = process.env['NOTHING_SKIPPED'] !== undefined;

export const howToRunRealS3 = 'To run it: .ci/rgw install; .ci/rgw start; export $(.ci/rgw env)';

export async function makeBucket({ endpoint, ...keys }: RealS3, bucket: string): Promise<void> {
  const client = new AwsClient({ ...keys, region: 'us-east-1', service: 's3', retries: 0 });
  const { status } = await client.fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  if (status !== 200) throw new Error(`The bucket ${bucket} cannot be made: HTTP ${status}.`);
}
