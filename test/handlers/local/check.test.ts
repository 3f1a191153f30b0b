import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startFauxqs } from 'fauxqs';
import type { ChaosName } from '../../../handlers/local/sample/chaos.ts';
import { pipelinesAt } from '../../../handlers/local/sample/pipeline-story.ts';
import type { Finding } from '../../../lib/flow/finding.ts';
import { account, plan } from '../../support/account.ts';
import { startWebhookReceiver } from '../../support/chat-server.ts';
import { createDesk, type Desk } from '../../support/command.ts';
import { startS3Server } from '../../support/s3-server.ts';
import { startSqsServer } from '../../support/sqs-server.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

/** Runs `planwatch check --json`: what it found, and that it printed none of the environment's secrets. */
async function check(env: Record<string, string>, args: readonly string[] = []) {
  const { code, out, err } = await desk.run(['check', '--json', ...args], env);
  expect(err).toBe('');
  for (const secret of secretsOf(env)) expect(out).not.toContain(secret);
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
  expect(ok).toBe(code === 0);
  return { code, findings, found: (what: string) => findings.find((finding) => finding.what === what) };
}

const secretsOf = (env: Record<string, string>): string[] =>
  Object.entries(env).flatMap(([name, value]) => {
    if (/_(AK|SK|SECRET|SECRET_ACCESS_KEY)$/.test(name)) return [value];
    return /WEBHOOK_URL$/.test(name) ? [URL.parse(value)?.pathname ?? value] : [];
  });

const line = ({ area, name, what, state }: Finding) => [area, name, what, state].filter(Boolean).join(' ');

describe('planwatch check', () => {
  test('where all is well: every part is tried, nothing is posted, nothing is left behind', async () => {
    await account(async (env, cloud, slack) => {
      const { code, findings } = await check(env);
      expect(findings.map(line)).toEqual([
        'configuration the environment read ok',
        'source default list ok',
        'source default detail ok',
        'source default deploy-info ok',
        'store .planwatch/store create-if-absent ok',
        'store .planwatch/store read and list ok',
        'store .planwatch/store remove ok',
        'queue .planwatch/queue reach ok',
        'destination slack settings ok',
      ]);
      expect(code).toBe(0);
      slack.expectNothingMore();
      const left = await readdir(join(desk.folder, '.planwatch'), { recursive: true, withFileTypes: true });
      expect(left.filter((entry) => entry.isFile())).toEqual([]);
      const project = `/v3/${cloud.projectId}/cas/release-plans`;
      expect(
        cloud
          .snapshot()
          .requests.map(({ path }) => path)
          .toSorted(),
      ).toEqual([project, `${project}/a`, `${project}/a/deploy-info`]);
    });
  });

  test('for people: a headline for each part, what was found, what to do', async () => {
    await account(async (env, cloud) => {
      cloud.setChaos('forbidden-detail');
      const { code, out } = await desk.run(['check'], env);
      expect(code).toBe(0);
      expect(out).toMatch(/^source default$/m);
      expect(out).toMatch(/^ {2}ok {7}list {14}1 release plan$/m);
      expect(out).toMatch(
        /^ {2}warning {2}deploy-info {7}HTTP 403 .*getReleasePlan.*\n {27}→ Without it .*which components failed\. Allow servicestage::getReleasePlan/m,
      );
      expect(out).toMatch(/\n2 warnings\.\n$/);
    });
  });

  test('without anything set up it checks the sample, and does not pass that off as yours', async () => {
    const { code, findings } = await check({});
    expect(code).toBe(0);
    expect(findings[0]).toMatchObject({ state: 'warning', found: expect.stringContaining('sample cloud') });
    expect(findings.map(line)).toContain('destination inbox settings ok');
  });
});

describe('a source', () => {
  test.each<[ChaosName, RegExp, advice: RegExp]>([
    ['wrong-signature', /^HTTP 401 APIGW\.0301: .*signature fail/, /HUAWEICLOUD_SDK_AK and env:HUAWEICLOUD_SDK_SK/],
    ['locked-key', /^HTTP 401 APIGW\.0301: .*failed to reach the limit/, /./],
    ['wrong-clock', /^HTTP 401 APIGW\.0301/, /clock is \d+ minutes behind/],
    ['forbidden', /^HTTP 403 .*servicestage::listReleasePlan/, /servicestage::listReleasePlan/],
    ['project-unavailable', /^HTTP 403 APIGW\.0310/, /./],
    ['not-found-401', /^HTTP 401 SVCSTG\.00100401/, /project .* region ap-southeast-3/],
    ['no-such-api', /^HTTP 404 APIGW\.0101/, /endpoint/],
    ['login-page', /HTML page/, /endpoint|proxy/],
    ['redirect', /^HTTP 302/, /final endpoint/],
    ['count-too-high', /count says 2, but 1 came/, /./],
    ['half-json', /half an answer/, /./],
  ])('that meets %s: failed, with what came and what to do', async (chaos, found, advice) => {
    await account(async (env, cloud) => {
      cloud.setChaos(chaos);
      const result = await check(env);
      expect(result.code).toBe(1);
      const list = result.found('list');
      expect(list).toMatchObject({ state: 'failed', found: expect.stringMatching(found) });
      expect(list?.advice).toMatch(advice);
      expect(JSON.stringify(list)).not.toMatch(/canonical|SignedHeaders/i);
      // The rest is looked at all the same.
      expect(result.findings.map(line)).toContain('destination slack settings ok');
    });
  });

  test.each<ChaosName>(['wrong-signature', 'locked-key', 'forbidden'])(
    'that meets %s is asked once: a key is locked when it is wrong again and again',
    async (chaos) => {
      await account(async (env, cloud) => {
        cloud.setChaos(chaos);
        const { findings } = await check(env);
        expect(cloud.snapshot().requests).toHaveLength(1);
        expect(findings.filter(({ area }) => area === 'source')).toHaveLength(1);
      });
    },
  );

  test('that may list, but not look at one plan: warnings that say what is lost, exit 0', async () => {
    await account(async (env, cloud) => {
      cloud.setChaos('forbidden-detail');
      const { code, found } = await check(env);
      expect(code).toBe(0);
      for (const what of ['detail', 'deploy-info']) {
        expect(found(what)).toMatchObject({
          state: 'warning',
          found: expect.stringMatching(/^HTTP 403/),
          advice: expect.stringMatching(/^Without it .* Allow servicestage::getReleasePlan/),
        });
      }
    });
  });

  test('whose other calls end in a web page: told as what it is, without a word of the page', async () => {
    await account(async (env, cloud) => {
      const page = { body: '<!doctype html><title>do-not-quote-me</title>' };
      cloud.setAnswer({ body: { count: 1, release_plans: [plan('FAILED')] } }, page, page);
      const { code, found, findings } = await check(env);
      expect(code).toBe(0);
      for (const what of ['detail', 'deploy-info']) {
        expect(found(what)).toMatchObject({ state: 'warning', found: expect.stringMatching(/^HTTP 200, but an/) });
      }
      expect(JSON.stringify(findings)).not.toContain('do-not-quote-me');
    });
  });

  test.each<['bare-array' | undefined]>([[undefined], ['bare-array']])(
    'whose list is empty while the new edition’s is not says so (%s)',
    async (chaos) => {
      await account(async (env, cloud) => {
        cloud.setPlans([]);
        cloud.setPipelines(pipelinesAt(0, () => Date.now()));
        cloud.setChaos(chaos);
        const { code, found } = await check(env);
        expect(code).toBe(0);
        expect(found('list')).toMatchObject({
          state: 'warning',
          found: 'no release plans with edition release-plans, but 2 with edition pipelines',
          advice: expect.stringContaining('edition: pipelines'),
        });
      });
    },
  );

  test.each([
    ['nothing either', []],
    ['no permission', [{ body: { count: 0, release_plans: [] } }, { status: 403, body: {} }]],
  ])('whose list is empty, and in the new edition there is %s, is new and not wrong', async (_what, answers) => {
    await account(async (env, cloud) => {
      cloud.setPlans([]);
      cloud.setAnswer(...answers);
      const { found, findings } = await check(env);
      expect(found('list')).toMatchObject({ state: 'ok', found: expect.stringContaining('no release plans yet') });
      expect(findings.filter(({ area }) => area === 'source')).toHaveLength(1);
    });
  });

  test('asks about a plan that failed, if there is one: its deploy-info says most', async () => {
    await account(async (env, cloud) => {
      cloud.setPlans([plan('SUCCESS', 'fine'), plan('FAILED', 'broken')]);
      await check(env);
      expect(cloud.snapshot().requests.filter(({ path }) => path.includes('/broken'))).toHaveLength(2);
      expect(cloud.snapshot().requests.filter(({ path }) => path.includes('/fine'))).toEqual([]);
    });
  });
});

describe('a destination', () => {
  test('--send posts one test message to each, and says what the provider said', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const webhook = await startWebhookReceiver({ secret });
    await account(async (env, _cloud, slack) => {
      const { code, findings } = await check({ ...env, WEBHOOK_URL: webhook.url, WEBHOOK_SECRET: secret }, ['--send']);
      expect(code).toBe(0);
      expect(findings.map(line)).toEqual(
        expect.arrayContaining(['destination slack test message ok', 'destination webhook test message ok']),
      );
      expect(JSON.stringify((await slack.next()).body)).toContain('This is a test');
      expect((await webhook.next()).body).toMatchObject({ type: 'destination.recovered', destination: 'webhook' });
      slack.expectNothingMore();
      webhook.expectNothingMore();
    });
    await webhook.close();
  });

  test('that refuses the test message: failed, in the provider’s words, with what to do', async () => {
    await account(async (env, _cloud, slack) => {
      slack.script({ status: 404, body: 'no_service' });
      const { code, found } = await check(env, ['--send']);
      expect(code).toBe(1);
      expect(found('test message')).toEqual({
        area: 'destination',
        name: 'slack',
        what: 'test message',
        state: 'failed',
        found: 'HTTP 404: no_service',
        advice: expect.stringContaining('Make a new incoming webhook'),
      });
    });
  });

  test.each<[string, Record<string, string>, name: string, found: RegExp]>([
    ['an address that is none', { SLACK_WEBHOOK_URL: 'hooks.slack.com/x' }, 'slack', /^url is not a URL$/],
    ['a workflow’s address', { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/triggers/T0/1/x' }, 'slack', /workflow/],
    [
      'a key that signs nothing',
      { WEBHOOK_URL: 'https://hooks.example.com/x', WEBHOOK_SECRET: 'not-a-key' },
      'webhook',
      /^secret is not a signing key/,
    ],
  ])('with %s is found without posting', async (_what, over, name, found) => {
    await account(async (env) => {
      const { code, findings } = await check({ ...env, ...over });
      const settings = findings.find((one) => one.area === 'destination' && one.name === name);
      expect(code).toBe(1);
      expect(settings).toMatchObject({ state: 'failed', found: expect.stringMatching(found) });
    });
  });

  test('whose secret is not there: failed, with the name of what is missing', async () => {
    await account(async (env) => {
      await writeFile(
        join(desk.folder, 'planwatch.yml'),
        `sources:
  - name: shop
    region: ap-southeast-3
    projectId: ${env['SERVICESTAGE_PROJECT_ID']}
    endpoint: ${env['SERVICESTAGE_ENDPOINT']}
    auth: { accessKey: env:HUAWEICLOUD_SDK_AK, secretKey: env:NOT_SET }
destinations:
  releases: { kind: slack, url: env:NOT_SET_EITHER }
`,
      );
      const { code, findings, found } = await check(env, ['--send']);
      expect(code).toBe(1);
      expect(found('list')).toMatchObject({ name: 'shop', found: expect.stringContaining('NOT_SET') });
      expect(found('settings')).toMatchObject({ name: 'releases', found: expect.stringContaining('NOT_SET_EITHER') });
      expect(findings[0]).toMatchObject({ name: 'planwatch.yml', found: 'sources: 1, destinations: 1' });
    });
  });
});

test('a configuration with faults: each with its place, nothing else tried, exit 2', async () => {
  const literal = 'https://hooks.slack.com/services/T0/B0/do-not-print-me';
  await writeFile(
    join(desk.folder, 'planwatch.yml'),
    `sources:
  - name: shop
    regoin: ap-southeast-3
    projectId: 0123456789abcdef0123456789abcdef
    auth: { token: env:X }
destinations:
  releases: { kind: slack, url: ${literal} }
`,
  );
  const { code, findings } = await check({ X_WEBHOOK_URL: literal });
  expect(code).toBe(2);
  expect(findings.map(({ state, area }) => `${area} ${state}`)).toEqual(findings.map(() => 'configuration failed'));
  const found = findings.map((finding) => finding.found);
  expect(found).toContainEqual(expect.stringMatching(/^planwatch\.yml:3:5: sources\[0\]\.regoin: /));
  expect(found).toContainEqual(expect.stringMatching(/^planwatch\.yml:7:33: destinations\.releases\.url: /));
});

describe('on AWS', () => {
  async function onAws(use: (env: Record<string, string>, servers: Servers) => Promise<void>): Promise<void> {
    const [s3, sqs] = await Promise.all([startS3Server(), startSqsServer()]);
    try {
      await account((env) =>
        use(
          {
            ...env,
            PLANWATCH_BUCKET: s3.bucket,
            PLANWATCH_QUEUE_URL: sqs.queueUrl,
            AWS_REGION: 'eu-central-1',
            AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
            AWS_SECRET_ACCESS_KEY: 'not-a-secret-of-anybody',
            AWS_ENDPOINT_URL_S3: s3.endpoint,
            AWS_ENDPOINT_URL_SQS: sqs.url,
          },
          { s3, sqs },
        ),
      );
    } finally {
      await Promise.all([s3.close(), sqs.close()]);
    }
  }
  type Servers = {
    readonly s3: Awaited<ReturnType<typeof startS3Server>>;
    readonly sqs: Awaited<ReturnType<typeof startSqsServer>>;
  };

  test('the bucket and the queue are tried, nothing is sent, nothing is left', async () => {
    await onAws(async (env, { s3, sqs }) => {
      const { code, findings } = await check({ ...env, PLANWATCH_PREFIX: 'prod' });
      expect(findings.filter(({ area }) => area === 'store' || area === 'queue').map(line)).toEqual([
        `store s3://${s3.bucket}/prod create-if-absent ok`,
        `store s3://${s3.bucket}/prod read and list ok`,
        `store s3://${s3.bucket}/prod remove ok`,
        'queue planwatch.fifo reach ok',
      ]);
      expect(code).toBe(0);
      expect(sqs.received.map(({ action }) => action)).toEqual(['ChangeMessageVisibility']);
      const listed = await (await fetch(`${s3.endpoint}/${s3.bucket}/?list-type=2`)).text();
      expect(listed).not.toContain('<Key>');
      expect(s3.proxy.seen.filter(({ method }) => method === 'PUT').length).toBe(3);
    });
  });

  test('a server that ignores If-None-Match is found out', async () => {
    const careless = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    careless.createBucket('planwatch-test');
    await onAws(async (env) => {
      const { code, found } = await check({ ...env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${careless.port}` });
      expect(code).toBe(1);
      expect(found('create-if-absent')).toMatchObject({
        state: 'failed',
        found: 'it is not atomic: 3 of three writers won',
        advice: expect.stringContaining('another store'),
      });
      expect(found('read and list')).toBeUndefined();
    });
    const listed = await (await fetch(`http://127.0.0.1:${careless.port}/planwatch-test/?list-type=2`)).text();
    expect(listed).not.toContain('<Key>');
    await careless.stop();
  });

  test.each<[string, (env: Record<string, string>) => Record<string, string>, area: string, found: RegExp]>([
    ['a bucket that is not there', (env) => ({ ...env, PLANWATCH_BUCKET: 'not-here' }), 'store', /not-here/],
    [
      'a queue that is not there',
      (env) => ({ ...env, PLANWATCH_QUEUE_URL: `${env['AWS_ENDPOINT_URL_SQS']}/000000000000/other.fifo` }),
      'queue',
      /QueueDoesNotExist/,
    ],
    [
      'a queue that is not FIFO',
      (env) => ({ ...env, PLANWATCH_QUEUE_URL: `${env['AWS_ENDPOINT_URL_SQS']}/000000000000/planwatch` }),
      'queue',
      /no FIFO queue/,
    ],
    ['a queue out of reach', (env) => ({ ...env, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9' }), 'queue', /no answer/],
  ])('%s: failed', async (_what, change, area, found) => {
    await onAws(async (env) => {
      const { code, findings } = await check(change(env));
      expect(code).toBe(1);
      const failed = findings.filter(({ state }) => state === 'failed');
      expect(failed).toEqual([expect.objectContaining({ area, found: expect.stringMatching(found) })]);
    });
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no queue', ['PLANWATCH_QUEUE_URL'], /also set PLANWATCH_QUEUE_URL;/],
    ['no bucket', ['PLANWATCH_BUCKET'], /also set PLANWATCH_BUCKET;/],
    ['no credentials', ['AWS_ACCESS_KEY_ID'], /also set AWS_REGION, AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY;/],
  ])('half an environment (%s) is a fault, exit 2', async (_what, unset, found) => {
    await onAws(async (env) => {
      const { code, findings } = await check(
        Object.fromEntries(Object.entries(env).filter(([name]) => !unset.includes(name))),
      );
      expect(code).toBe(2);
      expect(findings).toEqual([
        expect.objectContaining({ area: 'configuration', state: 'failed', found: expect.stringMatching(found) }),
      ]);
    });
  });

  test('a bucket’s name that can be none is a fault, exit 2', async () => {
    await onAws(async (env) => {
      const { code, findings } = await check({ ...env, PLANWATCH_BUCKET: 'no/bucket' });
      expect(code).toBe(2);
      expect(findings[0]?.found).toContain('PLANWATCH_BUCKET');
    });
  });
});
