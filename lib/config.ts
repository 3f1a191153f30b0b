import { z } from 'zod';
import { crossFindings } from './config/cross-checks.ts';
import { durationMs } from './config/duration.ts';
import { formatPath } from './config/fault-path.ts';
import { configSchema, type Kinds } from './config/schema.ts';
import { schemaFindings } from './config/schema-faults.ts';
import { readYaml } from './config/yaml.ts';
import { type Config, defaultGiveUpAfterMs } from './core/config.ts';
import type { Fault } from './core/fault.ts';

export type { Kinds } from './config/schema.ts';
export type { Fault } from './core/fault.ts';

/**
 * Reads planwatch.yml: the configuration, or every fault at once in the order of the lines. `file` is only what a
 * message calls it. No fault holds a value that may be a secret.
 */
export function parseConfig(
  text: string,
  { kinds, file = 'planwatch.yml' }: { readonly kinds: Kinds; readonly file?: string },
): { readonly config: Config } | { readonly faults: readonly Fault[] } {
  const { value, faults, lineOf } = readYaml(text);
  if (value === undefined) return { faults };
  if (value === null) {
    return { faults: [{ path: '', line: 1, message: `${file} is empty: write sources and destinations` }] };
  }

  const parsed = configSchema(kinds).safeParse(value);
  const findings = [...schemaFindings(parsed.error?.issues ?? [], value, kinds), ...crossFindings(value, kinds)].map(
    ({ path, message }): Fault => ({ path: formatPath(path), line: lineOf(path), message }),
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

/** `planwatch.yml:12: routes[0].to[1]: …`, a line a fault, as terminals and editors make it a link. */
export const formatFaults = (faults: readonly Fault[], file?: string): string[] =>
  faults.map(({ path, line, message }) => {
    const place = [file, line].filter((part) => part !== undefined).join(':');
    return [place, path, message].filter((part) => part !== '').join(': ');
  });

/** For editors: completes and checks planwatch.yml while it is written. Draft 7 is what the YAML language server speaks. */
export const configSchemaJson = (kinds: Kinds): object => ({
  title: 'planwatch.yml',
  ...z.toJSONSchema(configSchema(kinds), { io: 'input', target: 'draft-7' }),
});
