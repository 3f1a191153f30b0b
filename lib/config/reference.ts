import { isSecretRef } from '../core/reference.ts';

/** `docs/configuration.md`, made from the schema that checks planwatch.yml: so it cannot say anything else. */

type Node = {
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
};

export function configurationReference(schema: Node): string {
  const { sources, destinations, routes, ...rest } = schema.properties ?? {};
  const kinds = typeof destinations?.additionalProperties === 'object' ? destinations.additionalProperties.oneOf : [];
  return [
    '# planwatch.yml, key by key',
    '',
    'Made from the schema by `npm run build`; do not edit. **Bold** keys are required. Where a secret is kept: `env:NAME`, `ssm:/name`,',
    '`secretsmanager:id#json-key` or `file:/path` (on AWS `ssm:` and `secretsmanager:`).',
    '',
    '## `sources`: what is watched',
    '',
    ...table(sources?.items),
    '',
    '## `destinations`: where people hear',
    '',
    'A map of names (`a-z`, `0-9`, `-`) to a kind with its settings.',
    ...(kinds ?? []).flatMap((kind) => ['', `### \`kind: ${kind.properties?.['kind']?.const}\``, '', ...table(kind)]),
    '',
    '## `routes`: which changes go where',
    '',
    ...table(routes?.items),
    '',
    '## Everything else',
    '',
    ...table({ properties: rest }),
    '',
  ].join('\n');
}

function table(node: Node | undefined): string[] {
  return ['| key | what | default | for instance |', '|---|---|---|---|', ...rowsOf(node, '')];
}

function rowsOf(node: Node | undefined, before: string): string[] {
  return Object.entries(node?.properties ?? {}).flatMap(([key, one]) => {
    // Where there is no choice there is nothing to set.
    if (key === 'kind' || one.enum?.length === 1) return [];
    const path = `${before}${key}`;
    const name = node?.required?.includes(key) ? `**\`${path}\`**` : `\`${path}\``;
    const what = one.description ?? choices(one);
    const row = `| ${[name, what, shown(one.default), examples(one)].map(cell).join(' | ')} |`;
    const ways = (one.anyOf ?? []).filter((way) => way.properties);
    return [row, ...rowsOf(one, `${path}.`), ...ways.flatMap((way) => rowsOf(way, `${path}.`))];
  });
}

const choices = ({ enum: values = [] }: Node): string => values.map(String).join(', ');

function examples(node: Node): string {
  const given = node.enum ?? node.examples ?? node.items?.examples ?? [];
  const own = given.filter((one) => !(typeof one === 'string' && isSecretRef(one)));
  const refers = own.length < given.length ? ['a reference'] : [];
  return [...own.slice(0, 6).map(shown), ...refers].join(', ');
}

const shown = (value: unknown): string =>
  value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
