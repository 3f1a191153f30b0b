import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfigFile } from '../../lib/config/file.ts';
import { formatFaults, parseConfig } from '../../lib/config.ts';
import { configOf, faultsOf, kinds, shop, told, valid } from './small-config.ts';

test.each<[string, BufferEncoding]>([
  ['in UTF-16, as PowerShell redirects', 'utf16le'],
  ['in an encoding of one byte a letter', 'latin1'],
])('a file %s is refused as that, not as what it would look like', (_, encoding) => {
  const folder = mkdtempSync(join(tmpdir(), 'planwatch-'));
  const file = join(folder, 'planwatch.yml');
  try {
    writeFileSync(file, `\ufeff${valid}# é\n`, encoding);
    expect(readConfigFile(file, kinds)).toStrictEqual({
      faults: [{ path: '', message: 'it is not UTF-8: save it in that encoding' }],
    });
    writeFileSync(file, `\ufeff${valid}# é\n`);
    expect(readConfigFile(file, kinds)).toHaveProperty('config');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('what is left out has its default', () => {
  test('a file of sources and destinations is enough', () => {
    expect(configOf(valid)).toStrictEqual({
      sources: [
        {
          name: 'shop',
          region: 'ap-southeast-3',
          projectId: '0123456789abcdef0123456789abcdef',
          edition: 'release-plans',
          auth: { token: 'env:X' },
        },
      ],
      destinations: {
        releases: { kind: 'slack', url: 'ssm:/planwatch/slack' },
        hook: { kind: 'webhook', url: 'https://hooks.example.com/x' },
      },
      routes: [],
      notices: ['releases', 'hook'],
      giveUpAfterMs: 72 * 3_600_000,
    });
  });

  test('the result is plain data: JSON carries it whole', () => {
    const config = configOf(valid);
    expect(JSON.parse(JSON.stringify(config))).toStrictEqual(config);
  });

  test('notices may be nobody, but only on purpose', () => {
    expect(configOf(`${valid}notices: []\n`).notices).toStrictEqual([]);
  });
});

test.each([
  ['90m', 5_400_000],
  ['72h', 259_200_000],
  ['12d', 1_036_800_000],
])('giveUpAfter %s is %i ms', (text, ms) => {
  expect(configOf(`${valid}giveUpAfter: ${text}\n`).giveUpAfterMs).toBe(ms);
});

test('a heartbeat and a level of metrics are taken as they are, and neither is needed', () => {
  const config = configOf(`${valid}heartbeat: ssm:/planwatch/heartbeat\nmetrics: detailed\n`);
  expect(config).toMatchObject({ heartbeat: 'ssm:/planwatch/heartbeat', metrics: 'detailed' });
  expect(configOf(`${valid}heartbeat: http://127.0.0.1:8000/x\n`).heartbeat).toBe('http://127.0.0.1:8000/x');
  expect(configOf(valid)).not.toHaveProperty('heartbeat');
});

test.each(['00000000000000000000000000000012', '0123456789012345678901234567e012'])(
  'a project ID that looks like a number, %s, stays what was written',
  (id) => {
    const text = valid.replace('0123456789abcdef0123456789abcdef', id);
    expect(configOf(text).sources[0]?.projectId).toBe(id);
  },
);

test('an anchor and its alias share what is the same', () => {
  const text = valid
    .replace('auth: {', 'auth: &key {')
    .replace(
      'destinations:',
      '  - { name: two, region: cn-north-4, projectId: 0123456789abcdef0123456789abcdef, auth: *key }\ndestinations:',
    );
  expect(configOf(text).sources[1]?.auth).toStrictEqual({ token: 'env:X' });
});

describe('each fault is told with its line, its path and how to write it', () => {
  test.each<[string, string, string, RegExp]>([
    // [what, replaced in the valid file, by, the fault]
    ['a misspelt key', 'region:', 'regoin:', /^3 sources\[0\]\.regoin: .*did you mean "region"/],
    ['a missing key', '    region: ap-southeast-3\n', '', /^2 sources\[0\]\.region: is missing: .*ap-southeast-3/],
    ['a key without a value', 'region: ap-southeast-3', 'region:', /^3 sources\[0\]\.region: has no value/],
    ['an empty region', 'region: ap-southeast-3', 'region: ""', /^3 sources\[0\]\.region: .*region/],
    ['a region that is a host', 'ap-southeast-3', 'evil.example.com/', /^3 sources\[0\]\.region: .*region/],
    ['a short project ID', shop, 'projectId: 0123', /^4 sources\[0\]\.projectId: .*32/],
    ['an upper-case name', 'name: shop', 'name: Shop', /^2 sources\[0\]\.name: .*a-z/],
    ['a name of 41', 'name: shop', `name: ${'a'.repeat(41)}`, /^2 sources\[0\]\.name: .*40/],
    ['an unknown edition', shop, `${shop}\n    edition: new`, /^5 sources\[0\]\.edition: .*release-plans/],
    [
      'an edition that is none',
      shop,
      `${shop}\n    edition: pipeline`,
      /edition: .*release-plans \(the old .* or pipelines/,
    ],
    ['http', shop, `${shop}\n    endpoint: http://x.example`, /^5 sources\[0\]\.endpoint: .*http.*allowInsecure/],
    ['http for IAM', shop, `${shop}\n    iamEndpoint: http://x.example`, /^5 sources\[0\]\.iamEndpoint: .*http/],
    ['a near-loopback', shop, `${shop}\n    endpoint: http://127.0.0.1.example`, /^5 sources\[0\]\.endpoint: .*http/],
    ['ftp', shop, `${shop}\n    endpoint: ftp://x.example`, /^5 sources\[0\]\.endpoint: is not an address/],
    ['a query', shop, `${shop}\n    endpoint: https://x.example?a=b`, /^5 sources\[0\]\.endpoint: has a \? or #/],
    ['a password', shop, `${shop}\n    endpoint: https://u:p@x.example`, /^5 sources\[0\]\.endpoint: .*password/],
    [
      'a text for a switch',
      shop,
      `${shop}\n    allowInsecure: "yes"`,
      /^5 sources\[0\]\.allowInsecure: .*true or false/,
    ],
    ['no auth', '    auth: { token: env:X }\n', '', /^2 sources\[0\]\.auth: is missing: .*accessKey/],
    ['an empty auth', '{ token: env:X }', '{}', /^5 sources\[0\]\.auth: .*accessKey.*token.*password/],
    ['half a key pair', '{ token: env:X }', '{ accessKey: env:X }', /^5 sources\[0\]\.auth\.secretKey: is missing/],
    ['half a login', '{ token: env:X }', '{ user: a, domain: b }', /^5 sources\[0\]\.auth\.password: is missing/],
    ['two ways to sign in', '{ token', '{ accessKey: env:A, token', /^5 sources\[0\]\.auth: is not one way/],
    ['a misspelt token', '{ token', '{ tokn', /^5 sources\[0\]\.auth\.tokn: .*did you mean "token"/],
    ['a relative file', 'env:X', 'file:key', /^5 sources\[0\]\.auth\.token: .*file:\/path/],
    ['a parameter without slash', 'ssm:/planwatch', 'ssm:planwatch', /^7 destinations\.releases\.url: .*ssm:\/name/],
    ['a misspelt kind', 'kind: slack', 'kind: slak', /^7 destinations\.releases\.kind: "slak".*did you mean "slack"/],
    [
      'no kind',
      'kind: slack, ',
      '',
      /^7 destinations\.releases\.kind: is missing: write one of [a-z, -]*slack, [a-z, -]*webhook/,
    ],
    ['a kind of Object', 'kind: slack', 'kind: constructor', /^7 destinations\.releases\.kind: "constructor" is not/],
    ['a misspelt setting', ', url: https', ', ulr: https', /^8 destinations\.hook\.ulr: .*did you mean "url"/],
    [
      'a text for a destination',
      '{ kind: slack, url: ssm:/planwatch/slack }',
      'x',
      /^7 destinations\.releases: .*kind/,
    ],
    ['a bad name', 'releases:', 'On Call:', /^7 destinations\["On Call"\]: is not a name/],
    ['an http hook', 'https://hooks', 'http://hooks', /^8 destinations\.hook\.url: is http/],
    [
      'a space in a URL',
      'https://hooks.example.com/x',
      'https://hooks.example.com/a b',
      /^8 destinations\.hook\.url: .*space/,
    ],
    ['a list with no secret in it', '/x }', '/x, keys: [] }', /^8 destinations\.hook\.keys: is an empty list/],
    ['a literal among secrets', '/x }', '/x, keys: [env:A, abc] }', /^8 destinations\.hook\.keys\[1\]: is a literal/],
    ['no choice', '/x }', '/x, format: fancy }', /^8 destinations\.hook\.format: .*plain, rich/],
    ['a source of another name', '/x }', '/x, source: shp }', /^8 destinations\.hook\.source: "shp".*mean "shop"/],
    ['no map of headers', '/x }', '/x, headers: X-A }', /^8 destinations\.hook\.headers: .*write a map/],
    [
      'a header’s odd name',
      '/x }',
      '/x, headers: { "X A": y } }',
      /^8 .*headers\["X A"\]: is not the name of a header/,
    ],
    ['a header of ours', '/x }', '/x, headers: { Webhook-Id: y } }', /^8 .*headers\.Webhook-Id: .*planwatch sets/],
    ['a literal credential', '/x }', '/x, headers: { Authorization: y } }', /^8 .*Authorization: is a literal/],
    ['a header in Chinese', '/x }', '/x, headers: { X-A: 发 } }', /^8 .*headers\.X-A: .*ASCII/],
    ['a header over two lines', '/x }', '/x, headers: { X-A: "a\\nb" } }', /^8 .*headers\.X-A: .*ASCII/],
    ['a language of a destination', '/x }', '/x, language: fr }', /^8 destinations\.hook\.language: .*en, zh/],
    ['an unknown part', 'sources:', 'watch: 1\nsources:', /^1 watch: .*There are: sources, destinations/],
  ])('%s', (_, from, to, fault) => {
    const text = valid.replace(from, to);
    expect(text).not.toBe(valid);
    expect(told(text)).toContainEqual(expect.stringMatching(fault));
  });

  test.each<[string, string, RegExp]>([
    ['an unknown destination', 'routes: [{ to: [hook, relaeses] }]', /^9 routes\[0\]\.to\[1\]: .*mean "releases"/],
    ['a route to nobody', 'routes: [{ to: [] }]', /^9 routes\[0\]\.to: is an empty list/],
    ['a route without to', 'routes:\n  - match: { class: bad }', /^10 routes\[0\]\.to: is missing/],
    ['routes without a value', 'routes:', /^9 routes: has no value/],
    [
      'an unknown source',
      'routes: [{ match: { source: shp }, to: [hook] }]',
      /^9 routes\[0\]\.match\.source: .*"shop"/,
    ],
    [
      'an unknown source in a list',
      'routes: [{ match: { source: [shop, x] }, to: [hook] }]',
      /^9 .*source\[1\]: "x" is not/,
    ],
    [
      'an unknown type',
      'routes: [{ match: { type: plan.status* }, to: [hook] }, { match: { type: plan.failed }, to: [hook] }]',
      /^9 routes\[1\]\.match\.type: "plan.failed" is not/,
    ],
    ['a notice in a route', 'routes: [{ match: { type: [state.lost] }, to: [hook] }]', /^9 routes\[0\].*under notices/],
    [
      'an unknown class',
      'routes: [{ match: { class: [bad, worse] }, to: [hook] }]',
      /^9 routes\[0\]\.match\.class\[1\]: .*good, bad/,
    ],
    [
      'a list of nothing',
      'routes: [{ match: { status: [] }, to: [hook] }]',
      /^9 routes\[0\]\.match\.status: .*matches nothing/,
    ],
    [
      'a misspelt class',
      'routes: [{ match: { class: recoverd }, to: [hook] }]',
      /^9 routes\[0\]\.match\.class: .*did you mean "recovered"\?/,
    ],
    [
      'an unknown condition',
      'routes: [{ match: { state: X }, to: [hook] }]',
      /^9 routes\[0\]\.match\.state: .*"status"/,
    ],
    ['a mention of nobody', 'routes: [{ to: [hook], mention: [channel] }]', /^9 routes\[0\]\.mention\[0\]: .*user:ID/],
    [
      'a mention without an ID',
      'routes: [{ to: [hook], mention: ["user:"] }]',
      /^9 routes\[0\]\.mention\[0\]: .*user:ID/,
    ],
    [
      'a mention that the chat lacks',
      'routes: [{ to: [hook, releases], mention: ["group:G1"] }]',
      /^9 routes\[0\]\.mention\[0\]: cannot be called in releases, since slack can call only here, all, user:ID: give/,
    ],
    [
      'an id that the chat cannot have',
      'routes: [{ to: [releases], mention: [here, "user:bob"] }]',
      /^9 routes\[0\]\.mention\[1\]: cannot be called in releases, since slack has no such id: .*U/,
    ],
    ['a language', 'language: english', /^9 language: .*en, zh/],
    ['a time zone', 'timezone: CST+8', /^9 timezone: is not a time zone: .*Asia\/Shanghai/],
    ['a console over http', 'consoleUrl: http://c.example', /^9 consoleUrl: is not an https address/],
    ['a placeholder', 'consoleUrl: "https://c.example/{plan}"', /^9 consoleUrl: .*\{planId\}/],
    ['an unknown notice destination', 'notices: [oncall]', /^9 notices\[0\]: "oncall" is not/],
    ['a heartbeat in clear', 'heartbeat: http://hc.example/c0ffee', /^9 heartbeat: is http, .*write https$/],
    ['a heartbeat that is no address', 'heartbeat: hc.example/c0ffee', /^9 heartbeat: is not an address: write https/],
    ['a heartbeat that points nowhere', 'heartbeat: ssm:heartbeat', /^9 heartbeat: is not a well-formed reference/],
    ['an unknown level of metrics', 'metrics: all', /^9 metrics: .*off, basic or detailed/],
    ['a duration without a unit', 'giveUpAfter: 72', /^9 giveUpAfter: .*72h/],
    ['a duration of nothing', 'giveUpAfter: 0h', /^9 giveUpAfter: .*72h/],
    ['a duration too long', 'giveUpAfter: 289h', /^9 giveUpAfter: .*at most 12d/],
    ['a key given twice', 'sources: []', /^9 : this key is there already/],
    ['a second document', '---\na: 1', /^9 : a second document/],
    ['a bracket that is not closed', 'notices: [', /^10 : .*a bracket is not closed/],
    ['a tab', 'routes:\n\t- to: [hook]', /^10 : a tab/],
    ['an unknown alias', 'giveUpAfter: *x', /^9 : .*must be in quotes/],
    ['a tag', 'giveUpAfter: !Ref x', /^9 : .*!.*in quotes/],
    ['__proto__', '__proto__: {}', /^9 : __proto__ is not a setting/],
  ])('%s', (_, added, fault) => {
    expect(told(`${valid}${added}\n`)).toContainEqual(expect.stringMatching(fault));
  });

  test.each([
    ['', /planwatch\.yml is empty/],
    ['# nothing', /planwatch\.yml is empty/],
    ['text', /not understood: write a map/],
    ['[]', /not understood: write a map/],
    ['sources: []\ndestinations: {}', /sources: is an empty list/],
    ['sources: []\ndestinations: {}', /destinations: is empty/],
    ['{}', /sources: is missing/],
    ['{}', /destinations: is missing/],
    ['['.repeat(5_000), /./],
    [`a: "${'x'.repeat(1_000_001)}"`, /larger than a megabyte/],
  ])('a file that is no configuration (case %#)', (text, fault) => {
    expect(told(text)).toContainEqual(expect.stringMatching(fault));
  });

  test('two sources of one name', () => {
    const twice = valid.replace(
      'destinations:',
      `  - { name: shop, region: r, ${shop}, auth: { token: env:X } }\ndestinations:`,
    );
    expect(told(twice)).toStrictEqual(['6 sources[1].name: is the name of an earlier source: give it its own']);
  });

  test('the same thing at the same place is told once', () => {
    const faults = told('['.repeat(5_000));
    expect(faults).toStrictEqual([...new Set(faults)]);
    expect(faults).toContainEqual(expect.stringMatching(/nested too deeply/));
  });

  test('thousands of faults on one line are told, each once', () => {
    const faults = told(`sources: [${'{ a: b },'.repeat(2_000)}]\n`);
    // name, region, projectId and auth are missing, a is unknown; and there are no destinations.
    expect(faults).toHaveLength(2_000 * 5 + 1);
  });

  test('a bomb of aliases is not unfolded', () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(', ')}]\n`;
    const bomb = [level('a', 'x'), ...[...'bcdefghij'].map((name, index) => level(name, `*${'abcdefghi'[index]}`))];
    expect(told(bomb.join(''))).toStrictEqual([expect.stringMatching(/aliases/)]);
  });
});

test('all faults of all sorts come at once, in the order of the lines', () => {
  const text = `sources:
  - name: Shop
    projectId: x
    auth: { accessKey: literal }
destinations:
  releases: { kind: slak }
  hook: { kind: webhook, url: http://hooks.example.com }
routes:
  - to: [nowhere]
notices: [hook]
notices: [nobody]
giveUpAfter: 99d
`;
  expect(faultsOf(text).map(({ line, path }) => `${line} ${path}`)).toStrictEqual([
    '2 sources[0].name',
    '2 sources[0].region',
    '3 sources[0].projectId',
    '4 sources[0].auth.accessKey',
    '4 sources[0].auth.secretKey',
    '6 destinations.releases.kind',
    '7 destinations.hook.url',
    '9 routes[0].to[0]',
    '11 ',
    '11 notices[0]',
    '12 giveUpAfter',
  ]);
});

describe('what is allowed', () => {
  test.each([
    ['an https endpoint', 'endpoint: https://servicestage.example.com'],
    ['an endpoint in a variable', 'endpoint: env:ENDPOINT'],
    ['http on this machine', 'endpoint: http://127.0.0.1:8080'],
    ['http on this machine by name', 'endpoint: http://localhost:8080'],
    ['http on this machine over IPv6', 'endpoint: "http://[::1]:8080"'],
    ['http where it is allowed', 'endpoint: http://x.example\n    allowInsecure: true'],
    ['the old edition', 'edition: release-plans'],
  ])('%s', (_, line) => {
    expect(told(valid.replace(shop, `${shop}\n    ${line}`))).toStrictEqual([]);
  });

  test.each([
    ['a pattern alone', 'routes: [{ match: { source: sh?p }, to: [hook] }]'],
    ['a pattern for a source to come', 'routes: [{ match: { source: [later-*] }, to: [hook] }]'],
    ['a status nobody documented', 'routes: [{ match: { status: ROLLING, from: "*" }, to: [hook] }]'],
    ['every mention', 'routes: [{ to: [hook], mention: [here, all, user:U012, "group:a.b@c-d"] }]'],
    ['mentions that the chat has', 'routes: [{ to: [releases, hook], mention: [here, all, user:U012] }]'],
    ['a route that matches everything', 'routes: [{ to: [hook] }]'],
  ])('%s', (_, line) => {
    expect(told(`${valid}${line}\n`)).toStrictEqual([]);
  });
});

describe('what a destination may be given', () => {
  test.each<[string, object]>([
    ['keys: env:A', { keys: 'env:A' }],
    ['keys: [env:A, ssm:/b]', { keys: ['env:A', 'ssm:/b'] }],
    // As it is written: the number that YAML would make of it has lost its last digits.
    ['topic: -1001234567890123456789', { topic: '-1001234567890123456789' }],
    ['format: rich', { format: 'rich' }],
    ['headers: { X-Team: shop, Authorization: env:A }', { headers: { 'X-Team': 'shop', Authorization: 'env:A' } }],
    ['source: shop', { source: 'shop' }],
    ['language: zh', { language: 'zh' }],
  ])('%s', (setting, expected) => {
    const { hook } = configOf(valid.replace('/x }', `/x, ${setting} }`)).destinations;
    expect(hook).toStrictEqual({ kind: 'webhook', url: 'https://hooks.example.com/x', ...expected });
  });

  test('and how people read is handed on', () => {
    const style = { language: 'zh', timezone: 'Asia/Shanghai', consoleUrl: 'https://c.example/{planId}' };
    const written = Object.entries(style).map(([name, value]) => `${name}: "${value}"\n`);
    expect(configOf(`${valid}${written.join('')}`)).toMatchObject(style);
  });
});

describe('a secret that stands in the file is refused and shown nowhere', () => {
  const secret = 'hunter2-SECRET/T0/B0';
  test.each([
    ['where a reference belongs', valid.replace('env:X', secret)],
    ['as a chat address', valid.replace('ssm:/planwatch/slack', `https://hooks.slack.com/${secret}`)],
    ['as a signing secret', valid.replace('/x }', `/x, secret: "${secret}" }`)],
    ['behind a scheme', valid.replace('env:X', `env:${secret}`)],
    ['in an address', valid.replace('hooks.example.com', `u:${encodeURIComponent(secret)}@hooks.example.com`)],
    ['that begins like an alias', valid.replace('env:X', `*${secret}`)],
    ['that begins like a tag', valid.replace('env:X', `!${secret}`)],
    ['that begins like an anchor', valid.replace('env:X', `"a" &${secret}`)],
    ['that begins with a quote', valid.replace('env:X', `'${secret}`)],
    ['that begins with an at sign', valid.replace('env:X', `@${secret}`)],
    ['without the space after its colon', valid.replace('url: ssm:/planwatch/slack', `url:https://x/${secret}`)],
    ['as a key', valid.replace('{ token: env:X }', `{ token: { "${secret}": 1 } }`)],
    ['as a key of a destination', valid.replace('releases:', `https://hooks.slack.com/${secret}:`)],
    ['as the kind', valid.replace('kind: slack', `kind: https://hooks.slack.com/${secret}`)],
    ['as where a route goes', `${valid}routes: [{ to: ["https://hooks.slack.com/${secret}"] }]\n`],
    ['as a number', valid.replace('env:X', '12345678').replace('hunter2', '')],
  ])('%s', (_, text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(formatFaults(faults, 'planwatch.yml').join('\n')).not.toMatch(/hunter2|T0|12345678/);
  });

  test('and the fault says how to write it', () => {
    expect(told(valid.replace('env:X', secret))).toStrictEqual([
      '5 sources[0].auth.token: is a literal where a secret belongs: keep the value out of the configuration and ' +
        'write where it is kept: env:NAME, ssm:/name, secretsmanager:id#json-key or file:/path',
    ]);
  });
});

test('any text at all is a configuration or faults, and never throws', () => {
  const line = fc.constantFrom(
    ...valid.split('\n'),
    'routes:',
    '  - to: [hook]',
    '    to: hook',
    '&a [*a]',
    '- *a',
    '? x',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line).map((lines) => lines.join('\n')),
    fc.json(),
  );
  fc.assert(
    fc.property(text, (any) => {
      const result = parseConfig(any, { kinds });
      expect('config' in result || result.faults.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
