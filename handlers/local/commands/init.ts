import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SettingSpec } from '../../../lib/channels/channel.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import { unknown } from '../../../lib/config/fault-path.ts';
import { formatFaults, type Kinds, parseConfig } from '../../../lib/config.ts';
import { addressFault, isInsecure, nameFault, projectIdFault, regionFault } from '../../../lib/core/fault.ts';
import { isSecretRef, parseSecretRef, referenceFault } from '../../../lib/core/reference.ts';
import type { Env } from '../../../lib/environment.ts';
import { colours } from '../colours.ts';
import { writeConfig } from '../init-file.ts';
import { type Ask, withQuestions } from '../questions.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type InitOptions = {
  readonly config?: string;
  readonly json: boolean;
  readonly force?: boolean;
  readonly name?: string;
  readonly region?: string;
  readonly projectId?: string;
  readonly auth?: string;
  readonly user?: string;
  readonly domain?: string;
  readonly destination?: string;
  readonly kind?: string;
  /** `url=env:NAME`, … */
  readonly set: readonly string[];
};

const allKinds: Kinds = channelKinds;
const schemaFile = fileURLToPath(new URL('../../../planwatch.schema.json', import.meta.url));

/** Writes a planwatch.yml from a few answers, checks it, and says what to do next. Nothing is overwritten unasked. */
export async function init(options: InitOptions, env: Env, terminal: Terminal): Promise<void> {
  const file = (options.config ?? env('PLANWATCH_CONFIG')) || 'planwatch.yml';
  if (existsSync(file) && !options.force)
    throw new UsageError(`${file} is there already: edit it, write another with --config, or replace it with --force.`);
  const streams = options.json ? undefined : { input: process.stdin, output: process.stderr };
  const answers = await withQuestions(streams, async (ask) => ({
    region: await ask(
      { flag: '--region', words: 'Region to watch, such as ap-southeast-3', fault: regionFault },
      options.region,
    ),
    projectId: await ask(
      { flag: '--project-id', words: 'Project ID in that region (console, "My Credentials")', fault: projectIdFault },
      options.projectId,
    ),
    name: await ask({ flag: '--name', words: 'A name for it', otherwise: 'prod', fault: nameFault }, options.name),
    auth: await askAuth(ask, options),
    ...(await askDestination(ask, options)),
  }));
  const path = relative(dirname(resolve(file)), schemaFile).replaceAll('\\', '/');
  const text = writeConfig({ ...answers, schema: path.startsWith('.') ? path : `./${path}` });
  const parsed = parseConfig(text, { kinds: allKinds, file });
  if ('faults' in parsed) throw new Error(formatFaults(parsed.faults, file).join('\n'));
  try {
    writeFileSync(file, text, { flag: options.force ? 'w' : 'wx' });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be written (${code}): is its folder there, and yours?`);
  }

  const variables = [...Object.values(answers.auth), ...Object.values(answers.settings)].flatMap((value) => {
    const reference = parseSecretRef(value);
    return reference?.kind === 'env' ? [reference.name] : [];
  });
  terminal.json({ written: file, variables });
  terminal.say(`${colours.green('✓')} ${basename(file)} is written and without a fault. Next:\n`);
  for (const name of variables) terminal.say(`  export ${name}=…`);
  const option = file === 'planwatch.yml' ? '' : ` --config ${file}`;
  terminal.say(`  npx planwatch explain --status FAILED${option}   # who would hear of a failed release`);
  terminal.say(`  npx planwatch poll${option}                      # the first look: "now watching n release plans"`);
  terminal.say(
    `  npm run build && npx serverless deploy   # the same on AWS${option && `, with PLANWATCH_CONFIG=${file}`}`,
  );
}

const oneOf =
  (what: string, known: readonly string[]) =>
  (answer: string): string | undefined =>
    known.includes(answer) ? undefined : `is not understood: ${unknown(answer, what, known)}`;

async function askAuth(ask: Ask, { auth, user, domain }: InitOptions): Promise<Record<string, string>> {
  const ways = ['access-key', 'token', 'user'];
  const words = 'How to sign in: access-key, token (good for a day at most) or user (with a password)';
  const way = await ask(
    { flag: '--auth', words, otherwise: 'access-key', fault: oneOf('a way to sign in', ways) },
    auth,
  );
  if (way === 'token') return { token: 'env:SERVICESTAGE_TOKEN' };
  if (way === 'access-key') return { accessKey: 'env:HUAWEICLOUD_SDK_AK', secretKey: 'env:HUAWEICLOUD_SDK_SK' };
  const fault = (answer: string) => (answer === '' ? 'is empty' : undefined);
  return {
    user: await ask({ flag: '--user', words: "The IAM user's name", fault }, user),
    domain: await ask({ flag: '--domain', words: 'The account it belongs to', fault }, domain),
    password: 'env:HUAWEICLOUD_IAM_PASSWORD',
  };
}

async function askDestination(ask: Ask, { destination, kind, set }: InitOptions) {
  const kinds = Object.keys(allKinds);
  const chosen = await ask(
    {
      flag: '--kind',
      words: `Where people hear: ${kinds.join(', ')}`,
      otherwise: 'slack',
      fault: oneOf('a kind of destination', kinds),
    },
    kind,
  );
  const name = await ask(
    { flag: '--destination', words: 'A name for it', otherwise: 'releases', fault: nameFault },
    destination,
  );
  const specs = allKinds[chosen]?.settings ?? {};
  const given = new Map(set.map((one) => [one.split('=', 1)[0] ?? '', one.slice(one.indexOf('=') + 1)]));
  for (const key of given.keys())
    if (!Object.hasOwn(specs, key))
      throw new UsageError(`--set: ${unknown(key, `a setting of ${chosen}`, Object.keys(specs))}`);
  const settings: Record<string, string> = {};
  for (const [key, spec] of Object.entries(specs)) {
    if (!spec.required && !given.has(key)) continue;
    settings[key] = await ask(
      {
        flag: `--set ${key}=…`,
        words: `${key}: ${spec.description.replace(/\.$/, '')}${spec.type === 'text' ? '' : '. Where it is kept'}`,
        fault: settingFault(spec),
        ...(spec.type !== 'text' && { otherwise: `env:${`${chosen}_${key}`.toUpperCase().replaceAll('-', '_')}` }),
      },
      given.get(key),
    );
  }
  return { kind: chosen, destination: name, settings };
}

const settingFault =
  ({ type }: SettingSpec) =>
  (answer: string): string | undefined => {
    if (type === 'text') return answer === '' ? 'is empty' : undefined;
    if (type === 'address' && !isSecretRef(answer))
      return addressFault(answer) ?? (isInsecure(answer) ? 'is http, which sends everything in clear' : undefined);
    return referenceFault(answer);
  };
