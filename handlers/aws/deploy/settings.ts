import type { Config } from '../../../lib/core/config.ts';
import { configFromEnvironment, configVariables } from '../../../lib/environment.ts';
import { readBuilt } from './built.ts';
import { type ParameterName, readParameters } from './parameters.ts';
import { kept, type SecretsPolicy, secretFaults, secretsPolicy, secretUses } from './secret-access.ts';

export type DeployInput = {
  /** Where serverless.yml lies, and dist/ beside it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stage: string;
  readonly parameters: Readonly<Record<ParameterName, string>>;
  /** Something will really be uploaded, and not only packaged. */
  readonly uploads: boolean;
};

/** What serverless.yml cannot work out by itself. */
type DeploySettings = {
  /** Variables of all functions where there is no planwatch.yml: places, and references to secrets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly prefix: string;
  /** The prefix as keys begin with it: with its slash, or empty. */
  readonly keys: string;
  /** Seconds between two looks. */
  readonly lookSeconds: number;
  /** `true` or `false`, for CloudFormation: some destination remembers which message is a plan's. */
  readonly edits: string;
  /** For each role: may read what its function needs, or is nothing at all. */
  readonly secrets: Readonly<Record<'poll' | 'deliver' | 'backfill', SecretsPolicy>>;
};

/** Every fault at once, each with where it is and the cure. No fault holds a value that may be a secret. */
export function deploySettings(input: DeployInput): {
  readonly settings: DeploySettings;
  readonly faults: readonly string[];
} {
  const { env, folder, uploads } = input;
  const parameters = readParameters(input.parameters, input.stage);
  const built = readBuilt(folder, env['PLANWATCH_CONFIG']);
  const given = built.config ? fromFile(built.file, built.config) : fromEnvironment(env, uploads);
  const policyFor = (by: 'poll' | 'deliver') => {
    const references = (given.config ? secretUses(given.config) : []).filter((use) => use.by === by);
    return secretsPolicy(references.map(({ reference }) => reference).filter(kept), parameters.values.secretsKmsKey);
  };
  const poll = policyFor('poll');
  const styles = Object.values(given.config?.destinations ?? {}).map(({ style }) => style ?? 'each');
  return {
    settings: {
      environment: given.environment,
      prefix: parameters.values.prefix,
      keys: parameters.values.prefix === '' ? '' : `${parameters.values.prefix}/`,
      lookSeconds: parameters.values.lookSeconds,
      edits: String(styles.some((style) => style !== 'each')),
      // `from: "list"` asks the cloud as poll does.
      secrets: { poll, deliver: policyFor('deliver'), backfill: poll },
    },
    // Where nothing is built, what the environment holds is beside the point.
    faults: [...parameters.faults, ...(built.faults.length > 0 ? built.faults : given.faults)],
  };
}

type Given = {
  readonly config: Config | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
};

const fromFile = (file: string, config: Config): Given => ({
  config,
  environment: {},
  faults: secretFaults(config).map(({ path, message }) => `${file}: ${path}: ${message}`),
});

/** Nothing set at all: packaged as it is, to be looked at; the functions then say what they lack. */
function fromEnvironment(env: DeployInput['env'], uploads: boolean): Given {
  const set = configVariables.flatMap((name) => {
    const value = env[name]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  if (set.length === 0) return { config: undefined, environment: {}, faults: uploads ? [nothingToWatch] : [] };
  const environment = Object.fromEntries(set);
  const read = configFromEnvironment((name) => environment[name]);
  const refused = (faults: readonly string[]): Given => ({ config: undefined, environment: {}, faults });
  if ('faults' in read) return refused(read.faults.map(({ path, message }) => `${path}: ${message}`));
  const faults = secretFaults(read.config).map(({ variable, path, message }) => `${variable ?? path}: ${message}`);
  // `serverless print` goes on in spite of faults, and must not show what they are about.
  return faults.length > 0 ? refused(faults) : { config: read.config, environment, faults };
}

const nothingToWatch =
  'nothing says what to watch: copy planwatch.example.yml to planwatch.yml, change it, and npm run build; or set SERVICESTAGE_REGION and the other variables that README names';
