import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { channelKinds } from '../../lib/channels/registry.ts';
import { configSchemaJson, parseConfig } from '../../lib/config.ts';
import { kinds } from './small-config.ts';

describe('the JSON Schema', () => {
  const schema = JSON.parse(JSON.stringify(configSchemaJson(kinds)));

  test('asks for what the file must have, and knows nothing else', () => {
    expect(schema).toMatchObject({ required: ['sources', 'destinations'], additionalProperties: false });
    expect(schema.properties.sources.items).toMatchObject({
      required: ['name', 'region', 'projectId', 'auth'],
      additionalProperties: false,
    });
  });

  test('has a form for each kind of destination', () => {
    const { oneOf } = schema.properties.destinations.additionalProperties;
    expect(oneOf.map((one: { properties: { kind: { const: string } } }) => one.properties.kind.const)).toStrictEqual(
      Object.keys(kinds),
    );
  });

  test('has patterns that agree with the checks', () => {
    const [source] = [schema.properties.sources.items.properties];
    const { pattern } = schema.properties.sources.items.properties.auth.anyOf[1].properties.token;
    expect(
      ['env:X', 'ssm:/a/b', 'secretsmanager:a/b#c', 'file:/a', 'literal', 'env:'].map((text) =>
        new RegExp(pattern).test(text),
      ),
    ).toStrictEqual([true, true, true, true, false, false]);
    expect(new RegExp(source.endpoint.pattern).test('https://x.example')).toBe(true);
    expect(new RegExp(source.endpoint.pattern).test('x.example')).toBe(false);
  });

  test('says of every key what it is and how it may look', () => {
    type Node = Record<string, unknown> & { properties?: Record<string, Node> };
    const keys: string[] = [];
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries((node as Node).properties ?? {})) {
        keys.push(key);
        const shows = ['examples', 'enum', 'const', 'default'].some((word) => word in value);
        if (typeof value['description'] !== 'string' || !shows) bare.push(`${path}.${key}`);
        walk(value, `${path}.${key}`);
      }
      for (const word of ['items', 'additionalProperties']) walk((node as Node)[word], `${path}[]`);
      for (const word of ['anyOf', 'oneOf'])
        for (const one of ((node as Node)[word] as unknown[] | undefined) ?? []) walk(one, path);
    };
    walk(JSON.parse(JSON.stringify(configSchemaJson(channelKinds))), '');
    expect(keys).toEqual(expect.arrayContaining(['sources', 'password', 'mention', 'giveUpAfter', 'url']));
    expect(bare).toStrictEqual([]);
  });

  test('is made for the kinds that there are', () => {
    expect(JSON.stringify(configSchemaJson(channelKinds))).toContain('"const":"slack"');
  });
});

test('the example is valid with the kinds that there are, and shows every part', async () => {
  const text = await readFile(new URL('../../planwatch.example.yml', import.meta.url), 'utf8');
  const result = parseConfig(text, { kinds: channelKinds, file: 'planwatch.example.yml' });
  expect(result).toMatchObject({ config: { notices: ['oncall'], giveUpAfterMs: 72 * 3_600_000 } });
  for (const part of Object.keys(JSON.parse(JSON.stringify(configSchemaJson(kinds))).properties)) {
    expect(text).toMatch(new RegExp(`^${part}:`, 'm'));
  }
});
