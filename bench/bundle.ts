import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { channelKinds } from '../lib/channels/registry.ts';
import type { Figure, Part } from './figure.ts';

const root = new URL('../', import.meta.url);
const names = ['poll', 'deliver', 'backfill'] as const;
type Meta = { outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }> };

const kb = (bytes: number): number => Math.round(bytes / 102.4) / 10;
const gzipped = (file: string | URL): number => kb(gzipSync(readFileSync(file), { level: 9 }).length);
const figure = (what: string, value: number): Figure => ({ part: 'bundle', figure: what, value, unit: 'kB' });

/**
 * What each function weighs, and what in it weighs most: exact, so its gate has no room for noise. Built for the
 * environment alone, which is the least that there is, and for everything that a planwatch.yml can name, which is the most.
 */
export const bundle: Part = async () => {
  const folder = new URL('dist/aws/', root);
  const meta = JSON.parse(readFileSync(new URL('meta.json', folder), 'utf8')) as Meta;
  const least = names.flatMap((name): Figure[] => {
    const parts = new Map<string, number>();
    for (const [output, { inputs }] of Object.entries(meta.outputs)) {
      if (!output.endsWith(`/${name}.mjs`)) continue;
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const owner = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/');
        parts.set(owner, (parts.get(owner) ?? 0) + bytesInOutput);
      }
    }
    return [
      figure(`${name}: gzip`, gzipped(new URL(`${name}.mjs`, folder))),
      figure(`${name}: minified`, kb(readFileSync(new URL(`${name}.mjs`, folder)).length)),
      ...[...parts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 6)
        .map(([owner, bytes]) => figure(`${name}:   of it ${owner}`, kb(bytes))),
    ];
  });
  return [...least, ...most()];
};

function most(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'planwatch-bundle-'));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, 'planwatch.yml'), JSON.stringify(everything()));
    execFileSync(process.execPath, [fileURLToPath(new URL('build.ts', root))], { cwd: folder });
    return names.map((name) => figure(`${name} with everything: gzip`, gzipped(join(folder, `dist/aws/${name}.mjs`))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every kind of chat in the style that takes most, every language, both editions, all three ways to sign in. */
function everything(): object {
  const place = { region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
  const destinations = Object.entries(channelKinds).map(([kind, { settings, example, styles = [] }]) => {
    const given = Object.entries(settings).flatMap(([name, { type, required }]) => {
      if (type === 'source') return [[name, 'one']];
      if (!required) return [];
      return [[name, type.includes('secret') ? 'env:ANY' : (example as Readonly<Record<string, unknown>>)[name]]];
    });
    return [kind, { kind, style: styles[0] ?? 'each', ...Object.fromEntries(given) }];
  });
  return {
    language: 'zh',
    sources: [
      { name: 'one', ...place, auth: { accessKey: 'env:AK', secretKey: 'env:SK' } },
      { name: 'two', ...place, edition: 'pipelines', auth: { token: 'env:TOKEN' } },
      { name: 'three', ...place, auth: { user: 'release-bot', domain: 'acme', password: 'env:PASSWORD' } },
    ],
    destinations: Object.fromEntries(destinations),
    heartbeat: 'env:HEARTBEAT',
  };
}
