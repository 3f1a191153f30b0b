import { setTimeout as sleep } from 'node:timers/promises';
import configured from 'planwatch:config';
import type { Context } from 'aws-lambda';
import type { Config } from '../../lib/core/config.ts';
import type { Env } from '../../lib/environment.ts';
import { createSqsQueue } from '../../lib/queues/sqs.ts';
import { readSecretFile } from '../../lib/secrets/file.ts';
import { createSecrets } from '../../lib/secrets.ts';
import { createS3Store } from '../../lib/stores/s3.ts';
import type { Listeners, Platform } from '../../lib/wire.ts';
import { createConnections } from './connections.ts';
import { noticeLine } from './lines.ts';
import { createLog, type Log, type LogEdges } from './log.ts';
import { serviceFault } from './metrics.ts';

/**
 * Settled while the sandbox starts, at full speed: the first request would pay for loading Node's HTTP client and its
 * WebCrypto otherwise, with the seventh of a processor that 256 MB buy.
 */
const hmac = { name: 'HMAC', hash: 'SHA-256' };
await Promise.all([fetch('data:,'), crypto.subtle.importKey('raw', new Uint8Array(32), hmac, false, ['sign'])]).catch(
  () => undefined,
);

/** What AWS Lambda gives. `service`: what metrics go by. Throws one error that names every variable which is missing or wrong. */
function awsPlatform(env: Env): { config: Config; service: string; platform: Omit<Platform, keyof Listeners> } {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = env(name)?.trim() ?? '';
    if (value === '') faults.push(`${name}: is not set; serverless.yml or Lambda itself sets it`);
    return value;
  };
  const region = required('AWS_REGION');
  const bucket = required('PLANWATCH_BUCKET');
  const queueUrl = required('PLANWATCH_QUEUE_URL');
  required('AWS_ACCESS_KEY_ID');
  required('AWS_SECRET_ACCESS_KEY');
  const endpoint = (service: string): string | undefined => {
    const name = env(`AWS_ENDPOINT_URL_${service}`) ? `AWS_ENDPOINT_URL_${service}` : 'AWS_ENDPOINT_URL';
    const url = env(name)?.trim();
    if (url && !/^https?:\/\//.test(url)) faults.push(`${name}: is not a URL; write https://host, or leave it out`);
    return url || undefined;
  };
  const [s3, sqs, ssm, secretsManager] = ['S3', 'SQS', 'SSM', 'SECRETS_MANAGER'].map(endpoint);
  const service = env('PLANWATCH_SERVICE')?.trim() || 'planwatch';
  const unnamed = serviceFault(service);
  if (unnamed !== undefined) faults.push(`PLANWATCH_SERVICE: ${unnamed}`);
  const read = configured(env);
  if ('faults' in read) faults.push(...read.faults.map(({ path, message }) => `${path}: ${message}`));
  if (!('config' in read) || faults.length > 0) {
    throw new Error(`planwatch is not set up:\n${faults.map((line) => `- ${line}`).join('\n')}`);
  }
  // Lambda renews them for each sandbox, not within one: reading them at each use costs nothing and is never stale.
  const credentials = async () => ({
    accessKeyId: env('AWS_ACCESS_KEY_ID') ?? '',
    secretAccessKey: env('AWS_SECRET_ACCESS_KEY') ?? '',
    ...(env('AWS_SESSION_TOKEN') && { sessionToken: env('AWS_SESSION_TOKEN') as string }),
  });
  const edges = {
    fetch: globalThis.fetch,
    now: () => new Date(),
    random: Math.random,
    sleep: (ms: number) => sleep(ms),
  };
  return {
    config: read.config,
    service,
    platform: {
      ...edges,
      store: createS3Store({
        ...edges,
        bucket,
        prefix: env('PLANWATCH_PREFIX'),
        region,
        endpoint: s3,
        credentials,
      }),
      queue: createSqsQueue({ ...edges, queueUrl, region, ...(sqs && { endpoint: sqs }), credentials }),
      secrets: createSecrets({
        ...edges,
        env,
        readFile: readSecretFile,
        aws: {
          region,
          credentials,
          ...(ssm && { ssmEndpoint: ssm }),
          ...(secretsManager && { secretsManagerEndpoint: secretsManager }),
        },
      }),
    },
  };
}

/**
 * A function of planwatch: wired at its first call and kept with the sandbox. A fault in how it is set up is told at every
 * call, not only when a sandbox starts.
 */
export function awsApp<T>(wire: (config: Config, platform: Platform) => T, env: Env = (name) => process.env[name]) {
  let current = '';
  const edges: LogEdges = {
    write: (text) => void process.stdout.write(text),
    now: () => new Date(),
    requestId: () => current,
  };
  const renewConnections = createConnections(Date.now);
  let made: { readonly run: T; readonly log: Log } | undefined;
  return ({ awsRequestId }: Pick<Context, 'awsRequestId'>): { readonly run: T; readonly log: Log } => {
    current = awsRequestId;
    renewConnections();
    try {
      made ??= make();
    } catch (error) {
      const unmetered = { level: 'off', service: '', destinations: [] } as const;
      createLog(edges, unmetered)({ level: 'error', line: { message: 'fault', reason: (error as Error).message } });
      throw error;
    }
    return made;
  };

  function make() {
    const { config, service, platform } = awsPlatform(env);
    const log = createLog(edges, {
      level: config.metrics ?? 'basic',
      service,
      destinations: Object.keys(config.destinations),
    });
    const listeners: Listeners = {
      onNotice: (notice, to) => log(noticeLine(notice, to)),
      onHeartbeat: (reason) => reason !== undefined && log({ level: 'warn', line: { message: 'heartbeat', reason } }),
    };
    return { run: wire(config, { ...platform, ...listeners }), log };
  }
}
