import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tableOf, usedEntries } from '../handlers/aws/deploy/used-entries.ts';
import { channelKinds } from '../lib/channels/registry.ts';
import { configurationReference } from '../lib/config/reference.ts';
import { configSchemaJson } from '../lib/config.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planwatch-build-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The real build, in an empty folder, as `npm run build` runs it. */
const build = (env: Record<string, string> = {}) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env } };
    execFile(process.execPath, [join(root, 'build.ts')], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, text: out + err }),
    );
  });

const good = `sources:
  - { name: shop, region: ap-southeast-3, projectId: 0123456789abcdef0123456789abcdef, auth: { token: env:X } }
destinations:
  releases: { kind: slack, url: env:RELEASES_URL }
`;

describe('npm run build', () => {
  test('without a configuration passes, and the environment decides', async () => {
    expect(await build()).toMatchObject({ code: 0, text: expect.stringContaining('the environment configures them') });
    expect((await readdir(join(folder, 'dist/aws'))).sort()).toEqual([
      'backfill.mjs',
      'config.json',
      'deliver.mjs',
      'meta.json',
      'poll.mjs',
    ]);
  });

  test('compiles planwatch.yml in as plain data', async () => {
    await writeFile(join(folder, 'planwatch.yml'), good);
    expect(await build()).toMatchObject({ code: 0, text: expect.stringContaining('with planwatch.yml') });
    expect(await readFile(join(folder, 'dist/aws/deliver.mjs'), 'utf8')).toContain('env:RELEASES_URL');
  });

  test.each([
    ['a PLANWATCH_CONFIG that names no file', { PLANWATCH_CONFIG: 'nope.yml' }, '', /nope\.yml/],
    [
      'a fault in it',
      {},
      good.replace('kind: slack', 'kind: slakc'),
      /planwatch\.yml:4:21: destinations\.releases\.kind: /,
    ],
  ])('%s fails it, and nothing is written', async (_, env, text, words) => {
    if (text) await writeFile(join(folder, 'planwatch.yml'), text);
    const { code, text: said } = await build(env);
    expect(code).toBe(1);
    expect(said).toMatch(words);
    expect(await readdir(folder)).not.toContain('dist');
  });

  test('writes the schema of planwatch.yml beside it, and the one in the repository is up to date', async () => {
    await build();
    const written = await readFile(join(folder, 'planwatch.schema.json'), 'utf8');
    expect(await readFile(join(root, 'planwatch.schema.json'), 'utf8')).toBe(written);
  });

  /** The files of ours, and the packages, that a function was built of. */
  const inputsOf = async (name: string): Promise<readonly string[]> => {
    const { outputs } = JSON.parse(await readFile(join(folder, 'dist/aws/meta.json'), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
    };
    return Object.entries(outputs[`dist/aws/${name}.mjs`]?.inputs ?? {})
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path.replace(/^.*?((?:lib|handlers|node_modules)\/)/, '$1'));
  };

  test('deliver holds the kinds that planwatch.yml names, and no other', async () => {
    await writeFile(join(folder, 'planwatch.yml'), good.replace('kind: slack', 'kind: feishu'));
    await build();
    const inputs = await inputsOf('deliver');
    expect(inputs).toContain('lib/channels/feishu.ts');
    for (const kind of Object.keys(channelKinds).filter((name) => name !== 'feishu')) {
      expect(inputs).not.toContain(`lib/channels/${kind}.ts`);
    }
    expect(inputs.join()).not.toContain('@slack/webhook');
  });

  const parts = [
    ['deliver', 'lib/core/words/zh.ts'],
    ['backfill', 'lib/core/words/zh.ts'],
    ['poll', 'lib/sources/pipelines.ts'],
    ['poll', 'lib/core/pipeline-list.ts'],
    ['poll', 'lib/sources/iam-token.ts'],
    ['poll', 'lib/sources/sign-in-token.ts'],
    ['poll', 'lib/sources/sign-in-keys.ts'],
    ['poll', 'lib/core/signature.ts'],
    ['poll', 'lib/environment.ts'],
    ['deliver', 'lib/flow/living.ts'],
    ['deliver', 'lib/flow/thread.ts'],
  ] as const;
  const carried = async () => {
    const all = {
      poll: await inputsOf('poll'),
      deliver: await inputsOf('deliver'),
      backfill: await inputsOf('backfill'),
    };
    return parts.filter(([name, file]) => all[name].includes(file)).map((part) => part.join(' '));
  };
  const keys = 'auth: { accessKey: env:A, secretKey: env:S }';
  const password = 'auth: { user: u, domain: d, password: env:P }';

  test.each<[what: string, text: string, carries: readonly string[]]>([
    [
      'the environment alone',
      '',
      ['lib/sources/sign-in-token.ts', 'lib/sources/sign-in-keys.ts', 'lib/core/signature.ts', 'lib/environment.ts'],
    ],
    ['a source with a token', good, ['lib/sources/sign-in-token.ts']],
    [
      'one with keys',
      good.replace(/auth: .*\} \}/, `${keys} }`),
      ['lib/sources/sign-in-keys.ts', 'lib/core/signature.ts'],
    ],
    ['one with a password', good.replace(/auth: .*\} \}/, `${password} }`), ['lib/sources/iam-token.ts']],
    [
      'the new edition',
      good.replace('auth:', 'edition: pipelines, auth:'),
      ['lib/sources/pipelines.ts', 'lib/core/pipeline-list.ts', 'lib/sources/sign-in-token.ts'],
    ],
    ['Chinese for all', `${good}language: zh\n`, ['lib/core/words/zh.ts', 'lib/sources/sign-in-token.ts']],
    [
      'Chinese for one',
      good.replace('_URL', '_URL, language: zh'),
      ['lib/core/words/zh.ts', 'lib/sources/sign-in-token.ts'],
    ],
    [
      'one message a plan',
      good.replace(/kind: slack, url: [^ ]+/, 'kind: slack-bot, token: env:T, channel: C0123456789, style: living'),
      ['lib/flow/living.ts', 'lib/sources/sign-in-token.ts'],
    ],
  ])('%s: what nothing in it needs is left out', async (_what, text, carries) => {
    if (text !== '') await writeFile(join(folder, 'planwatch.yml'), text);
    expect(await build()).toMatchObject({ code: 0 });
    expect(await carried()).toEqual(parts.filter(([, file]) => carries.includes(file)).map((part) => part.join(' ')));
  });

  // A line that is written in another way would stay in every build, or be gone from one that needs it.
  test.each([...usedEntries(null).keys()])('%s has a line an entry, which a build can leave out', async (path) => {
    const text = await readFile(join(root, path), 'utf8');
    const table: unknown[] = Object.values((await import(`../${path}`)) as object);
    const lines = text.split('\n').filter((line) => /^ {2}\S.*,$/.test(line));
    const names = lines.map((line) => /[\w-]+/.exec(line)?.[0] ?? '');
    expect(tableOf(text, new Set(names))).toBe(text);
    for (const name of names) {
      expect(tableOf(text, new Set([name])).split('\n')).toHaveLength(text.split('\n').length - names.length + 1);
    }
    expect(names.length).toBeGreaterThan(1);
    const whole = table.find((one) => typeof one === 'object') as object;
    expect(names.sort()).toEqual((Array.isArray(whole) ? whole : Object.keys(whole)).toSorted());
  });

  test('docs/configuration.md says what the schema says', async () => {
    const written = await readFile(join(root, 'docs/configuration.md'), 'utf8');
    expect(written).toBe(configurationReference(configSchemaJson(channelKinds)));
    for (const kind of Object.keys(channelKinds)) expect(written).toContain(`### \`kind: ${kind}\``);
    expect(written).toContain('| **`auth.accessKey`** |');
    expect(written).toContain('| `match.status` |');
  });

  test('no function carries the AWS SDK, YAML or a schema library', async () => {
    await build();
    const { inputs } = JSON.parse(await readFile(join(folder, 'dist/aws/meta.json'), 'utf8')) as {
      inputs: Record<string, unknown>;
    };
    const packages = Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual(['@slack/webhook', 'aws4fetch', 'ky', 'p-retry', 'retry']);
  });

  test('deliver holds of the Slack library what posts, and of its package.json what it tells Slack', async () => {
    await build();
    const inputs = await inputsOf('deliver');
    expect(inputs).toContain('node_modules/@slack/webhook/dist/IncomingWebhook.js');
    expect(inputs).not.toContain('node_modules/@slack/webhook/dist/WebhookTrigger.js');
    const text = await readFile(join(folder, 'dist/aws/deliver.mjs'), 'utf8');
    const { version } = JSON.parse(await readFile(join(root, 'node_modules/@slack/webhook/package.json'), 'utf8'));
    expect(text).toContain(`name:"@slack/webhook",version:"${version}"`);
    expect(text).not.toContain('Slack Technologies');
  });
});
