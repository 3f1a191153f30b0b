/**
 * Bundles the functions into dist/. `PLANWATCH_CONFIG` (default planwatch.yml, if it is there) is checked and
 * compiled in as plain data, so that a bad one fails here and not at night.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { type BuildNote, buildNote, hashOf } from './handlers/aws/deploy/built.ts';
import { tableOf, usedEntries } from './handlers/aws/deploy/used-entries.ts';
import { channelKinds } from './lib/channels/registry.ts';
import { readConfigFile } from './lib/config/file.ts';
import { configurationReference } from './lib/config/reference.ts';
import { configSchemaJson, formatFaults, schemaText } from './lib/config.ts';

const outdir = 'dist';
const root = fileURLToPath(new URL('.', import.meta.url));
const named = process.env['PLANWATCH_CONFIG'];
const file = named || 'planwatch.yml';

function fail(lines: readonly string[]): never {
  console.error(lines.join('\n'));
  process.exit(1);
}

const parsed = named || existsSync(file) ? readConfigFile(file, channelKinds) : undefined;
if (parsed && 'faults' in parsed) fail(formatFaults(parsed.faults, file));

const config = parsed && 'config' in parsed ? parsed.config : null;
const note: BuildNote = config ? { config, file, sha256: hashOf(readFileSync(file, 'utf8')) } : { config };

/** Where the configuration is compiled in, nothing is left that would read it from the environment. */
const configured: Plugin = {
  name: 'planwatch:config',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^planwatch:config$/ }, ({ path }) => ({ path, namespace: 'planwatch' }));
    onLoad({ filter: /.*/, namespace: 'planwatch' }, () => ({
      loader: 'js',
      resolveDir: root,
      contents: config
        ? `const config = ${JSON.stringify(config)};\nexport default () => ({ config });`
        : `export { configFromEnvironment as default } from './lib/environment.ts';`,
    }));
  },
};

const usedTables: Plugin = {
  name: 'planwatch:tables',
  setup({ onLoad }) {
    const tables = usedEntries(config);
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const names = tables.get(relative(root, path).replaceAll(sep, '/'));
      return names && { loader: 'ts', resolveDir: dirname(path), contents: tableOf(readFileSync(path, 'utf8'), names) };
    });
  },
};

/** @slack/webhook tells Slack its name and version, and takes along the whole of its package.json for that. */
const shortPackageJson: Plugin = {
  name: 'planwatch:package-json',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/].*[\\/]package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      return { loader: 'json', contents: JSON.stringify({ name, version }) };
    });
  },
};

const result = await build({
  entryPoints: ['poll', 'deliver', 'backfill'].map((name) => join(root, `handlers/aws/${name}.ts`)),
  outdir: join(outdir, 'aws'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  metafile: true,
  legalComments: 'none',
  // Without its other half, for Slack's workflows: it is CommonJS, of which nothing is left out by itself.
  alias: {
    '@slack/webhook': join(dirname(fileURLToPath(import.meta.resolve('@slack/webhook'))), 'IncomingWebhook.js'),
  },
  plugins: [configured, usedTables, shortPackageJson],
  // @slack/webhook is CommonJS and asks for Node's own modules with require.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});

writeFileSync(buildNote, JSON.stringify(note));
writeFileSync(join(outdir, 'aws/meta.json'), JSON.stringify(result.metafile));
// Beside planwatch.yml, where its first line names it for editors.
writeFileSync('planwatch.schema.json', schemaText(channelKinds));
// In a checkout of planwatch alone, where README points at it.
if (existsSync('docs')) writeFileSync('docs/configuration.md', configurationReference(configSchemaJson(channelKinds)));
console.log(
  `Built ${join(outdir, 'aws')}/{poll,deliver,backfill}.mjs ${parsed ? `with ${file}` : 'without planwatch.yml: the environment configures them'}.`,
);
