import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { channelKinds } from '../../lib/channels/registry.ts';
import { readConfigFile } from '../../lib/config/file.ts';
import { formatFaults } from '../../lib/config.ts';
import type { Config } from '../../lib/core/config.ts';
import { configFromEnvironment, type Env } from '../../lib/environment.ts';
import { UsageError } from './usage-error.ts';

/** Where the configuration came from, and where the state of this run lives. */
export type Setup =
  | { readonly kind: 'file' | 'environment'; readonly from: string; readonly config: Config; readonly home: string }
  /** No credentials anywhere: the sample cloud. Its configuration is known once it runs. */
  | { readonly kind: 'sample'; readonly home: string };

/** Any of these shows that somebody meant to watch a real cloud, so that a missing one is a fault and no sample. */
const meant = [
  'SERVICESTAGE_REGION',
  'SERVICESTAGE_PROJECT_ID',
  'SERVICESTAGE_TOKEN',
  'SERVICESTAGE_ENDPOINT',
  'HUAWEICLOUD_SDK_AK',
  'HUAWEICLOUD_SDK_SK',
];

/** planwatch.yml, else the environment, else the sample. Throws UsageError with every fault at once. */
export function readSetup(env: Env, given: { readonly config?: string }): Setup {
  const home = env('PLANWATCH_HOME') || '.planwatch';
  const named = given.config ?? env('PLANWATCH_CONFIG');
  const file = named || 'planwatch.yml';
  if (named || existsSync(file)) {
    const parsed = readConfigFile(file, channelKinds);
    if ('faults' in parsed) throw new UsageError(...formatFaults(parsed.faults, file));
    return { kind: 'file', from: file, config: parsed.config, home };
  }
  if (!meant.some((name) => env(name)?.trim())) return { kind: 'sample', home: join(home, 'sample') };
  const parsed = configFromEnvironment(env);
  if ('faults' in parsed) throw new UsageError(...formatFaults(parsed.faults));
  return { kind: 'environment', from: 'the environment', config: parsed.config, home };
}
