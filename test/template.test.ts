import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { backoffMisconfigured } from '../lib/core/backoff.ts';
import { maxGiveUpAfterMs } from '../lib/core/config.ts';
import { configVariables } from '../lib/environment.ts';
import { openService, type Service } from './support/package.ts';
import { resolved, type Template } from './support/stack.ts';
import { templateFaults } from './support/template-faults.ts';

const projectId = '0123456789abcdef0123456789abcdef';
const withSecrets = `sources:
  - { name: shop, region: ap-southeast-3, projectId: ${projectId}, auth: { token: ssm:/planwatch/token } }
destinations:
  releases: { kind: slack, url: ssm:/planwatch/slack }
  oncall: { kind: webhook, url: https://hooks.example.com/x, secret: secretsmanager:planwatch/oncall#signing }
`;
const topic = 'arn:aws:sns:eu-west-1:111122223333:ops';
const kmsKey = 'arn:aws:kms:eu-west-1:111122223333:key/k';
/** Set in the shell of whoever deploys; none of it may be seen again. */
const inTheShell = Object.fromEntries(configVariables.map((name) => [name, 'hunter2']));

let fresh: Service;
let configured: Service;
let templates: Record<'alone' | 'shared' | 'secrets', Template>;

beforeAll(async () => {
  [fresh, configured] = [await openService(), await openService()];
  expect(await fresh.build()).toMatchObject({ code: 0 });
  await configured.write('planwatch.yml', withSecrets);
  expect(await configured.build(inTheShell)).toMatchObject({ code: 0 });
  const parameters = (...given: string[]) => given.map((one) => `--param=${one}`);
  templates = {
    alone: await fresh.template(),
    shared: await fresh.template([
      '--stage=prod',
      ...parameters('bucket=acme-state', `alarmTopic=${topic}`, 'rate=rate(5 minutes)'),
    ]),
    secrets: await configured.template(
      parameters(`secretsKmsKey=${kmsKey}`, 'alarmEmail=ops@example.com', 'logRetentionInDays=7'),
      inTheShell,
    ),
  };
}, 120_000);
afterAll(async () => {
  await fresh?.close();
  await configured?.close();
});

/** The resources that a stack really has, with everything in them decided. */
function stackOf(template: Template): Record<string, { readonly Type: string; readonly Properties: Made }> {
  return Object.fromEntries(
    Object.entries(template.Resources).flatMap(([name, resource]) => {
      const { Condition } = resource;
      if (Condition !== undefined && resolved(template, template.Conditions?.[Condition]) !== true) return [];
      return [[name, resolved(template, resource) as { Type: string; Properties: Made }]];
    }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: a template is as deep as its owner likes, and tests read single leaves of it
type Made = any;

const bucket = (Properties: Made) => ({ Type: 'AWS::S3::Bucket', Properties });

const functions = ['PollLambdaFunction', 'DeliverLambdaFunction', 'BackfillLambdaFunction'];
const setups = ['alone', 'shared', 'secrets'] as const;

describe.each(setups)('the packaged template, %s', (setup) => {
  test('is one that AWS takes, by its own resource database', () => {
    expect(templateFaults(templates[setup])).toStrictEqual([]);
  });

  test('names nothing that the stack does not have', () => {
    const template = templates[setup];
    expect(() => [stackOf(template), resolved(template, template.Outputs)]).not.toThrow();
  });

  test('is for every partition of AWS', () => {
    const text = JSON.stringify(templates[setup]).replaceAll(topic, '').replaceAll(kmsKey, '');
    expect(text).not.toContain('arn:aws');
  });

  test('holds no secret, whatever the shell of the deploy held', () => {
    expect(JSON.stringify(templates[setup])).not.toContain('hunter2');
  });

  test('gives a function nothing but its places', () => {
    const stack = stackOf(templates[setup]);
    for (const name of functions) {
      const variables = Object.keys(stack[name]?.Properties.Environment.Variables);
      expect(variables).toStrictEqual([
        'PLANWATCH_BUCKET',
        'PLANWATCH_PREFIX',
        'PLANWATCH_QUEUE_URL',
        'PLANWATCH_SERVICE',
        'NODE_OPTIONS',
      ]);
    }
  });

  test('has an alarm for each thing that matters, which says what to do, to one topic', () => {
    const alarms = Object.values(stackOf(templates[setup])).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
    const names = alarms.map(({ Properties: { AlarmName, AlarmDescription, AlarmActions } }) => {
      expect(AlarmActions).toStrictEqual([expect.stringMatching(/^arn:aws:sns:/)]);
      const [, about] = /^planwatch-(?:dev|prod)-([a-z-]+)$/.exec(AlarmName) ?? [];
      expect(AlarmDescription).toMatch(new RegExp(`Do: .*docs/operations\\.md#${about}$`));
      expect(AlarmDescription.length).toBeLessThanOrEqual(1_024);
      return about;
    });
    expect(names.sort()).toStrictEqual([
      'backfill-errors',
      'dead-letters',
      'deliver-errors',
      'destination-failing',
      'no-look',
      'poll-errors',
      'undelivered',
      'unreadable',
    ]);
    expect(new Set(alarms.flatMap(({ Properties }) => Properties.AlarmActions)).size).toBe(1);
  });
});

test.each<[string, Made, string]>([
  ['a type that is none', { Type: 'AWS::S3::Bukcet' }, 'A: there is no type AWS::S3::Bukcet'],
  ['a property that is none', bucket({ Versioning: {} }), 'A: there is no property Versioning'],
  [
    'a value that is none of those allowed',
    bucket({ VersioningConfiguration: { Status: 'On' } }),
    'A.VersioningConfiguration.Status: "On" is none of Enabled, Suspended',
  ],
  [
    'what is required and missing',
    bucket({ VersioningConfiguration: {} }),
    'A.VersioningConfiguration: Status is missing',
  ],
  ['a list that is none', bucket({ Tags: 'x' }), 'A.Tags: wants a list'],
  [
    'text for a number',
    { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 'long' } },
    'A.VisibilityTimeout: wants a number',
  ],
  ['a branch that is wrong', bucket({ BucketName: { 'Fn::If': ['C', [], 'x'] } }), 'A.BucketName: wants text'],
  [
    'a condition that is none',
    bucket({ BucketName: { 'Fn::If': ['D', 'x', 'x'] } }),
    'A.BucketName: there is no condition D',
  ],
  ['a condition of its own that is none', { ...bucket({}), Condition: 'D' }, 'A: there is no condition D'],
  ['a name of nothing', bucket({ BucketName: { Ref: 'B' } }), 'A.BucketName: names nothing: B'],
  ['a name of nothing in text', bucket({ BucketName: { 'Fn::Sub': `\${B.Arn}` } }), 'A.BucketName: names nothing: B'],
  [
    'an attribute that is none',
    bucket({ BucketName: { 'Fn::GetAtt': ['A', 'Nmae'] } }),
    'A.BucketName: AWS::S3::Bucket has no Nmae',
  ],
  ['waiting for nothing', { ...bucket({}), DependsOn: 'B' }, 'A: depends on nothing: B'],
])('the check of templates finds %s', (_, resource, fault) => {
  expect(templateFaults({ Resources: { A: resource }, Conditions: { C: { 'Fn::Equals': ['', ''] } } })).toStrictEqual([
    fault,
  ]);
});

test('the bundles carry the references and no value', async () => {
  for (const name of ['poll', 'deliver', 'backfill']) {
    const code = await readFile(join(configured.folder, `dist/aws/${name}.mjs`), 'utf8');
    expect(code).toContain('ssm:/planwatch/slack');
    expect(code).not.toContain('hunter2');
  }
});

describe('what the parts of the stack owe each other', () => {
  const part = (name: string, setup: (typeof setups)[number] = 'alone'): Made =>
    stackOf(templates[setup])[name]?.Properties;

  test('a message is hidden six times as long as deliver may run, and kept longer than the longest giveUpAfter', () => {
    expect(part('Deliveries').VisibilityTimeout).toBe(6 * part('DeliverLambdaFunction').Timeout);
    expect(part('Deliveries').MessageRetentionPeriod * 1000).toBeGreaterThan(maxGiveUpAfterMs);
    expect(part('Deliveries').RedrivePolicy.maxReceiveCount).toBe(1_000);
  });

  test('one bad message of a batch does not bring back the others', () => {
    expect(part('DeliverEventSourceMappingSQSDeliveries').FunctionResponseTypes).toStrictEqual([
      'ReportBatchItemFailures',
    ]);
  });

  test('a look that failed is not tried again: the next tick is', () => {
    expect(part('PollLambdaEvConf')).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  test('a receipt lives as long as the log, and what lies outside these folders for ever', () => {
    const rules: Made[] = part('State').LifecycleConfiguration.Rules;
    const expiring = rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined);
    expect(expiring.map(({ Prefix, ExpirationInDays }) => `${Prefix} ${ExpirationInDays}`)).toStrictEqual([
      'log/ 400',
      'receipts/ 400',
      'dead-letters/ 400',
      'quarantine/ 400',
      'messages/ 400',
    ]);
  });

  test('the bucket is private, encrypted, takes no connection in clear, and outlives the stack', () => {
    const { State, StatePolicy } = templates.alone.Resources;
    expect([State?.DeletionPolicy, StatePolicy?.DeletionPolicy]).toStrictEqual(['Retain', 'Retain']);
    expect(Object.values(part('State').PublicAccessBlockConfiguration)).toStrictEqual([true, true, true, true]);
    expect(part('State').BucketEncryption).toBeDefined();
    expect(part('StatePolicy').PolicyDocument.Statement).toStrictEqual([
      {
        Sid: 'OnlyEncryptedConnections',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::state', 'arn:aws:s3:::state/*'],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });

  test('a bucket that is named is used, in a folder of the stage, and none is made', () => {
    const stack = stackOf(templates.shared);
    expect(Object.keys(stack)).not.toContain('State');
    expect(part('PollLambdaFunction', 'shared').Environment.Variables).toMatchObject({
      PLANWATCH_BUCKET: 'acme-state',
      PLANWATCH_PREFIX: 'prod',
      PLANWATCH_SERVICE: 'planwatch-prod',
    });
    expect(JSON.stringify(part('PollRole', 'shared'))).toContain('"arn:aws:s3:::acme-state/prod/log/*"');
  });

  test('alarms go to the topic that is named, or to a new one with the address that is', () => {
    expect(part('NoLook', 'shared').AlarmActions).toStrictEqual([topic]);
    expect(part('AlarmTopic', 'shared')).toBeUndefined();
    expect(part('AlarmMail', 'alone')).toBeUndefined();
    expect(part('AlarmMail', 'secrets')).toMatchObject({ Protocol: 'email', Endpoint: 'ops@example.com' });
  });

  test('"no look" counts in the looks that the rate makes, and silence is a failure', () => {
    expect(part('PollEventsRuleSchedule1', 'shared').ScheduleExpression).toBe('rate(5 minutes)');
    expect(part('NoLook', 'shared')).toMatchObject({
      Period: 300,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    });
    expect(part('NoLook')).toMatchObject({ Period: 60, Dimensions: [{ Name: 'Service', Value: 'planwatch-dev' }] });
  });

  test('"a destination failing" stays on from one attempt to the next, at the longest that these may be apart', () => {
    const { Period, EvaluationPeriods, DatapointsToAlarm } = part('DestinationFailing');
    expect(DatapointsToAlarm).toBe(1);
    // And a quarter of an hour for SQS and Lambda to begin it.
    expect(Period * EvaluationPeriods * 1000).toBeGreaterThan(backoffMisconfigured(() => 0.999) + 15 * 60_000);
  });

  test('logs are kept as long as the parameter says', () => {
    const days = setups.map((setup) => part('PollLogGroup', setup).RetentionInDays);
    expect(days.map(Number)).toStrictEqual([30, 90, 7]);
  });
});

describe('a deploy that cannot be right', () => {
  let service: Service;
  beforeAll(async () => {
    service = await openService();
  });
  afterAll(() => service.close());

  test('stops before anything is made, and says where and what to do', async () => {
    const unbuilt = await service.serverless(['package']);
    expect(unbuilt).toMatchObject({
      code: 1,
      text: expect.stringContaining('dist/aws: nothing is built: npm run build'),
    });

    await service.build();
    const literal = await service.serverless(['package'], {
      SERVICESTAGE_REGION: 'ap-southeast-3',
      SERVICESTAGE_PROJECT_ID: projectId,
      SERVICESTAGE_TOKEN: 'hunter2',
      SLACK_WEBHOOK_URL: 'ssm:/planwatch/slack',
    });
    expect(literal).toMatchObject({ code: 1, text: expect.stringContaining('- SERVICESTAGE_TOKEN: on AWS ') });
    expect(literal.text).not.toContain('hunter2');

    const nothing = await service.serverless(['deploy']);
    expect(nothing).toMatchObject({ code: 1, text: expect.stringContaining('nothing says what to watch') });

    // What neither packages nor deploys needs neither a build nor a configuration.
    await service.write('planwatch.yml', withSecrets);
    expect(await service.serverless(['print'])).toMatchObject({ code: 0 });
    expect(await service.serverless(['package'])).toMatchObject({
      code: 1,
      text: expect.stringContaining('- planwatch.yml: has come since the bundles were built: npm run build'),
    });
  }, 60_000);
});
