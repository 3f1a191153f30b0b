import { beforeAll, describe, expect, test } from '@jest/globals';
import type { QueueMessage } from '../lib/core/delivery.ts';
import { eventId, planEvent } from '../lib/core/event.ts';
import { plan } from './support/build.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { type Call, covers, isAllowed, type Statement, statementsOf } from './support/iam.ts';
import { openService } from './support/package.ts';
import { type RecordedCall, recordedCalls } from './support/recorded-calls.ts';
import { failedPlan, samplePlan } from './support/sample-plan.ts';
import { botChannel, botToken, startSlackBotReceiver } from './support/slack-bot-server.ts';
import { callSqs } from './support/sqs-call.ts';
import { here, resolved, type Template } from './support/stack.ts';

type Role = 'poll' | 'deliver' | 'backfill';
const roles: readonly Role[] = ['poll', 'deliver', 'backfill'];

let statements: Record<Role, Statement[]>;
let calls: RecordedCall[];
const bucket = 'arn:aws:s3:::planwatch-test';
const queue = here('sqs', 'deliveries');

/** Everything that the functions do on AWS, good days and bad ones, so that each of their calls is seen. */
async function live(planwatch: Deployment): Promise<void> {
  const { slack, s3, sqs } = planwatch;
  const object = (key: string) => `${s3.endpoint}/${s3.bucket}/${planwatch.prefix}/${key}`;
  const damage = (key: string) => fetch(object(key), { method: 'PUT', body: 'not JSON' });
  const foreign = (n: number) => {
    const entry = { MessageBody: 'from elsewhere', MessageGroupId: 'x', MessageDeduplicationId: `foreign-${n}` };
    return callSqs(sqs.url, 'SendMessage', { QueueUrl: sqs.queueUrl, ...entry });
  };

  planwatch.setPlans([]);
  await planwatch.poll();
  await planwatch.delivered();
  // Rejected, as itself and as plain text: a dead letter, which another destination hears of. Sent again, it goes.
  slack.script({ status: 400, body: 'invalid_blocks' }, { status: 400, body: 'invalid_blocks' });
  planwatch.setPlans([samplePlan({ id: 'a' })]);
  await planwatch.poll();
  await planwatch.delivered();
  await planwatch.backfill({ deadLetters: true });
  await planwatch.delivered();
  // A chat that is gone, told to the others, and back.
  slack.script({ status: 404, body: 'no_service' });
  planwatch.setPlans([failedPlan('a')]);
  await planwatch.poll();
  await planwatch.delivered();
  await planwatch.later(75 * 60_000);
  await planwatch.delivered();
  await planwatch.backfill({});
  await planwatch.backfill({ from: 'list', dryRun: true });
  // A look that fails is counted, and the next one takes it back.
  planwatch.cloud.setAnswer({ body: { count: 3, release_plans: [] } });
  await planwatch.poller.invoke({});
  await planwatch.poll();
  // What cannot be read is kept aside, once: the second time it is compared with what is kept.
  await damage('health/default.json');
  for (const _ of [1, 2]) await planwatch.poll();
  for (const n of [1, 2]) {
    await foreign(n);
    await planwatch.delivered();
  }
  await damage('log/default/000000000001.json');
  for (const _ of [1, 2]) await planwatch.backfill({ dryRun: true });
  // The checkpoint is lost: the log is listed.
  await fetch(object('checkpoint/default.json'), { method: 'DELETE' });
  planwatch.setPlans([failedPlan('a'), samplePlan({ id: 'b' })]);
  await planwatch.poll();
  await planwatch.delivered();
}

beforeAll(async () => {
  const planwatch = await deploy({ references: true });
  const service = await openService();
  try {
    await live(planwatch);
    calls = recordedCalls(planwatch, queue);
    await service.build();
    const parameters = [`--param=bucket=${planwatch.s3.bucket}`, `--param=prefix=${planwatch.prefix}`];
    const template: Template = await service.template(parameters, await planwatch.configuration());
    expect(resolved(template, { 'Fn::GetAtt': ['Deliveries', 'Arn'] })).toBe(queue);
    statements = {
      poll: statementsOf(template, 'PollRole'),
      deliver: statementsOf(template, 'DeliverRole'),
      backfill: statementsOf(template, 'BackfillRole'),
    };
  } finally {
    await planwatch.close();
    await service.close();
  }
}, 120_000);

/** `s3:GetObject log/`: an action, and the folder or thing that it is about. */
const shown = ({ action, resource }: Call): string => {
  const thing = resource.startsWith(`${bucket}/`) ? resource.replace(`${bucket}/e2e/`, '').replace(/\/.*$/, '/') : '';
  return thing === '' ? `${action} ${resource.split(':').slice(5).join(':')}`.trim() : `${action} ${thing}`;
};

const madeBy = (role: Role): RecordedCall[] => calls.filter(({ by }) => by === role);

/** What each function was seen to call. docs/operations.md shows this table beside the policies. */
const expected: Record<Role, readonly string[]> = {
  poll: [
    's3:GetObject checkpoint/',
    's3:GetObject health/',
    's3:GetObject log/',
    's3:GetObject quarantine/',
    's3:ListBucket planwatch-test',
    's3:PutObject checkpoint/',
    's3:PutObject health/',
    's3:PutObject log/',
    's3:PutObject quarantine/',
    'sqs:SendMessage deliveries',
    'ssm:GetParameter parameter/planwatch/ak',
    'ssm:GetParameter parameter/planwatch/sk',
  ],
  deliver: [
    's3:DeleteObject dead-letters/',
    's3:GetObject lanes/',
    's3:GetObject quarantine/',
    's3:GetObject receipts/',
    's3:ListBucket planwatch-test',
    's3:PutObject dead-letters/',
    's3:PutObject lanes/',
    's3:PutObject quarantine/',
    's3:PutObject receipts/',
    'secretsmanager:GetSecretValue secret:planwatch/oncall-AbCdEf',
    'sqs:ChangeMessageVisibility deliveries',
    'sqs:DeleteMessage deliveries',
    'sqs:ReceiveMessage deliveries',
    'sqs:SendMessage deliveries',
    'ssm:GetParameter parameter/planwatch/slack',
    'ssm:GetParameter parameter/planwatch/webhook',
  ],
  backfill: [
    's3:GetObject dead-letters/',
    's3:GetObject log/',
    's3:GetObject quarantine/',
    's3:GetObject receipts/',
    's3:ListBucket planwatch-test',
    's3:PutObject quarantine/',
    'sqs:SendMessage deliveries',
    'ssm:GetParameter parameter/planwatch/ak',
    'ssm:GetParameter parameter/planwatch/sk',
  ],
};

describe('where a destination edits its messages', () => {
  let seen: RecordedCall[];
  let deliver: Statement[];
  beforeAll(async () => {
    const [planwatch, service, bot] = await Promise.all([deploy(), openService(), startSlackBotReceiver()]);
    try {
      planwatch.secretsServer.values.set('/planwatch/bot', botToken);
      await service.write('planwatch.yml', editing(bot.url));
      const built = await service.build();
      expect(built.text).not.toContain('planwatch.yml:');
      const parameters = [`--param=bucket=${planwatch.s3.bucket}`, `--param=prefix=${planwatch.prefix}`];
      deliver = statementsOf(await service.template(parameters), 'DeliverRole');
      const deliverer = await planwatch.launch('deliver', { folder: `${service.folder}/dist/aws` });
      for (const [index, status] of ['CREATED', 'FAILED'].entries()) {
        expect(await deliverer.invoke(batchOf(index + 2, status))).toMatchObject({ value: { batchItemFailures: [] } });
      }
      seen = recordedCalls(planwatch, queue).filter(
        ({ by, resource }) => by === 'deliver' && /messages/.test(resource),
      );
    } finally {
      await Promise.all([planwatch.close(), service.close(), bot.close()]);
    }
  }, 60_000);

  test('deliver reads and writes which message is a plan’s, and its role allows it', () => {
    expect([...new Set(seen.map(shown))].sort()).toStrictEqual(['s3:GetObject messages/', 's3:PutObject messages/']);
    expect(seen.filter((call) => !isAllowed(deliver, call))).toStrictEqual([]);
  });

  test('and nowhere else', () => {
    expect(seen.filter((call) => isAllowed(statements.deliver, call))).toStrictEqual([]);
    const [call] = seen;
    expect(isAllowed(deliver, { ...call, action: 's3:DeleteObject' } as Call)).toBe(false);
  });
});

const editing = (endpoint: string): string => `
sources:
  - name: shop
    region: ap-southeast-3
    projectId: 0123456789abcdef0123456789abcdef
    auth: { token: ssm:/planwatch/token }
destinations:
  board: { kind: slack-bot, token: ssm:/planwatch/bot, channel: ${botChannel}, style: living, endpoint: '${endpoint}' }
`;

/** What SQS hands to deliver of a plan's `revision`th event. */
function batchOf(revision: number, status: string) {
  const at = new Date().toISOString();
  const event = planEvent(
    { type: 'plan.appeared', plan: plan({ id: 'a', status }) },
    eventId('shop', revision, 0),
    at,
    { source: 'shop', region: 'ap-southeast-3', projectId: 'p' },
  );
  const message: QueueMessage = { v: 1, id: event.id, destination: 'board', events: [event], queuedAt: at };
  return { Records: [{ messageId: event.id, receiptHandle: event.id, body: JSON.stringify(message), attributes: {} }] };
}

/** What no call of ours uses, and why it is granted. */
const unseen: readonly (readonly [action: string, reason: string])[] = [
  ['logs:CreateLogStream', 'Lambda itself writes the log lines, with the role of the function'],
  ['logs:PutLogEvents', 'as above'],
  ['sqs:GetQueueAttributes', 'the event source mapping asks for it before it begins'],
];

describe.each(roles)('the role of %s', (role) => {
  test('covers what the function was seen to call, which is this', () => {
    expect([...new Set(madeBy(role).map(shown))].sort()).toStrictEqual(expected[role]);
    expect(madeBy(role).filter((call) => !isAllowed(statements[role], call))).toStrictEqual([]);
  });

  test('holds no permission that nothing uses', () => {
    const unused = statements[role].flatMap((statement) =>
      statement.Action.flatMap((action) =>
        statement.Resource.flatMap((resource) => {
          const one = { ...statement, Action: [action], Resource: [resource] };
          return madeBy(role).some((call) => covers(one, call)) ? [] : [`${action} ${resource}`];
        }),
      ),
    );
    expect(unused.filter((text) => !unseen.some(([action]) => text.startsWith(`${action} `)))).toStrictEqual([]);
  });

  test('names no wildcard but within its own folders, logs and secrets', () => {
    const wild = statements[role]
      .flatMap(({ Action, Resource }) => [...Action, ...Resource])
      .filter((one) => /[*?]/.test(one));
    const own = [
      `${bucket}/e2e/`,
      here('logs', 'log-group:/aws/lambda/planwatch-dev-'),
      here('secretsmanager', 'secret:planwatch/oncall-'),
    ];
    expect(wild.filter((one) => !own.some((start) => one.startsWith(start)))).toStrictEqual([]);
  });

  test.each<[string, Call]>([
    ['delete the log', { action: 's3:DeleteObject', resource: `${bucket}/e2e/log/default/000000000001.json` }],
    [
      'overwrite an entry of the log',
      { action: 's3:PutObject', resource: `${bucket}/e2e/log/default/000000000001.json` },
    ],
    ['overwrite what is kept aside', { action: 's3:PutObject', resource: `${bucket}/e2e/quarantine/queue/0` }],
    ['delete a receipt', { action: 's3:DeleteObject', resource: `${bucket}/e2e/receipts/slack/x.json` }],
    ['delete a version of an object', { action: 's3:DeleteObjectVersion', resource: `${bucket}/e2e/lanes/slack.json` }],
    [
      'read the state of another stage',
      { action: 's3:GetObject', resource: `${bucket}/prod/log/default/000000000001.json` },
    ],
    ['read what else is in the bucket', { action: 's3:GetObject', resource: `${bucket}/invoices/1.pdf` }],
    ['read another bucket', { action: 's3:GetObject', resource: 'arn:aws:s3:::payroll/e2e/log/x' }],
    ['list another bucket', { action: 's3:ListBucket', resource: 'arn:aws:s3:::payroll' }],
    ['list all buckets', { action: 's3:ListAllMyBuckets', resource: '*' }],
    ['delete the bucket', { action: 's3:DeleteBucket', resource: bucket }],
    ['change who may read the bucket', { action: 's3:PutBucketPolicy', resource: bucket }],
    ['send to another queue', { action: 'sqs:SendMessage', resource: here('sqs', 'other.fifo') }],
    ['empty the queue', { action: 'sqs:PurgeQueue', resource: queue }],
    ['read what SQS put aside', { action: 'sqs:ReceiveMessage', resource: here('sqs', 'unreadable') }],
    ['read another parameter', { action: 'ssm:GetParameter', resource: here('ssm', 'parameter/planwatch/other') }],
    ['read parameters by path', { action: 'ssm:GetParametersByPath', resource: here('ssm', 'parameter/planwatch') }],
    ['change a parameter', { action: 'ssm:PutParameter', resource: here('ssm', 'parameter/planwatch/slack') }],
    [
      'read another secret',
      { action: 'secretsmanager:GetSecretValue', resource: here('secretsmanager', 'secret:payroll-AbCdEf') },
    ],
    [
      'read a secret whose name only begins alike',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: here('secretsmanager', 'secret:planwatch/oncall-other-AbCdEf'),
      },
    ],
    ['decrypt with a key', { action: 'kms:Decrypt', resource: here('kms', 'key/k') }],
    [
      'call a function',
      { action: 'lambda:InvokeFunction', resource: here('lambda', 'function:planwatch-dev-backfill') },
    ],
    ['take another role', { action: 'sts:AssumeRole', resource: 'arn:aws:iam::111122223333:role/admin' }],
    ['touch IAM', { action: 'iam:PutRolePolicy', resource: 'arn:aws:iam::111122223333:role/admin' }],
    [
      'write to the log of another function',
      { action: 'logs:PutLogEvents', resource: here('logs', 'log-group:/aws/lambda/payroll:log-stream:x') },
    ],
  ])('may not %s', (_, call) => {
    expect(isAllowed(statements[role], call)).toBe(false);
  });
});

const create = { context: { 's3:if-none-match': '*' } };
test.each<[Role, string, Call]>([
  ['poll', 'read receipts', { action: 's3:GetObject', resource: `${bucket}/e2e/receipts/slack/x.json` }],
  ['poll', 'write lanes', { action: 's3:PutObject', resource: `${bucket}/e2e/lanes/slack.json` }],
  ['poll', 'take from the queue', { action: 'sqs:ReceiveMessage', resource: queue }],
  ['poll', 'remove from the queue', { action: 'sqs:DeleteMessage', resource: queue }],
  [
    'poll',
    "read a destination's secret",
    { action: 'ssm:GetParameter', resource: here('ssm', 'parameter/planwatch/slack') },
  ],
  [
    'deliver',
    'write the log',
    { action: 's3:PutObject', resource: `${bucket}/e2e/log/default/000000000009.json`, ...create },
  ],
  ['deliver', 'read the log', { action: 's3:GetObject', resource: `${bucket}/e2e/log/default/000000000001.json` }],
  ['deliver', 'move a checkpoint', { action: 's3:PutObject', resource: `${bucket}/e2e/checkpoint/default.json` }],
  [
    'deliver',
    "read a source's secret",
    { action: 'ssm:GetParameter', resource: here('ssm', 'parameter/planwatch/sk') },
  ],
  [
    'backfill',
    'write the log',
    { action: 's3:PutObject', resource: `${bucket}/e2e/log/default/000000000009.json`, ...create },
  ],
  ['backfill', 'write receipts', { action: 's3:PutObject', resource: `${bucket}/e2e/receipts/slack/x.json` }],
  [
    'backfill',
    'remove dead letters',
    { action: 's3:DeleteObject', resource: `${bucket}/e2e/dead-letters/slack/x.json` },
  ],
  ['backfill', 'take from the queue', { action: 'sqs:ReceiveMessage', resource: queue }],
  [
    'backfill',
    "read a destination's secret",
    { action: 'ssm:GetParameter', resource: here('ssm', 'parameter/planwatch/slack') },
  ],
])('%s may not %s', (role, _, call) => {
  expect(isAllowed(statements[role], call)).toBe(false);
  // The same call by whoever it is for shows that this denial is about the role and not about a misspelt name.
  expect(Object.values(statements).some((all) => isAllowed(all, call))).toBe(true);
});

describe('the judge', () => {
  const allow = (over: Partial<Statement> = {}): Statement => ({
    Effect: 'Allow',
    Action: ['s3:Get*'],
    Resource: ['arn:a/?/*'],
    Condition: {},
    ...over,
  });
  const get: Call = { action: 's3:GetObject', resource: 'arn:a/b/c/d' };
  test.each<[string, readonly Statement[], Call, boolean]>([
    ['allows nothing by itself', [], get, false],
    ['knows wildcards', [allow()], get, true],
    ['takes ? for one character', [allow()], { ...get, resource: 'arn:a/bb/c' }, false],
    ['takes actions in any case', [allow()], { ...get, action: 'S3:getobject' }, true],
    ['takes resources as they are written', [allow()], { ...get, resource: 'arn:A/b/c' }, false],
    ['takes a dot for a dot', [allow({ Resource: ['a.b'] })], { ...get, resource: 'axb' }, false],
    ['lets a denial win', [allow(), allow({ Effect: 'Deny', Action: ['*'], Resource: ['*'] })], get, false],
    ['knows that a key must be there', [allow({ Condition: { Null: { k: ['false'] } } })], get, false],
    [
      'knows that a key is there',
      [allow({ Condition: { Null: { k: ['false'] } } })],
      { ...get, context: { k: 'v' } },
      true,
    ],
    ['compares a key', [allow({ Condition: { StringEquals: { k: ['w'] } } })], { ...get, context: { k: 'v' } }, false],
  ])('%s', (_, all, call, verdict) => {
    expect(isAllowed(all, call)).toBe(verdict);
  });

  test('refuses to guess at a condition that it does not know', () => {
    expect(() => isAllowed([allow({ Condition: { IpAddress: { k: ['v'] } } })], get)).toThrow('IpAddress');
  });
});
