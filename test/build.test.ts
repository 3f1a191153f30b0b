import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { registryOf } from '../handlers/aws/deploy/used-kinds.ts';
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

  test('deliver holds the kinds that planwatch.yml names, and no other', async () => {
    await writeFile(join(folder, 'planwatch.yml'), good.replace('kind: slack', 'kind: feishu'));
    await build();
    const { outputs } = JSON.parse(await readFile(join(folder, 'dist/aws/meta.json'), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, unknown> }>;
    };
    const inputs = Object.keys(outputs['dist/aws/deliver.mjs']?.inputs ?? {}).join('\n');
    expect(inputs).toContain('lib/channels/feishu.ts');
    for (const kind of Object.keys(channelKinds).filter((name) => name !== 'feishu')) {
      expect(inputs).not.toContain(`lib/channels/${kind}.ts`);
    }
    expect(inputs).not.toContain('@slack/webhook');
  });

  test.each(Object.keys(channelKinds))('a registry of %s alone has its import and its line', async (kind) => {
    const text = await readFile(join(root, 'lib/channels/registry.ts'), 'utf8');
    const alone = registryOf(text, new Set([kind]));
    expect(alone.match(/^import \{/gm)).toHaveLength(1);
    expect(alone).toContain(`from './${kind}.ts'`);
    expect(alone).toMatch(/channelKinds = \{\n.*,\n\} satisfies/);
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
});
