import type { TellingStyle } from '../core/config.ts';
import { isSecretRef } from '../core/reference.ts';

/**
 * One setting of a kind, as planwatch.yml spells it.
 * - `secret`: a reference, and its value never leaves the channel; `secrets`: one or several of them
 * - `address`: an https URL in clear, or a reference; `secret-address`: a reference, since the address is all it takes
 * - `text`: plain text (a number in planwatch.yml is one too), or a reference
 * - `choice`: one of `choices`
 * - `headers`: a map of HTTP header → text or reference
 * - `source`: the name of a source, whose place and keys the kind gets
 */
export type SettingSpec = { readonly required: boolean; readonly description: string } & (
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: Exclude<SettingType, 'choice'> }
);

type SettingType = keyof Values | 'secret' | 'address' | 'secret-address' | 'text' | 'choice';

/** Those that are not a text once they are read. */
type Values = {
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly source: SourceAccess;
};

/** With neither: that source signs in by a password, which is nobody else's business. */
export type SourceAccess = {
  readonly region: string;
  readonly projectId: string;
  readonly keys?: { readonly accessKey: string; readonly secretKey: string; readonly securityToken?: string };
  readonly token?: string;
};

export type SettingSpecs = Readonly<Record<string, SettingSpec>>;

/** A kind's own settings with every reference already turned into its value. */
export type Settings = Readonly<Record<string, string | boolean | Values[keyof Values] | undefined>>;

/** The same for one kind. Each may be missing: what is required was checked where the configuration was read. */
export type SettingsOf<Specs extends SettingSpecs> = {
  readonly [Name in keyof Specs]?: Specs[Name]['type'] extends keyof Values ? Values[Specs[Name]['type']] : string;
} & { readonly allowInsecure?: boolean; readonly style?: TellingStyle };

type Configured = Readonly<Record<string, unknown>>;

/** Reads what a destination is configured with; rejects as `read` (reference → value) does. */
export async function readSettings(
  specs: SettingSpecs,
  configured: Configured,
  read: (reference: string) => Promise<string>,
  sources: readonly ConfiguredSource[],
): Promise<Settings> {
  const resolve = async (given: unknown): Promise<string> =>
    typeof given === 'string' && isSecretRef(given) ? read(given) : String(given);
  const entries = Object.entries(specs).flatMap(([name, { type }]) => {
    const given = configured[name];
    return given === undefined ? [] : [{ name, type, given }];
  });
  const values = entries.map(async ({ name, type, given }) => {
    if (type === 'secrets') return [name, await Promise.all([given].flat().map(resolve))] as const;
    if (type === 'headers') return [name, await resolveAll(given as Configured, resolve)] as const;
    if (type === 'source') return [name, await accessOf(given, sources, resolve)] as const;
    return [name, await resolve(given)] as const;
  });
  const settings = Object.fromEntries(await Promise.all(values));
  const { allowInsecure, style } = configured;
  return {
    ...settings,
    ...(allowInsecure === true && { allowInsecure }),
    ...(typeof style === 'string' && { style }),
  };
}

type Resolve = (given: unknown) => Promise<string>;

const resolveAll = async (given: Configured, resolve: Resolve): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(Object.entries(given).map(async ([name, value]) => [name, await resolve(value)] as const)),
  );

type ConfiguredSource = {
  readonly name: string;
  readonly region: string;
  readonly projectId: string;
  readonly auth: object;
};

async function accessOf(
  name: unknown,
  sources: readonly ConfiguredSource[],
  resolve: Resolve,
): Promise<SourceAccess | undefined> {
  const source = sources.find((one) => one.name === name);
  if (!source) return undefined;
  const { region, projectId, auth } = source;
  if ('token' in auth) return { region, projectId, token: await resolve(auth.token) };
  if (!('accessKey' in auth && 'secretKey' in auth)) return { region, projectId };
  const { accessKey = '', secretKey = '', securityToken } = await resolveAll(auth as Configured, resolve);
  return { region, projectId, keys: { accessKey, secretKey, ...(securityToken !== undefined && { securityToken }) } };
}

const shown: readonly SettingType[] = ['text', 'choice'];

/** The values that no line, error or message may hold. */
export function secretsAmong(specs: SettingSpecs, settings: Settings): string[] {
  return Object.entries(specs).flatMap(([name, { type }]) => {
    const value = settings[name];
    if (shown.includes(type) || value === undefined) return [];
    if (type === 'source') {
      const { keys, token } = value as SourceAccess;
      return Object.values({ ...keys, ...(token !== undefined && { token }) });
    }
    return typeof value === 'object' ? Object.values(value as Record<string, string>) : [String(value)];
  });
}
