import { describe, expect, test } from '@jest/globals';
import { channelKinds } from '../lib/channels/registry.ts';
import { configFromEnvironment, configVariables } from '../lib/environment.ts';

const projectId = '0123456789abcdef0123456789abcdef';
const place = { SERVICESTAGE_REGION: 'ap-southeast-3', SERVICESTAGE_PROJECT_ID: projectId };
const keys = { HUAWEICLOUD_SDK_AK: 'the access key', HUAWEICLOUD_SDK_SK: 'the secret key' };
const slack = { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/the-secret' };
const all = { ...place, ...keys, ...slack };

const read = (variables: Record<string, string>) => configFromEnvironment((name) => variables[name]);

const configOf = (variables: Record<string, string>) => {
  const result = read(variables);
  if ('faults' in result) throw new Error(JSON.stringify(result.faults));
  return result.config;
};

const told = (variables: Record<string, string>): string[] => {
  const result = read(variables);
  return 'faults' in result ? result.faults.map(({ path, message }) => `${path} ${message}`) : [];
};

test('one source named default, and everything to every destination', () => {
  expect(configOf(all)).toStrictEqual({
    sources: [
      {
        name: 'default',
        region: 'ap-southeast-3',
        projectId,
        edition: 'release-plans',
        auth: { accessKey: 'env:HUAWEICLOUD_SDK_AK', secretKey: 'env:HUAWEICLOUD_SDK_SK' },
      },
    ],
    destinations: { slack: { kind: 'slack', url: 'env:SLACK_WEBHOOK_URL' } },
    routes: [],
    notices: ['slack'],
    giveUpAfterMs: 72 * 3_600_000,
  });
});

describe('how it signs in', () => {
  const token = { SERVICESTAGE_TOKEN: 'the token' };
  const pair = { accessKey: 'env:HUAWEICLOUD_SDK_AK', secretKey: 'env:HUAWEICLOUD_SDK_SK' };
  test.each([
    ['an access key', keys, pair],
    ['a token', token, { token: 'env:SERVICESTAGE_TOKEN' }],
    ['an access key rather than a token', { ...keys, ...token }, pair],
    [
      'a temporary access key with its token',
      { ...keys, HUAWEICLOUD_SDK_SECURITY_TOKEN: 'the security token' },
      { ...pair, securityToken: 'env:HUAWEICLOUD_SDK_SECURITY_TOKEN' },
    ],
  ])('%s', (_, variables, auth) => {
    expect(configOf({ ...place, ...slack, ...variables }).sources[0]?.auth).toStrictEqual(auth);
  });
});

describe('where people hear', () => {
  const webhook = { WEBHOOK_URL: 'https://hooks.example.com/the-secret' };
  test.each([
    ['Slack', slack, { slack: { kind: 'slack', url: 'env:SLACK_WEBHOOK_URL' } }],
    ['a webhook', webhook, { webhook: { kind: 'webhook', url: 'env:WEBHOOK_URL' } }],
    [
      'both, the webhook signed',
      { ...slack, ...webhook, WEBHOOK_SECRET: 'the secret' },
      {
        slack: { kind: 'slack', url: 'env:SLACK_WEBHOOK_URL' },
        webhook: { kind: 'webhook', url: 'env:WEBHOOK_URL', secret: 'env:WEBHOOK_SECRET' },
      },
    ],
  ])('%s', (_, variables, destinations) => {
    const config = configOf({ ...place, ...keys, ...variables });
    expect(config.destinations).toStrictEqual(destinations);
    expect(config.notices).toStrictEqual(Object.keys(destinations));
  });

  test('with settings that the kinds have', () => {
    const { destinations } = configOf({ ...all, ...webhook, WEBHOOK_SECRET: 'x' });
    for (const { kind, ...settings } of Object.values(destinations)) {
      expect(Object.entries(channelKinds)).toContainEqual([kind, expect.anything()]);
      const known = Object.keys(channelKinds[kind as keyof typeof channelKinds].settings);
      expect(known).toEqual(expect.arrayContaining(Object.keys(settings)));
    }
  });
});

describe('a variable that says where its secret is kept', () => {
  test('is the reference itself, whatever kind it is', () => {
    const { sources, destinations } = configOf({
      ...place,
      HUAWEICLOUD_SDK_AK: 'ssm:/planwatch/ak',
      HUAWEICLOUD_SDK_SK: ' ssm:/planwatch/sk\n',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: 'file:/run/secrets/token',
      SLACK_WEBHOOK_URL: 'ssm:/planwatch/slack',
      WEBHOOK_URL: 'secretsmanager:planwatch/oncall#url',
      WEBHOOK_SECRET: 'env:SIGNING',
    });
    expect(sources[0]?.auth).toStrictEqual({
      accessKey: 'ssm:/planwatch/ak',
      secretKey: 'ssm:/planwatch/sk',
      securityToken: 'file:/run/secrets/token',
    });
    expect(destinations).toStrictEqual({
      slack: { kind: 'slack', url: 'ssm:/planwatch/slack' },
      webhook: { kind: 'webhook', url: 'secretsmanager:planwatch/oncall#url', secret: 'env:SIGNING' },
    });
    expect(configOf({ ...place, ...slack, SERVICESTAGE_TOKEN: 'ssm:/t' }).sources[0]?.auth).toStrictEqual({
      token: 'ssm:/t',
    });
  });

  test.each([
    ['HUAWEICLOUD_SDK_SK', 'ssm:planwatch/hunter2'],
    ['SLACK_WEBHOOK_URL', 'secretsmanager:'],
    ['WEBHOOK_URL', 'SSM:/hunter2'],
  ])('is told where it is written wrongly: %s', (name, value) => {
    const faults = told({ ...all, [name]: value });
    expect(faults).toStrictEqual([expect.stringContaining(`${name} is not a well-formed reference: write `)]);
    expect(faults.join()).not.toContain('hunter2');
  });
});

test('every variable that is read is named, for whoever passes them on', () => {
  const asked = new Set<string>();
  for (const variables of [{}, { ...all, WEBHOOK_URL: 'x', WEBHOOK_SECRET: 'y' }, { SERVICESTAGE_TOKEN: 't' }] as const)
    configFromEnvironment((name) => {
      asked.add(name);
      return (variables as Record<string, string>)[name];
    });
  expect([...asked].sort()).toStrictEqual([...configVariables].sort());
});

test('no value of a secret is in the result', () => {
  const variables = { ...all, WEBHOOK_URL: 'the-url', WEBHOOK_SECRET: 'the-secret', SERVICESTAGE_TOKEN: 'the-token' };
  expect(JSON.stringify(configOf(variables))).not.toMatch(/the[- ]/);
});

describe('SERVICESTAGE_ENDPOINT', () => {
  test.each(['https://servicestage.example.com', 'http://127.0.0.1:4000', 'http://localhost:4000/base'])(
    'may be %s',
    (endpoint) => {
      expect(configOf({ ...all, SERVICESTAGE_ENDPOINT: endpoint }).sources[0]?.endpoint).toBe(endpoint);
    },
  );

  test.each([
    ['http://servicestage.example.com', 'is http'],
    ['http://127.0.0.1.example.com', 'is http'],
    ['servicestage.example.com', 'is not an address'],
    ['ftp://servicestage.example.com', 'is not an address'],
    ['https://user:hunter2@servicestage.example.com', 'holds a user name or password'],
    ['https://servicestage.example.com/?a=b', 'has a ? or #'],
  ])('may not be %s', (endpoint, fault) => {
    const faults = told({ ...all, SERVICESTAGE_ENDPOINT: endpoint });
    expect(faults).toStrictEqual([expect.stringContaining(`SERVICESTAGE_ENDPOINT ${fault}`)]);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('what is missing or wrong', () => {
  const names = (variables: Record<string, string>) => told(variables).map((fault) => fault.split(' ')[0]);

  test('is told all at once', () => {
    expect(names({})).toStrictEqual([
      'SERVICESTAGE_REGION',
      'SERVICESTAGE_PROJECT_ID',
      'HUAWEICLOUD_SDK_AK',
      'SLACK_WEBHOOK_URL',
    ]);
  });

  test('is the same when it is set to blanks', () => {
    expect(told({ SERVICESTAGE_REGION: ' ', HUAWEICLOUD_SDK_AK: '', SLACK_WEBHOOK_URL: '\n' })).toStrictEqual(told({}));
  });

  test.each([
    ['a region that would be another host', { ...all, SERVICESTAGE_REGION: 'x.example.com/' }, 'SERVICESTAGE_REGION'],
    ['a short project ID', { ...all, SERVICESTAGE_PROJECT_ID: '0123' }, 'SERVICESTAGE_PROJECT_ID'],
    ['a secret key alone', { ...place, ...slack, HUAWEICLOUD_SDK_SK: 'x' }, 'HUAWEICLOUD_SDK_AK'],
    [
      'an access key alone',
      { ...place, ...slack, HUAWEICLOUD_SDK_AK: 'x', SERVICESTAGE_TOKEN: 'x' },
      'HUAWEICLOUD_SDK_SK',
    ],
    ['a webhook secret alone', { ...all, WEBHOOK_SECRET: 'x' }, 'WEBHOOK_URL'],
  ])('%s', (_, variables, name) => {
    expect(names(variables)).toStrictEqual([name]);
  });
});
