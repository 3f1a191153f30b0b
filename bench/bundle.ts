import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Figure, Part } from './figure.ts';

const folder = new URL('../dist/aws/', import.meta.url);
type Meta = { outputs: Record<string, { bytes: number; inputs: Record<string, { bytesInOutput: number }> }> };

/** What each function weighs, and what in it weighs most: exact, so its gate has no room for noise. */
export const bundle: Part = async () => {
  const meta = JSON.parse(readFileSync(new URL('meta.json', folder), 'utf8')) as Meta;
  return (['poll', 'deliver', 'backfill'] as const).flatMap((name): Figure[] => {
    const text = readFileSync(new URL(`${name}.mjs`, folder));
    const parts = new Map<string, number>();
    for (const [output, { inputs }] of Object.entries(meta.outputs)) {
      if (!output.endsWith(`/${name}.mjs`)) continue;
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const owner = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/');
        parts.set(owner, (parts.get(owner) ?? 0) + bytesInOutput);
      }
    }
    const kb = (bytes: number) => Math.round(bytes / 102.4) / 10;
    const figure = (what: string, value: number): Figure => ({
      part: 'bundle',
      figure: `${name}: ${what}`,
      value,
      unit: 'kB',
    });
    return [
      figure('gzip', kb(gzipSync(text, { level: 9 }).length)),
      figure('minified', kb(text.length)),
      ...[...parts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 6)
        .map(([owner, bytes]) => figure(`  of it ${owner}`, kb(bytes))),
    ];
  });
};
