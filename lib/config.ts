import { z } from 'zod';
import { crossFindings } from './config/cross-checks.ts';
import type { Kinds } from './config/destination-schema.ts';
import { durationMs } from './config/duration.ts';
import { formatPath, type Path } from './config/fault-path.ts';
import { configKeys, configSchema } from './config/schema.ts';
import { schemaFindings } from './config/schema-faults.ts';
import { readYaml, type Spot } from './config/yaml.ts';
import { type Config, defaultGiveUpAfterMs } from './core/config.ts';
import type { Fault } from './core/fault.ts';

export type { Kinds } from './config/destination-schema.ts';

/**
 * Reads planwatch.yml: the configuration, or every fault at once in the order of the lines. `file` is only what a
 * message calls it. No fault holds a value that may be a secret.
 */
export function parseConfig(
  text: string,
  { kinds, file = 'planwatch.yml' }: { readonly kinds: Kinds; readonly file?: string },
): { readonly config: Config } | { readonly faults: readonly Fault[] } {
  const { value, faults: unreadable, spotOf, excerpts } = readYaml(text, configKeys(kinds));
  const faultAt = ({ message, ...place }: Spot, path: Path = []): Fault => ({
    path: formatPath(path),
    ...excerpts.at(place),
    message,
  });
  const faults = unreadable.map((spot) => faultAt(spot));
  if (value === undefined) return { faults };
  if (value === null) {
    return { faults: [{ path: '', line: 1, message: `${file} is empty: write sources and destinations` }] };
  }

  const parsed = configSchema(kinds).safeParse(value);
  const findings = [...schemaFindings(parsed.error?.issues ?? [], value, kinds), ...crossFindings(value, kinds)].map(
    (finding) => faultAt(spotOf(finding), finding.path),
  );
  const all = [...faults, ...findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (!parsed.success || all.length > 0) return { faults: all };

  const {
    sources,
    destinations,
    routes = [],
    notices = Object.keys(destinations),
    giveUpAfter,
    ...others
  } = parsed.data;
  return {
    config: {
      sources,
      destinations,
      routes,
      notices,
      giveUpAfterMs: giveUpAfter === undefined ? defaultGiveUpAfterMs : durationMs(giveUpAfter),
      ...others,
    },
  };
}

/**
 * `planwatch.yml:12:9: routes[0].to[1]: …`, as terminals and editors make it a link, and below it the line in question
 * with a mark. One text a fault.
 */
export const formatFaults = (faults: readonly Fault[], file?: string): string[] =>
  faults.map(({ path, line, column, excerpt, message }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    const words = [place, path, message].filter((part) => part !== '').join(': ');
    return excerpt === undefined ? words : `${words}\n${excerpt}`;
  });

/** planwatch.schema.json as it lies in the repository and is written by the build. */
export const schemaText = (kinds: Kinds): string => `${JSON.stringify(configSchemaJson(kinds), null, 2)}\n`;

/** For editors: completes and checks planwatch.yml while it is written. Draft 7 is what the YAML language server speaks. */
export const configSchemaJson = (kinds: Kinds): object => ({
  title: 'planwatch.yml',
  ...z.toJSONSchema(configSchema(kinds), { io: 'input', target: 'draft-7' }),
});
