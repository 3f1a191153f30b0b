import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultGiveUpAfterMs } from '../../lib/core/config.ts';
import type { Routing } from '../../lib/core/route.ts';
import type { Env } from '../../lib/environment.ts';
import { createLedger, type Ledger } from '../../lib/ledger/ledger.ts';
import type { ObjectStore } from '../../lib/ports.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { createS3Store } from '../../lib/stores/s3.ts';
import { readAwsSetup } from './aws/setup.ts';
import { readOnly } from './read-only-store.ts';
import { sampleRouting } from './sample-setup.ts';
import { readSetup } from './setup.ts';
import { UsageError } from './usage-error.ts';

export type StateOptions = { readonly config?: string; readonly store?: string };

/** What planwatch remembers, here or in a bucket, for commands that only read. */
export type State = {
  readonly where: string;
  readonly ledger: Ledger;
  /** Of the configuration, and those that left something in the store. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  /** Absent: a bucket, and no configuration beside us that says what its routes are. */
  readonly routing?: Routing;
  readonly giveUpAfterMs: number;
  readonly now: () => Date;
};

/** Needs no lock, and writes nothing: `start` and the functions may be at work. Throws UsageError. */
export async function openState(options: StateOptions, env: Env): Promise<State> {
  const setup = options.store === undefined || hasFile(options, env) ? readSetup(env, options) : undefined;
  const config = setup?.kind === 'sample' ? undefined : setup?.config;
  const routing = setup?.kind === 'sample' && options.store === undefined ? sampleRouting : config;
  const home = setup?.home ?? '';
  const store = readOnly(
    options.store === undefined ? createFileStore(join(home, 'store')) : await bucketStore(options.store, env),
  );
  return {
    where: options.store ?? home,
    ledger: createLedger(store),
    sources: await names(store, config?.sources.map(({ name }) => name) ?? [], ['checkpoint/', 'health/']),
    destinations: await names(store, Object.keys(routing?.destinations ?? {}), ['lanes/']),
    ...(routing && { routing }),
    giveUpAfterMs: config?.giveUpAfterMs ?? defaultGiveUpAfterMs,
    now: () => new Date(),
  };
}

/** For a bucket the environment says where it is, not what is watched: only a file does. */
const hasFile = ({ config }: StateOptions, env: Env): boolean =>
  (config ?? env('PLANWATCH_CONFIG') ?? '') !== '' || existsSync('planwatch.yml');

async function names(store: ObjectStore, known: readonly string[], prefixes: readonly string[]): Promise<string[]> {
  const found = new Set(known);
  for (const prefix of prefixes)
    for await (const key of store.list(prefix)) found.add(key.slice(prefix.length).replace(/\.json$/, ''));
  return [...found];
}

/** `s3://bucket[/prefix]`, with the credentials and the region that the AWS command line would use. */
async function bucketStore(url: string, env: Env): Promise<ObjectStore> {
  const [, bucket, prefix] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? [];
  if (bucket === undefined)
    throw new UsageError(`--store "${url}" is not a place: write s3://bucket or s3://bucket/prefix`);
  const { region, credentials, s3Endpoint } = await readAwsSetup({ env, fetch: globalThis.fetch });
  return createS3Store({
    bucket,
    prefix,
    region,
    endpoint: s3Endpoint,
    credentials,
    fetch: globalThis.fetch,
    sleep: (ms) => sleep(ms),
    random: Math.random,
  });
}
