import { beforeAll, describe, expect, test } from '@jest/globals';
import { createS3Store } from '../../lib/stores/s3.ts';
import { howToRunRealS3, makeBucket, nothingSkipped, type RealS3, realS3 } from '../support/real-s3.ts';
import { describeStore } from './store-contract.ts';

if (realS3 === undefined) {
  if (nothingSkipped) test('a real S3 server is there', () => expect(realS3).toBeDefined());
  else {
    console.log(`Skipped: the S3 store against a real S3 server. ${howToRunRealS3}`);
    test.skip('the S3 store against a real S3 server (see .ci/rgw)', () => {});
  }
} else {
  const { endpoint, accessKeyId, secretAccessKey } = realS3;
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
  beforeAll(() => makeBucket(realS3 as RealS3, bucket));

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
