import type { Config } from '../../../lib/core/config.ts';

/** What variables alone can configure (lib/environment.ts). */
const withoutFile = ['slack', 'webhook'];

/** The kinds of destination that a build has to hold: each one more is a kilobyte or two at every cold start. */
export const kindsOf = (config: Config | null): ReadonlySet<string> =>
  new Set(config ? Object.values(config.destinations).map(({ kind }) => kind) : withoutFile);

/**
 * The text of `lib/channels/registry.ts` with these kinds alone. It is a line an import and a line a kind, and a kind's
 * file has its name.
 */
export const registryOf = (text: string, kinds: ReadonlySet<string>): string =>
  text
    .split('\n')
    .filter((line) => {
      const [, file] = /^import \{ \w+ \} from '\.\/([\w-]+)\.ts';$/.exec(line) ?? [];
      const [, quoted, plain] = /^ {2}(?:'([\w-]+)': )?(\w+),$/.exec(line) ?? [];
      const kind = file ?? quoted ?? plain;
      return kind === undefined || kinds.has(kind);
    })
    .join('\n');
