import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BuildNote, buildNote, hashOf } from '../../../handlers/aws/deploy/built.ts';
import { type DeployInput, deploySettings } from '../../../handlers/aws/deploy/settings.ts';
import type { Config } from '../../../lib/core/config.ts';
import { config as configOf } from '../../support/build.ts';

const parameters = {
  bucket: '',
  prefix: '',
  rate: 'rate(1 minute)',
  alarmTopic: '',
  alarmEmail: '',
  secretsKmsKey: '',
};
const projectId = '0123456789abcdef0123456789abcdef';
const source = { name: 'shop', region: 'ap-southeast-3', projectId, edition: 'release-plans' } as const;
const place = { SERVICESTAGE_REGION: 'ap-southeast-3', SERVICESTAGE_PROJECT_ID: projectId };
const references = {
  ...place,
  HUAWEICLOUD_SDK_AK: 'ssm:/planwatch/ak',
  HUAWEICLOUD_SDK_SK: 'ssm:/planwatch/sk',
  SLACK_WEBHOOK_URL: 'secretsmanager:planwatch/slack#url',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'planwatch-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As `npm run build` leaves it. */
function built(note: BuildNote): void {
  mkdirSync(join(folder, 'dist/aws'), { recursive: true });
  for (const name of ['poll', 'deliver', 'backfill']) writeFileSync(join(folder, `dist/aws/${name}.mjs`), '');
  writeFileSync(join(folder, buildNote), JSON.stringify(note));
}

function builtWith(config: Config, text = 'the file'): void {
  writeFileSync(join(folder, 'planwatch.yml'), text);
  built({ config, file: 'planwatch.yml', sha256: hashOf(text) });
}

const settle = ({ parameters: over, ...given }: Partial<DeployInput> = {}) =>
  deploySettings({
    folder,
    env: {},
    stage: 'dev',
    uploads: false,
    ...given,
    parameters: { ...parameters, ...over },
  });

describe('the state', () => {
  beforeEach(() => built({ config: null }));
  test.each([
    ['lies at the top of a bucket of its own', {}, { prefix: '', keys: '' }],
    ['has the stage for its folder in a bucket that it shares', { bucket: 'acme' }, { prefix: 'dev', keys: 'dev/' }],
    ['lies where prefix says', { bucket: 'acme', prefix: '/a/b/' }, { prefix: 'a/b', keys: 'a/b/' }],
  ])('%s', (_, over, expected) => {
    expect(settle({ parameters: { ...parameters, ...over } })).toMatchObject({ settings: expected, faults: [] });
  });
});

describe('rate', () => {
  beforeEach(() => built({ config: null }));
  test.each([
    ['rate(1 minute)', 60],
    ['rate(5 minutes)', 300],
    ['rate(1 hour)', 3_600],
    ['rate(24 hours)', 86_400],
    ['rate(1 day)', 86_400],
  ])('%s is a look every %i s', (rate, seconds) => {
    const { settings, faults } = settle({ parameters: { ...parameters, rate } });
    expect([settings.lookSeconds, faults]).toStrictEqual([seconds, []]);
  });

  test.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(2 days)',
    'cron(0 12 * * ? *)',
    '1 minute',
    '',
  ])('"%s" is refused, with how to write it', (rate) => {
    expect(settle({ parameters: { ...parameters, rate } }).faults).toStrictEqual([
      expect.stringContaining('param rate: write rate(1 minute)'),
    ]);
  });
});

describe('parameters', () => {
  beforeEach(() => built({ config: null }));
  test('that AWS would refuse late are refused at once, all of them', () => {
    const over = {
      bucket: 'Acme_State',
      prefix: 'a b',
      rate: 'hourly',
      alarmTopic: 'alarms',
      alarmEmail: 'you',
      secretsKmsKey: 'arn:aws:kms:eu-west-1:111122223333:alias/mine',
    };
    const names = settle({ parameters: over }).faults.map((fault) => /^param (\w+): /.exec(fault)?.[1]);
    expect([...new Set(names)].sort()).toStrictEqual(Object.keys(over).sort());
  });

  test.each([
    [{ alarmTopic: 'arn:aws-cn:sns:cn-north-1:111122223333:ops' }],
    [{ alarmEmail: 'ops@example.com' }],
    [{ secretsKmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' }],
    [{ bucket: 'acme.state-1' }],
  ])('%j is good', (over) => {
    expect(settle({ parameters: { ...parameters, ...over } }).faults).toStrictEqual([]);
  });
});

describe('what is deployed is what is here', () => {
  const config = configOf({ sources: [{ ...source, auth: { token: 'ssm:/planwatch/token' } }], destinations: {} });
  const faults = (given?: Partial<DeployInput>) => settle(given).faults;

  test('nothing built is told', () => {
    expect(faults()).toStrictEqual([expect.stringMatching(/^dist\/aws: nothing is built: npm run build/)]);
  });

  test('a bundle that is missing is nothing built', () => {
    built({ config: null });
    rmSync(join(folder, 'dist/aws/deliver.mjs'));
    expect(faults()).toStrictEqual([expect.stringContaining('nothing is built')]);
  });

  test('a planwatch.yml as it was built passes', () => {
    builtWith(config);
    expect(faults({ uploads: true })).toStrictEqual([]);
  });

  test.each<[string, () => void, string]>([
    ['changed', () => writeFileSync(join(folder, 'planwatch.yml'), 'other'), 'has changed since'],
    ['removed', () => rmSync(join(folder, 'planwatch.yml')), 'is gone since'],
  ])('a planwatch.yml that was %s since is told', (_, change, words) => {
    builtWith(config);
    change();
    expect(faults()).toStrictEqual([expect.stringMatching(new RegExp(`^planwatch\\.yml: ${words}.*npm run build$`))]);
  });

  test('a planwatch.yml that came since is told', () => {
    built({ config: null });
    writeFileSync(join(folder, 'planwatch.yml'), '');
    expect(faults()).toStrictEqual([expect.stringContaining('planwatch.yml: has come since')]);
  });

  test('PLANWATCH_CONFIG that names another file than was built is told; the same one, or none, passes', () => {
    writeFileSync(join(folder, 'prod.yml'), 'prod');
    built({ config, file: 'prod.yml', sha256: hashOf('prod') });
    expect(faults({ env: { PLANWATCH_CONFIG: 'prod.yml' } })).toStrictEqual([]);
    expect(faults()).toStrictEqual([]);
    expect(faults({ env: { PLANWATCH_CONFIG: 'dev.yml' } })).toStrictEqual([
      expect.stringContaining('dev.yml: took the place of prod.yml since'),
    ]);
  });
});

describe('without planwatch.yml', () => {
  beforeEach(() => built({ config: null }));

  test('nothing set is packaged, and not deployed', () => {
    expect(settle()).toMatchObject({ settings: { environment: {} }, faults: [] });
    expect(settle({ uploads: true }).faults).toStrictEqual([expect.stringContaining('copy planwatch.example.yml')]);
  });

  test('places and references go into the environment as they are, and nothing else does', () => {
    const { settings, faults } = settle({ env: { ...references, PATH: '/bin', WEBHOOK_URL: ' ' }, uploads: true });
    expect(faults).toStrictEqual([]);
    expect(settings.environment).toStrictEqual(references);
  });

  test('a secret in clear is refused by the name of its variable, and shown nowhere', () => {
    const env = { ...references, HUAWEICLOUD_SDK_SK: 'hunter2', SLACK_WEBHOOK_URL: 'https://hooks.slack.com/hunter2' };
    const told = settle({ env });
    expect(told.faults).toStrictEqual([
      expect.stringMatching(/^HUAWEICLOUD_SDK_SK: .*put-parameter.*ssm:\/planwatch\/NAME/),
      expect.stringMatching(/^SLACK_WEBHOOK_URL: /),
    ]);
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('what is missing or misspelt is told as everywhere else', () => {
    expect(settle({ env: { ...references, SERVICESTAGE_REGION: '' } }).faults).toStrictEqual([
      expect.stringMatching(/^SERVICESTAGE_REGION: is not set/),
    ]);
    expect(settle({ env: { ...references, SLACK_WEBHOOK_URL: 'ssm:slack' } }).faults).toStrictEqual([
      expect.stringMatching(/^SLACK_WEBHOOK_URL: is not a well-formed reference/),
    ]);
  });
});

describe('with planwatch.yml', () => {
  const whole = configOf({
    sources: [
      { ...source, auth: { accessKey: 'ssm:/planwatch/ak', secretKey: 'secretsmanager:planwatch/iam#sk' } },
      { ...source, name: 'other', endpoint: 'ssm:/planwatch/endpoint', auth: { token: 'ssm:/planwatch/ak' } },
    ],
    destinations: {
      releases: { kind: 'slack', url: 'ssm:/planwatch/slack' },
      oncall: {
        kind: 'webhook',
        url: 'https://hooks.example.com/x',
        secret: 'secretsmanager:planwatch/oncall#signing',
      },
    },
  });
  const here = (service: string, thing: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${thing}`,
  });
  const reading = (action: string, ...Resource: unknown[]) => ({ Effect: 'Allow', Action: action, Resource });

  test('each function may read what it needs, once and exactly', () => {
    builtWith(whole);
    const { settings, faults } = settle({ uploads: true });
    expect(faults).toStrictEqual([]);
    expect(settings.environment).toStrictEqual({});
    expect(settings.secrets.poll).toMatchObject({
      PolicyDocument: {
        Statement: [
          reading(
            'ssm:GetParameter',
            here('ssm', 'parameter/planwatch/ak'),
            here('ssm', 'parameter/planwatch/endpoint'),
          ),
          reading('secretsmanager:GetSecretValue', here('secretsmanager', 'secret:planwatch/iam-??????')),
        ],
      },
    });
    expect(settings.secrets.backfill).toStrictEqual(settings.secrets.poll);
    expect(settings.secrets.deliver).toMatchObject({
      PolicyDocument: {
        Statement: [
          reading('ssm:GetParameter', here('ssm', 'parameter/planwatch/slack')),
          reading('secretsmanager:GetSecretValue', here('secretsmanager', 'secret:planwatch/oncall-??????')),
        ],
      },
    });
  });

  test('a function without secrets has no policy for them, since AWS refuses an empty one', () => {
    builtWith(configOf({ ...whole, destinations: { open: { kind: 'webhook', url: 'https://hooks.example.com/x' } } }));
    expect(settle().settings.secrets.deliver).toStrictEqual({ Ref: 'AWS::NoValue' });
  });

  test('a key of the customer may be used on behalf of the services that are asked, and only where something is', () => {
    builtWith(
      configOf({ ...whole, destinations: { releases: { kind: 'slack', url: 'ssm:/planwatch/slack' } }, sources: [] }),
    );
    const secretsKmsKey = 'arn:aws:kms:eu-west-1:111122223333:key/k';
    const { poll, deliver } = settle({ parameters: { ...parameters, secretsKmsKey } }).settings.secrets;
    expect(poll).toStrictEqual({ Ref: 'AWS::NoValue' });
    const service = { 'Fn::Sub': `ssm.\${AWS::Region}.\${AWS::URLSuffix}` };
    expect(deliver).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Action: 'ssm:GetParameter' },
          {
            Action: 'kms:Decrypt',
            Resource: secretsKmsKey,
            Condition: { StringEquals: { 'kms:ViaService': [service] } },
          },
        ],
      },
    });
  });

  test.each([
    ['a name', 'a/b', 'secret:a/b-??????'],
    ['a name that ends like one of theirs', 'a-AbCdEf', 'secret:a-AbCdEf-??????'],
  ])('secretsmanager with %s', (_, id, thing) => {
    builtWith(configOf({ ...whole, sources: [{ ...source, auth: { token: `secretsmanager:${id}` } }] }));
    expect(JSON.stringify(settle().settings.secrets.poll)).toContain(`:${thing}"`);
  });

  test.each([
    ['a whole ARN stands as it is', '-AbCdEf', '-AbCdEf'],
    ['one without their six characters gets them', '', '-??????'],
  ])('secretsmanager: %s', (_, given, expected) => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:a/b';
    builtWith(configOf({ ...whole, sources: [{ ...source, auth: { token: `secretsmanager:${arn}${given}#k` } }] }));
    expect(JSON.stringify(settle().settings.secrets.poll)).toContain(`"${arn}${expected}"`);
  });

  test('what a function on AWS cannot have, or not without showing it, is refused by its place', () => {
    builtWith(
      configOf({
        sources: [{ ...source, auth: { token: 'env:TOKEN' } }],
        destinations: { releases: { kind: 'slack', url: 'file:/run/secrets/slack' } },
      }),
    );
    expect(settle().faults).toStrictEqual([
      expect.stringMatching(
        /^planwatch\.yml: sources\[0\]\.auth\.token: on AWS TOKEN would hold the secret in clear.*ssm:/,
      ),
      expect.stringMatching(/^planwatch\.yml: destinations\.releases\.url: on AWS there is no file .*ssm:/),
    ]);
  });

  test('a pattern in a route that looks like a reference is none', () => {
    builtWith(configOf({ ...whole, routes: [{ match: { name: 'env:NAME' }, to: ['oncall'] }] }));
    expect(settle().faults).toStrictEqual([]);
  });
});
