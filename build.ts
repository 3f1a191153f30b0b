/**
 * Bundles the functions into dist/. `PLANWATCH_CONFIG` (default planwatch.yml, if it is there) is checked and
 * compiled in as plain data, so that a bad one fails here and not at night.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { type BuildNote, buildNote, hashOf } from './handlers/aws/deploy/built.ts';
import { kindsOf, registryOf } from './handlers/aws/deploy/used-kinds.ts';
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

const compiledConfig: Plugin = {
  name: 'planwatch:config',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^planwatch:config$/ }, ({ path }) => ({ path, namespace: 'planwatch' }));
    onLoad({ filter: /.*/, namespace: 'planwatch' }, () => ({
      loader: 'js',
      contents: `export default ${JSON.stringify(config)}`,
    }));
  },
};

const usedKinds: Plugin = {
  name: 'planwatch:kinds',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]channels[\\/]registry\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      resolveDir: dirname(path),
      contents: registryOf(readFileSync(path, 'utf8'), kindsOf(config)),
    }));
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
  plugins: [compiledConfig, usedKinds],
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
