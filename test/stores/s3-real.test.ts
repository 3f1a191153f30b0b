import { beforeAll, describe, expect, test } from '@jest/globals';
import { AwsClient } from 'aws4fetch';
import { createS3Store } from '../../lib/stores/s3.ts';
import { describeStore } from './store-contract.ts';

/** `.ci/rgw` starts a real S3 server (Ceph) and names it here. It checks signatures and knows If-None-Match by itself. */
const {
  S3_TEST_ENDPOINT: endpoint,
  S3_TEST_ACCESS_KEY: accessKeyId = '',
  S3_TEST_SECRET_KEY: secretAccessKey = '',
  NOTHING_SKIPPED: strict,
} = process.env;

if (endpoint === undefined) {
  if (strict) test('a real S3 server is there', () => expect(endpoint).toBeDefined());
  else {
    console.log(
      'Skipped: the S3 store against a real S3 server. To run it: .ci/rgw install; .ci/rgw start; export $(.ci/rgw env)',
    );
    test.skip('the S3 store against a real S3 server (see .ci/rgw)', () => {});
  }
} else {
  const bucket = `contract-${Date.now()}`;
  let folders = 0;
  const open = (secret = secretAccessKey, prefix = `folder-${++folders}`) =>
    createS3Store({
      bucket,
      prefix,
      region: 'us-east-1',
      endpoint,
      credentials: async () => ({ accessKeyId, secretAccessKey: secret }),
      fetch,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      random: Math.random,
      timeoutMs: 20_000,
    });
  beforeAll(async () => {
    const client = new AwsClient({ accessKeyId, secretAccessKey, region: 'us-east-1', service: 's3', retries: 0 });
    expect((await client.fetch(`${endpoint}/${bucket}`, { method: 'PUT' })).status).toBe(200);
  });

  describeStore('S3 (Ceph RGW)', async () => ({ store: open(), close: async () => {} }));

  describe('S3 (Ceph RGW) itself', () => {
    test('refuses a wrong secret, and the error names neither secret', async () => {
      const error = await open('wrong-secret').get('x').catch(String);
      expect(error).toContain('403');
      expect(error).not.toContain('wrong-secret');
      expect(error).not.toContain(secretAccessKey);
    });
  });
}
