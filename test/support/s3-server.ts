import { startFauxqs } from 'fauxqs';
import { type CasProxy, startCasProxy } from './cas-proxy.ts';

export type S3Server = {
  /** Path-style, as AWS_ENDPOINT_URL_S3 would name it. */
  readonly endpoint: string;
  readonly bucket: string;
  /** What the client talks to: break requests and see them here. */
  readonly proxy: CasProxy;
  close(): Promise<void>;
};

/** An S3 with one empty bucket on loopback. It takes any credentials: signatures are not checked. */
export async function startS3Server(bucket = 'planwatch-test'): Promise<S3Server> {
  const fauxqs = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  fauxqs.createBucket(bucket);
  const proxy = await startCasProxy(`http://127.0.0.1:${fauxqs.port}`);
  return {
    endpoint: proxy.url,
    bucket,
    proxy,
    async close() {
      await proxy.close();
      await fauxqs.stop();
    },
  };
}
