import type { AwsCredentials } from '../aws/credentials.ts';
import { awsHost } from '../aws/host.ts';
import { StoreError } from '../core/store-error.ts';
import type { ObjectStore } from '../ports.ts';
import { mayPass, s3Fault } from './s3-fault.ts';
import { parseS3Page } from './s3-list.ts';
import { type S3Answer, type S3Request, sendOnce } from './s3-request.ts';
import { checkBody, checkKey, checkPrefix, decodeText, isKey } from './text.ts';

export type S3StoreOptions = {
  readonly bucket: string;
  /** Folder that all keys live in, with or without slashes at its ends; default none. */
  readonly prefix?: string | undefined;
  readonly region: string;
  /** An S3 elsewhere (AWS_ENDPOINT_URL_S3); its buckets are then addressed by path. */
  readonly endpoint?: string | undefined;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly fetch: typeof globalThis.fetch;
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
  /** For one request with its whole answer; default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Keys a page of a list; default 1,000, which is S3's most. */
  readonly pageSize?: number | undefined;
};

const maxTries = 3;

/** Objects in an S3 bucket. The store must know `If-None-Match: *` on PUT; Amazon's and Ceph's do. */
export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket, region, sleep, random, timeoutMs = 5_000, pageSize = 1_000 } = options;
  const base = bucketUrl(options);
  const folder = folderOf(options.prefix);
  const urlOf = (key: string) => `${base}/${folder}${key}`;
  const edges = { ...options, timeoutMs, signingKeys: new Map<string, ArrayBuffer>() };
  const send = (request: S3Request) => sendOnce(request, edges);
  const fault = (request: S3Request, answer: S3Answer) => s3Fault(request, answer, { bucket, region });
  // About 0.1 s, then 0.4 s; spread, so that parallel runs do not come back together.
  const pause = (tries: number) => sleep(Math.round(100 * 4 ** (tries - 1) * (0.5 + random())));

  /** For requests that may be repeated without harm. */
  async function insist(request: S3Request): Promise<S3Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await send(request);
      if (tries === maxTries || !mayPass(answer)) return answer;
      await pause(tries);
    }
  }

  async function read(call: 'get' | 'create', key: string): Promise<string | undefined> {
    const request: S3Request = { call, key, method: 'GET', url: urlOf(key) };
    const answer = await insist(request);
    if (answer.status === 200) return decodeText(call, key, answer.bytes);
    // By its code: a proxy's 404, or that of a bucket that is gone, says nothing about the object.
    if (answer.status === 404 && answer.code === 'NoSuchKey') return undefined;
    throw fault(request, answer);
  }

  return {
    async get(key) {
      checkKey('get', key);
      return read('get', key);
    },

    async put(key, body) {
      checkKey('put', key);
      checkBody('put', key, body);
      const request: S3Request = { call: 'put', key, method: 'PUT', url: urlOf(key), body };
      const answer = await insist(request);
      if (!isDone(answer)) throw fault(request, answer);
    },

    async create(key, body) {
      checkKey('create', key);
      checkBody('create', key, body);
      const headers = { 'if-none-match': '*' };
      const request: S3Request = { call: 'create', key, method: 'PUT', url: urlOf(key), headers, body };
      for (let tries = 1; ; tries++) {
        const answer = await send(request);
        if (isDone(answer)) return true;
        if (answer.status !== 412 && !mayPass(answer)) throw fault(request, answer);
        // Even 412 may be about ourselves: an earlier try of ours whose answer was lost. Only the object can tell.
        const there = await read('create', key);
        if (there !== undefined) return there === body;
        if (tries === maxTries) throw fault(request, answer);
        await pause(tries);
      }
    },

    async remove(key) {
      checkKey('remove', key);
      const request: S3Request = { call: 'remove', key, method: 'DELETE', url: urlOf(key) };
      const answer = await insist(request);
      if (!isDone(answer) && answer.code !== 'NoSuchKey') throw fault(request, answer);
    },

    async *list(prefix) {
      checkPrefix(prefix);
      const query = { 'list-type': '2', 'max-keys': String(pageSize), prefix: folder + prefix };
      let token: string | undefined;
      do {
        const search = new URLSearchParams(token === undefined ? query : { ...query, 'continuation-token': token });
        const request: S3Request = { call: 'list', key: prefix, method: 'GET', url: `${base}/?${search}` };
        const answer = await insist(request);
        if (answer.status !== 200) throw fault(request, answer);
        const page = parseS3Page(decodeText('list', prefix, answer.bytes));
        if (page === undefined || (page.next !== undefined && page.next === token)) {
          throw new StoreError(
            'list',
            prefix,
            `bucket "${bucket}": the answer is not a whole page of a list: correct AWS_ENDPOINT_URL_S3`,
          );
        }
        // What others keep here, such as the console's folder marks ("log/"), is none of our objects.
        for (const key of page.keys) if (isKey(key.slice(folder.length))) yield key.slice(folder.length);
        token = page.next;
      } while (token !== undefined);
    },
  };
}

const isDone = ({ status }: S3Answer): boolean => status >= 200 && status < 300;

function folderOf(prefix = ''): string {
  const name = prefix.replace(/^\/+|\/+$/g, '');
  if (name === '') return '';
  if (!isKey(name))
    throw new Error(`PLANWATCH_PREFIX "${prefix}" cannot be used: it takes A-Z a-z 0-9 . _ - and / between them.`);
  return `${name}/`;
}

/** Without a slash at its end. */
function bucketUrl({ bucket, region, endpoint }: S3StoreOptions): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/.test(bucket)) {
    throw new Error(`PLANWATCH_BUCKET "${bucket}" is not a bucket's name: 3 to 63 of a-z 0-9 . -`);
  }
  if (!/^[a-z0-9-]+$/.test(region))
    throw new Error(`AWS_REGION "${region}" is not a region's name, such as eu-central-1.`);
  if (endpoint) return `${endpointOrigin(endpoint)}/${bucket}`;
  const host = awsHost('s3', region);
  // Amazon's certificate covers one label before the host, and a dot in the name makes two.
  return /^[a-z0-9-]+$/.test(bucket) ? `https://${bucket}.${host}` : `https://${host}/${bucket}`;
}

function endpointOrigin(endpoint: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    // Not quoted: somebody may have written a password into it.
    throw new Error('AWS_ENDPOINT_URL_S3 is not an http or https address without user, query and fragment.');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
