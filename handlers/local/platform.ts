import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { channelKinds } from '../../lib/channels/registry.ts';
import type { Config } from '../../lib/core/config.ts';
import type { Env } from '../../lib/environment.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { createFileQueue, lockConsumer } from '../../lib/queues/file.ts';
import { readSecretFile } from '../../lib/secrets/file.ts';
import { createSecrets } from '../../lib/secrets.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { type Listeners, type Platform, wireBackfill, wireDeliver, wirePoll } from '../../lib/wire.ts';
import { inbox } from './inbox/kind.ts';

/** The registry, and the page of `npm start` as one more destination. */
export const localKinds = { ...channelKinds, inbox };

/** planwatch on this machine: state in folders, the same flows. */
export type LocalApp = ReturnType<typeof localApp>;

export function localApp(config: Config, home: string, env: Env, listeners: Listeners) {
  const edges = {
    fetch: globalThis.fetch,
    now: () => new Date(),
    random: Math.random,
    sleep: (ms: number) => sleep(ms),
  };
  const store = createFileStore(storeFolder(home));
  const queue = createFileQueue(queueFolder(home), edges);
  const secrets = createSecrets({ ...edges, env, readFile: readSecretFile, ...awsOf(env) });
  const platform: Platform = { ...edges, store, queue, secrets, ...listeners };
  return {
    config,
    platform,
    queue,
    ledger: createLedger(store),
    now: edges.now,
    poll: wirePoll(config, platform),
    deliver: wireDeliver(config, platform, localKinds),
    backfill: wireBackfill(config, platform),
  };
}

export const storeFolder = (home: string): string => join(home, 'store');

export const queueFolder = (home: string): string => join(home, 'queue');

/** Only its holder drains the queue, and runs the sample cloud. */
export const lockState = (home: string) => lockConsumer(queueFolder(home));

export const inUse = (pid: number): string => `Another planwatch (process ${pid}) uses this state folder.`;

/** Before anything is begun: a folder that cannot hold state is told in one line. */
export async function prepareHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(
      `The state folder ${home} cannot be used (${code}): make it a folder that you may write to, or set PLANWATCH_HOME to one.`,
    );
  }
}

/** `ssm:` and `secretsmanager:` work on a laptop too, with the credentials that the AWS command line exports. */
export function awsOf(env: Env) {
  const [accessKeyId, secretAccessKey] = [env('AWS_ACCESS_KEY_ID'), env('AWS_SECRET_ACCESS_KEY')];
  const region = env('AWS_REGION') ?? env('AWS_DEFAULT_REGION');
  if (!accessKeyId || !secretAccessKey || !region) return {};
  const sessionToken = env('AWS_SESSION_TOKEN');
  return {
    aws: { region, credentials: async () => ({ accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }) },
  };
}

/** Nothing stops a laptop's function but its owner. */
export const noHurry = (): number => Number.POSITIVE_INFINITY;
