import { describe, expect, test } from '@jest/globals';
import { readSettings, type SettingSpecs, secretsAmong } from '../../lib/channels/settings.ts';

const about = { required: false, description: '' };
const specs = {
  url: { type: 'secret-address', ...about },
  site: { type: 'address', ...about },
  token: { type: 'secret', ...about },
  keys: { type: 'secrets', ...about },
  title: { type: 'text', ...about },
  format: { type: 'choice', choices: ['a', 'b'], ...about },
  headers: { type: 'headers', ...about },
  source: { type: 'source', ...about },
} as const satisfies SettingSpecs;

const values: Record<string, string> = { 'env:URL': 'https://h.example/x', 'env:A': 'secret a', 'env:B': 'secret b' };
const read = async (reference: string) => values[reference] ?? Promise.reject(new Error(`no ${reference}`));
const place = { region: 'cn-north-4', projectId: 'p1' };
const sources = [
  { name: 'keyed', ...place, auth: { accessKey: 'env:A', secretKey: 'env:B' } },
  { name: 'temporary', ...place, auth: { accessKey: 'env:A', secretKey: 'env:B', securityToken: 'env:URL' } },
  { name: 'token', ...place, auth: { token: 'env:A' } },
  { name: 'user', ...place, auth: { user: 'u', domain: 'd', password: 'env:NONE' } },
];
const settingsOf = (configured: object) => readSettings(specs, { kind: 'x', ...configured }, read, sources);

describe('a setting as its kind gets it', () => {
  test.each<[object, object]>([
    [{}, {}],
    [
      { url: 'env:URL', token: 'env:A' },
      { url: 'https://h.example/x', token: 'secret a' },
    ],
    [{ site: 'https://in.clear/' }, { site: 'https://in.clear/' }],
    [{ title: 'env:A' }, { title: 'secret a' }],
    [{ keys: 'env:A' }, { keys: ['secret a'] }],
    [{ keys: ['env:A', 'env:B'] }, { keys: ['secret a', 'secret b'] }],
    [{ format: 'a' }, { format: 'a' }],
    [{ headers: { 'X-Team': 'shop', 'X-Key': 'env:B' } }, { headers: { 'X-Team': 'shop', 'X-Key': 'secret b' } }],
    [{ source: 'keyed' }, { source: { ...place, keys: { accessKey: 'secret a', secretKey: 'secret b' } } }],
    [
      { source: 'temporary' },
      {
        source: { ...place, keys: { accessKey: 'secret a', secretKey: 'secret b', securityToken: values['env:URL'] } },
      },
    ],
    [{ source: 'token' }, { source: { ...place, token: 'secret a' } }],
    // Its password is nobody else's business, and is not even read.
    [{ source: 'user' }, { source: place }],
    [{ source: 'gone' }, { source: undefined }],
    [{ allowInsecure: true }, { allowInsecure: true }],
    [{ allowInsecure: false, language: 'zh', other: 'x' }, {}],
  ])('%j is %j', async (configured, settings) => {
    expect(await settingsOf(configured)).toEqual(settings);
  });

  test('a reference that cannot be read rejects as it does', async () => {
    await expect(settingsOf({ keys: ['env:A', 'env:NONE'] })).rejects.toThrow('no env:NONE');
    await expect(settingsOf({ headers: { a: 'env:NONE' } })).rejects.toThrow('no env:NONE');
  });
});

test('every value that may be a secret is known as one', async () => {
  const settings = await settingsOf({
    url: 'env:URL',
    site: 'https://in.clear/',
    token: 'env:A',
    keys: ['env:B'],
    title: 'a title',
    format: 'a',
    headers: { 'X-Team': 'shop' },
    source: 'keyed',
  });
  expect(secretsAmong(specs, settings)).toEqual([
    'https://h.example/x',
    'https://in.clear/',
    'secret a',
    'secret b',
    'shop',
    'secret a',
    'secret b',
  ]);
  expect(secretsAmong(specs, await settingsOf({ source: 'token' }))).toEqual(['secret a']);
});
