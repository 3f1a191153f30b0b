import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../../../lib/environment.ts';
import { UsageError } from '../usage-error.ts';

/** One profile of the AWS command line's files; where both have a setting, the credentials file's counts. */
export type Profile = { readonly name: string; readonly settings: Readonly<Record<string, string>> };

/** The profile that AWS_PROFILE names, or `default`. undefined: nobody named one and no file has a default. */
export async function readProfile(env: Env): Promise<Profile | undefined> {
  const named = env('AWS_PROFILE') || env('AWS_DEFAULT_PROFILE');
  const name = named || 'default';
  const folder = join(env('HOME') || env('USERPROFILE') || '/', '.aws');
  const [credentials, config] = await Promise.all([
    read(env('AWS_SHARED_CREDENTIALS_FILE') || join(folder, 'credentials')),
    read(env('AWS_CONFIG_FILE') || join(folder, 'config')),
  ]);
  const settings = {
    ...(name === 'default' && parseIni(config).get('default')),
    ...parseIni(config).get(`profile ${name}`),
    ...parseIni(credentials).get(name),
  };
  if (Object.keys(settings).length > 0) return { name, settings };
  if (!named) return undefined;
  throw new UsageError(`AWS_PROFILE is "${name}", and no such profile is in ~/.aws/config or ~/.aws/credentials.`);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw new UsageError(`${path} cannot be read (${code}): check its owner and mode.`);
  }
}

/**
 * Section → key → value, as far as these files go: indented lines belong to a nested setting, of which none is read here.
 * https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function parseIni(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line) || /^\s/.test(line)) continue;
    const title = /^\[\s*(.*?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, ' ');
    if (title !== undefined) {
      section = sections.get(title) ?? Object.create(null);
      sections.set(title, section ?? {});
      continue;
    }
    const equals = line.indexOf('=');
    if (section && equals > 0) section[line.slice(0, equals).trim().toLowerCase()] = line.slice(equals + 1).trim();
  }
  return sections;
}
