import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../../lib/ports.ts';
import { createFileStore } from '../../../lib/stores/file.ts';
import { createS3Store } from '../../../lib/stores/s3.ts';
import { botDestination, openBotRoom } from '../../support/bot-rooms.ts';
import { plan } from '../../support/build.ts';
import { createDesk, type Desk } from '../../support/command.ts';
import { type S3Server, startS3Server } from '../../support/s3-server.ts';
import { createWorld } from '../../support/world.ts';

/** The commands of a bad night: `status`, `explain`, `dead-letters`, over a folder and over a bucket. */

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

const yml = `sources:
  - { name: shop, region: ap-southeast-3, projectId: 0123456789abcdef0123456789abcdef, auth: { token: env:X } }
destinations:
  releases: { kind: slack, url: env:RELEASES }
  oncall: { kind: webhook, url: env:ONCALL }
routes:
  - { match: { class: bad }, to: [releases, oncall], mention: [here] }
  - { match: { class: good }, to: [oncall] }
`;

const routes = [
  { match: { class: 'bad' as const }, to: ['releases', 'oncall'], mention: ['here'] },
  { match: { class: 'good' as const }, to: ['oncall'] },
];

/** Two changes; oncall fails at the second one and has given up the first. */
async function history(store: ObjectStore): Promise<void> {
  const world = createWorld({ config: { routes }, store: () => store });
  world.clock.ms = Date.now() - 3_600_000;
  world.answers['oncall'] = [
    { kind: 'delivered' },
    { kind: 'rejected', reason: 'HTTP 400: no\u001b[31m_text' },
    { kind: 'misconfigured', reason: 'HTTP 404: no_service' },
  ];
  for (const status of ['CREATED', 'FAILED', 'SUCCESS']) {
    world.cloud.plans = [plan({ id: 'a', name: 'checkout', status })];
    await world.poll();
    await world.drain();
    world.clock.ms += 60_000;
  }
}

const localStore = () => createFileStore(join(desk.folder, '.planwatch/store'));

describe('over a folder', () => {
  beforeEach(async () => {
    await writeFile(join(desk.folder, 'planwatch.yml'), yml);
    await history(localStore());
  });

  test('status: what stands well, what fails and why, what waits, and what to do; exit 1', async () => {
    const { code, out, err } = await desk.run(['status']);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/✓ shop +no look has failed since its last change\n.*1 plan, revision 3, last change .* ago/);
    expect(out).toMatch(/✓ releases +nothing waits/);
    expect(out).toMatch(/✗ oncall +failing since .* ago\): HTTP 404: no_service\n/);
    expect(out).toMatch(/1 given up \(dead letter\)\n.*1 waits, the oldest for 5\d min; next attempt .* UTC \(/);
    expect(out).toContain('npx planwatch dead-letters');
    expect(out).toContain('npx planwatch backfill --dead-letters');
  });

  test('explain says which message a change was edited into, and whether it rang', async () => {
    const store = createFileStore(join(desk.folder, 'living/store'));
    await writeFile(
      join(desk.folder, 'living.yml'),
      yml.replace('slack, url: env:RELEASES', 'slack-bot, token: env:T, channel: C024BE91L, style: living'),
    );
    const world = createWorld({ config: { destinations: { releases: botDestination('living') } }, store: () => store });
    const slack = await openBotRoom(world, 'releases');
    for (const status of ['', 'CREATED', 'RELEASING', 'FAILED']) {
      world.cloud.plans = status === '' ? [] : [plan({ id: 'a', name: 'checkout', status })];
      await world.poll();
      await world.drain();
      world.clock.ms += 60_000;
    }
    await slack.close();
    const reference = slack.room.shown()[1]?.reference;
    const explain = async (revision: number, ...more: string[]) => {
      const args = ['explain', '--config', 'living.yml', '--event', `shop-00000000000${revision}-0`, ...more];
      const { out } = await desk.run(args, { PLANWATCH_HOME: 'living' });
      return out;
    };
    expect(await explain(2)).toContain(`It is the plan’s message since: ${reference}.`);
    expect(await explain(3)).toContain(`Edited into the plan’s message ${reference}.`);
    expect(await explain(4)).toContain(`Edited into the plan’s message ${reference}, and said as well`);
    const [explanation] = JSON.parse(await explain(4, '--json')).explanations;
    expect(explanation.destinations[0].place).toEqual({ how: 'edited', reference, rang: true });
  });

  test('status --json has the documented shape', async () => {
    const { out } = await desk.run(['status', '--json']);
    expect(JSON.parse(out)).toStrictEqual({
      state: '.planwatch',
      ok: false,
      at: expect.any(String),
      sources: [
        { source: 'shop', revision: 3, plans: 1, lastChange: expect.any(String), lastGood: expect.any(String) },
      ],
      destinations: [
        { destination: 'releases', waiting: 0, deadLetters: 0 },
        {
          destination: 'oncall',
          waiting: 1,
          oldestWaiting: expect.any(String),
          failing: { since: expect.any(String), reason: 'HTTP 404: no_service', nextAt: expect.any(String) },
          deadLetters: 1,
        },
      ],
      countedSince: expect.any(String),
    });
  });

  test('explain --event: told, given up, waiting and not routed, each with its reason', async () => {
    const failed = await desk.run(['explain', '--event', 'shop-000000000002-0']);
    expect(failed).toMatchObject({ code: 0, err: '' });
    expect(failed.out).toMatch(/releases +told .*after 1 try\. It calls here\./);
    expect(failed.out).toMatch(/oncall +given up .*: The provider rejected it\. HTTP 400: no·\[31m_text/);
    expect(failed.out).toContain('✗ routes[1] to oncall: class is "bad", wanted good');
    const succeeded = await desk.run(['explain', '--event', 'shop-000000000003-0']);
    expect(succeeded.out).toMatch(/oncall +waiting, 1 try so far: HTTP 404: no_service Next attempt/);
    expect(succeeded.out).toMatch(/releases +not told: when it was seen, no route took it here; nor would today's\./);
  });

  test("explain by what one knows: today's routes, and what was seen with its ids", async () => {
    const { code, out } = await desk.run(['explain', '--status', 'FAILED', '--name', 'checkout']);
    expect(code).toBe(0);
    expect(out).toMatch(/releases +yes, and calls here\n +oncall +yes, and calls here/);
    expect(out).toContain('releases: told, oncall: given up');
    expect(out).toContain('npx planwatch explain --event shop-000000000002-0');
    const json = JSON.parse((await desk.run(['explain', '--status', 'FAILED', '--json'])).out);
    expect(json).toMatchObject({
      given: { status: 'FAILED' },
      verdicts: [
        { route: 0, matches: true },
        { route: 1, matches: false },
      ],
      destinations: [{ destination: 'releases', routed: true, mention: ['here'] }, { destination: 'oncall' }],
      seen: [{ event: { id: 'shop-000000000002-0' } }],
    });
  });

  test('a change of the routes since then is seen, with the command that tells it now', async () => {
    await writeFile(
      join(desk.folder, 'planwatch.yml'),
      yml.replace('class: good }, to: [oncall]', 'class: good }, to: [oncall, releases]'),
    );
    const { out } = await desk.run(['explain', '--event', 'shop-000000000003-0']);
    expect(out).toMatch(/releases +not told: .*today's routes would tell it here, but those of then did not/);
    expect(out).toMatch(/npx planwatch backfill --source shop --plans a --since \S+ --until \S+/);
  });

  test.each([
    [[], 2, /--event ID/],
    [['--event', 'x', '--name', 'y'], 2, /leave out/],
    [['--type', 'plan.statsu'], 2, /did you mean plan\.status\?/],
    [['--event', 'nonsense'], 1, /not an event's id/],
  ])('explain %j says what is wrong', async (args, code, words) => {
    const ended = await desk.run(['explain', ...args]);
    expect(ended.code).toBe(code);
    expect(ended.out + ended.err).toMatch(words);
  });

  test('nothing is written, be the state as damaged as it may', async () => {
    const store = localStore();
    await store.put('lanes/oncall.json', 'x');
    await store.put('dead-letters/oncall/y.json', 'x');
    await store.put('health/shop.json', 'x');
    const before = await readdir(join(desk.folder, '.planwatch'), { recursive: true });
    for (const args of [['status'], ['explain', '--status', 'FAILED'], ['dead-letters']]) {
      const { err, out } = await desk.run(args);
      expect(err).toBe('');
      if (args[0] === 'dead-letters') expect(out).toContain('dead-letters/oncall/y.json cannot be read');
    }
    expect(await readdir(join(desk.folder, '.planwatch'), { recursive: true })).toStrictEqual(before);
  });
});

test('beside a running sample the commands read its state', async () => {
  const running = desk.open(['start', '--port', '0', '--speed', '20']);
  await running.until(/✓ told inbox/);
  const { code, out } = await desk.run(['status']);
  expect(code).toBe(0);
  expect(out).toMatch(/✓ sample .*\n(.*\n)*.*✓ inbox/);
  expect((await desk.run(['dead-letters'])).out).toContain('No dead letters');
  running.child.kill('SIGINT');
  await running.ended;
});

describe('over a bucket', () => {
  let s3: S3Server;
  const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'do-not-print-me' };
  const env = () => ({ ...keys, AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_S3: s3.endpoint });
  beforeEach(async () => {
    s3 = await startS3Server();
    await history(
      createS3Store({
        bucket: s3.bucket,
        prefix: 'prod',
        region: 'eu-central-1',
        endpoint: s3.endpoint,
        credentials: async () => ({ accessKeyId: 'x', secretAccessKey: 'y' }),
        fetch: globalThis.fetch,
        sleep: async () => undefined,
        random: () => 0.5,
      }),
    );
  });
  afterEach(() => s3.close());
  const store = () => ['--store', `s3://${s3.bucket}/prod`];

  test('status, explain and dead-letters without any configuration beside them', async () => {
    const status = await desk.run(['status', ...store()], env());
    expect(status).toMatchObject({ code: 1, err: '' });
    expect(status.out).toMatch(/✗ oncall +failing since/);
    expect(status.out).toContain(`npx planwatch dead-letters --store s3://${s3.bucket}/prod`);
    expect(status.out).toContain(`npx serverless invoke -f backfill -d '{"deadLetters":true}'`);
    const explained = await desk.run(['explain', '--event', 'shop-000000000002-0', ...store()], env());
    expect(explained.out).toMatch(/no planwatch\.yml here/);
    expect(explained.out).toMatch(/releases +told/);
    expect((await desk.run(['dead-letters', ...store()], env())).out).toMatch(/HTTP 400.*1 given up/s);
  });

  test("with a configuration today's routes are explained as well", async () => {
    await writeFile(join(desk.folder, 'planwatch.yml'), yml);
    const { out } = await desk.run(['explain', '--status', 'SUCCESS', ...store()], env());
    expect(out).toContain('✓ routes[1] to oncall: class match');
    expect(out).toContain('npx planwatch explain --event shop-000000000003-0');
  });

  test('the credentials of a profile will do', async () => {
    await mkdir(join(desk.folder, '.aws'));
    await writeFile(
      join(desk.folder, '.aws/credentials'),
      '[night]\naws_access_key_id = x\naws_secret_access_key = y\n',
    );
    await writeFile(
      join(desk.folder, '.aws/config'),
      `[profile night]\nregion = eu-central-1\nendpoint_url = ${s3.endpoint}\n`,
    );
    const { code, err } = await desk.run(['status', ...store()], { HOME: desk.folder, AWS_PROFILE: 'night' });
    expect({ code, err }).toEqual({ code: 1, err: '' });
  });

  test.each<[string, string[], Record<string, string | undefined>, number, RegExp]>([
    ['a place that is none', ['--store', 'planwatch'], {}, 2, /write s3:\/\/bucket/],
    ['no region', ['--store', 's3://bucket'], { AWS_REGION: '' }, 2, /set AWS_REGION/],
    ['no such bucket', ['--store', 's3://no-such-bucket'], {}, 1, /no such bucket/],
  ])('%s is said in a line or three, and no secret is', async (_, args, more, code, words) => {
    const ended = await desk.run(['status', ...args], { ...env(), ...(more as Record<string, string>) });
    expect(ended.code).toBe(code);
    expect(ended.err).toMatch(words);
    expect(ended.err.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(ended.err + ended.out).not.toContain('do-not-print-me');
  });
});
