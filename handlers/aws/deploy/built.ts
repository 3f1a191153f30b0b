import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../../lib/core/config.ts';

/** What `npm run build` leaves beside the bundles: the configuration that they carry, and the file it was. */
export type BuildNote =
  | { readonly config: Config; readonly file: string; readonly sha256: string }
  | { readonly config: null };

export const buildNote = 'dist/aws/config.json';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

type Built = { readonly faults: readonly string[] } & (
  | { readonly config: Config; readonly file: string }
  | { readonly config: undefined }
);

/** An old build would be deployed without a word: what the bundles carry must be what lies here now. */
export function readBuilt(folder: string, named: string | undefined): Built {
  const bundles = ['poll', 'deliver', 'backfill'].map((name) => `dist/aws/${name}.mjs`);
  if (![buildNote, ...bundles].every((file) => existsSync(resolve(folder, file)))) {
    return { config: undefined, faults: ['dist/aws: nothing is built: npm run build (npm run package does both)'] };
  }
  const note = JSON.parse(readFileSync(resolve(folder, buildNote), 'utf8')) as BuildNote;
  const file = named || (note.config ? note.file : 'planwatch.yml');
  const there = existsSync(resolve(folder, file)) ? readFileSync(resolve(folder, file), 'utf8') : undefined;
  const stale = (what: string) => [`${file}: ${what} since the bundles were built: npm run build`];
  if (note.config === null) return { config: undefined, faults: there === undefined ? [] : stale('has come') };
  const { config } = note;
  if (file !== note.file) return { config, file, faults: stale(`took the place of ${note.file}`) };
  if (there === undefined) return { config, file, faults: stale('is gone') };
  return { config, file, faults: hashOf(there) === note.sha256 ? [] : stale('has changed') };
}
