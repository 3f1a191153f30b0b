import type { Config } from '../../../lib/core/config.ts';

/** What variables alone can configure (lib/environment.ts). */
const withoutFile = {
  kinds: ['slack', 'webhook'],
  styles: [],
  languages: [],
  editions: ['release-plans'],
  signIns: ['accessKey', 'token'],
};

/** The tables of which a build holds what it can need and no more, by file: each entry is loaded at every cold start. */
export function usedEntries(config: Config | null): ReadonlyMap<string, ReadonlySet<string>> {
  const { kinds, styles, languages, editions, signIns } = config ? namesIn(config) : withoutFile;
  return new Map([
    ['lib/channels/registry.ts', new Set(kinds)],
    ['lib/flow/styles.ts', new Set(styles)],
    // English is also for whoever names none.
    ['lib/core/words.ts', new Set(['en', ...languages])],
    ['lib/sources/editions.ts', new Set(editions)],
    ['lib/sources/sign-ins.ts', new Set(signIns)],
  ]);
}

function namesIn({ destinations, sources, language }: Config): Record<keyof typeof withoutFile, readonly string[]> {
  const told = Object.values(destinations);
  return {
    kinds: told.map(({ kind }) => kind),
    styles: told.map(({ style }) => style ?? 'each'),
    languages: [language, ...told.map((one) => one.language)].filter((one) => one !== undefined),
    editions: sources.map(({ edition }) => edition),
    signIns: sources.flatMap(({ auth }) => Object.keys(auth)),
  };
}

/**
 * A table's text with these entries alone. It is a line an entry (`name,`, `name: value,`), and nothing else in its file
 * looks like that; what is imported for an entry that is gone, esbuild leaves out by itself.
 */
export const tableOf = (text: string, names: ReadonlySet<string>): string =>
  text
    .split('\n')
    .filter((line) => {
      const [, quoted, plain] = /^ {2}(?:'([\w-]+)'|(\w+))(?:: \w+)?,$/.exec(line) ?? [];
      const name = quoted ?? plain;
      return name === undefined || names.has(name);
    })
    .join('\n');
