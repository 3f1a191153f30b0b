import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chaosNames } from '../../../handlers/local/sample/chaos.ts';
import { account, plan } from '../../support/account.ts';
import { startSlackReceiver } from '../../support/chat-server.ts';
import { createDesk, type Desk } from '../../support/command.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

describe('planwatch start', () => {
  test('with nothing at all shows a sample cloud and its page, ends cleanly, and goes on where it was', async () => {
    // A failure of the story lasts seven of its seconds, so a look each six of them sees it.
    const first = desk.open(['start', '--port', '0', '--speed', '6', '--every', '1s']);
    await first.until(/No credentials/);
    const [, url] = await first.until(/(http:\/\/127\.0\.0\.1:\d+)/);
    // On a machine that is busy a look may come too late for it; the story has more of them.
    await first.until(/❌ .*failed: .*\n(.*\n)*?.*✓ told inbox/, 90_000);
    expect(await (await fetch(`${url}/`)).text()).toContain('<title>');
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0, err: '' });
    expect(first.text()).toMatch(/Now watching \d release plans/);

    const second = desk.open(['start', '--port', '0', '--speed', '6', '--every', '1s']);
    await second.until(/✓ told inbox/);
    second.child.kill('SIGINT');
    expect((await second.ended).code).toBe(0);
    expect(second.text()).not.toMatch(/Now watching|another list|lost/);
  }, 120_000);

  test('the sample tells nobody but its own page, whatever chats the environment names', async () => {
    const slack = await startSlackReceiver();
    const run = desk.open(['start', '--port', '0', '--speed', '20'], { SLACK_WEBHOOK_URL: slack.url });
    await run.until(/✓ told inbox/);
    run.child.kill('SIGINT');
    await run.ended;
    slack.expectNothingMore();
    await slack.close();
  });

  test('the sample cloud has one owner: nothing beside it opens another', async () => {
    const running = desk.open(['start', '--port', '0', '--speed', '20']);
    await running.until(/✓ told inbox/);
    for (const args of [['start', '--port', '0'], ['poll'], ['backfill']]) {
      const { code, err } = await desk.run(args);
      expect(code).toBe(1);
      expect(err).toContain(`Another planwatch (process ${running.child.pid}) uses this state folder.`);
    }
    await running.until(/(Release|New release).*told inbox/s);
    running.child.kill('SIGINT');
    await running.ended;
    expect(running.text()).not.toMatch(/another list|old copy/);
    // At its own speed the story would jump back: it keeps the one that it was begun at.
    const again = desk.open(['start', '--port', '0']);
    await again.until(/✓ told inbox/);
    again.child.kill('SIGINT');
    await again.ended;
    expect(again.text()).not.toMatch(/another list|old copy/);
  });

  test('--chaos list shows every kind; an unknown one, or one before a real cloud, is wrong usage', async () => {
    const { code, out } = await desk.run(['start', '--chaos', 'list']);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(chaosNames);
    const json = (await desk.run(['start', '--chaos', 'list', '--json'])).out.trim().split('\n');
    expect(JSON.parse(json[0] ?? '')).toEqual({
      chaos: 'wrong-signature',
      says: expect.any(String),
      of: expect.any(Array),
    });
    const unknown = await desk.run(['start', '--chaos', 'reset,nope']);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringMatching(/"nope".*--chaos list/) });
    await account(async (env) => {
      const real = await desk.run(['start', '--chaos', 'reset'], env);
      expect(real).toMatchObject({ code: 2, err: expect.stringContaining('the environment names a real one') });
    });
    expect(await readdir(desk.folder)).toEqual([]);
  });

  test('--chaos lets a newcomer see planwatch cope: unreachable, then recovered', async () => {
    const args = ['start', '--port', '0', '--every', '1s', '--chaos', 'count-too-high', '--seed', '1'];
    const run = desk.open(args);
    await run.until(/Now and then it answers badly: count-too-high\./);
    await run.until(/Cannot read the release plans of sample .*count says/, 18_000);
    await run.until(/The release plans of sample can be read again/, 18_000);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
  }, 40_000);

  test('killed while it tells, it goes on: nothing is lost, and a second copy says that it may be one', async () => {
    await account(async (env, cloud, slack) => {
      const run = () => desk.open(['start', '--port', '0', '--every', '1s'], env);
      const first = run();
      await slack.next();
      cloud.setPlans([plan('FAILED')]);
      await first.until(/Release failed/);
      first.child.kill('SIGKILL');
      await first.ended;
      cloud.setPlans([plan('ROLLBACK_SUCCEED')]);
      const second = run();
      const texts: string[] = [];
      while (!texts.at(-1)?.includes('rolled back')) texts.push((await slack.next()).body.text);
      second.child.kill('SIGINT');
      await second.ended;
      // Killed between Slack's answer and the receipt, the second copy says that it may be one; killed before Slack was
      // asked, the only one does.
      const failures = texts.filter((text) => text.startsWith('❌ Release failed'));
      expect(failures.length).toBeGreaterThan(0);
      expect(failures.filter((text) => !text.includes('May be a repeat')).length).toBeLessThanOrEqual(1);
      expect(texts.slice(0, failures.length)).toEqual(failures);
    });
  });

  test('a port that is in use is named, and nothing is written but the lock', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const { code, err } = await desk.run(['start', '--port', String(port)]);
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(String(port));
    expect(err).toContain('--port');
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(await readdir(join(desk.folder, '.planwatch/sample'))).not.toContain('store');
  });

  test.each([
    ['in words', [], /✗ Cannot read 0{15}1\.inbox\..*EISDIR/],
    ['as a line with --json', ['--json'], /^\{"fault":"Cannot read 0{15}1\.inbox\..*EISDIR.*"\}$/m],
  ])('a queue that cannot be read while it runs is told %s, and it goes on', async (_how, args, words) => {
    const run = desk.open(['start', '--port', '0', ...args]);
    await run.until(/delivered|told inbox/);
    const unreadable = `0000000000000001.inbox.${'0'.repeat(64)}.json`;
    await mkdir(join(desk.folder, '.planwatch/sample/queue/messages', unreadable));
    await run.until(words);
    run.child.kill('SIGINT');
    expect((await run.ended).code).toBe(0);
  });

  test('a state folder that cannot be one is a clear error', async () => {
    await writeFile(join(desk.folder, 'occupied'), '');
    const { code, err } = await desk.run(['start', '--port', '0'], { PLANWATCH_HOME: 'occupied' });
    expect(code).toBe(1);
    expect(err).toContain('occupied');
    expect(err.trim().split('\n').length).toBeLessThanOrEqual(3);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe('planwatch poll', () => {
  test('looks once, tells what is due and exits; the next one tells what changed', async () => {
    await account(async (env, cloud, slack) => {
      const first = await desk.run(['poll'], env);
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.out).toContain('default: 1 plan, 1 new event (revision 1)');
      expect((await slack.next()).body.text).toContain('Now watching 1 release plan');
      cloud.setPlans([plan('FAILED')]);
      const second = await desk.run(['poll', '--json'], env);
      expect(JSON.parse(second.out)).toEqual({
        sources: [{ source: 'default', ok: true, revision: 2, plans: 1, events: 1 }],
      });
      expect((await slack.next()).body.text).toContain('Release failed: release-a');
      slack.expectNothingMore();
    });
  });

  test('leaves telling to a running start, and says so', async () => {
    await account(async (env, cloud, slack) => {
      const running = desk.open(['start', '--port', '0', '--every', '1h'], env);
      await slack.next();
      cloud.setPlans([plan('FAILED')]);
      const { code, out } = await desk.run(['poll'], env);
      expect(code).toBe(0);
      expect(out).toContain(`Another planwatch (process ${running.child.pid}) runs here`);
      expect((await slack.next()).body.text).toContain('Release failed');
      running.child.kill('SIGINT');
      await running.ended;
      expect((await desk.run(['poll'], env)).out).not.toContain('runs here');
    });
  });

  test('credentials that are refused: exit 1, what came back and what to do, no secret', async () => {
    await account(async (env) => {
      const wrong = 'not-the-right-secret-key';
      const { code, out, err } = await desk.run(['poll'], { ...env, HUAWEICLOUD_SDK_SK: wrong });
      expect(code).toBe(1);
      expect(out).toMatch(/default: HTTP 401 APIGW\.0301/);
      expect(out).toContain('HUAWEICLOUD_SDK_SK');
      expect(out + err).not.toContain(wrong);
    });
  });
});

describe('planwatch backfill', () => {
  test('works on the same state: dry run, gap, repeat', async () => {
    await account(async (env, _cloud, slack) => {
      await desk.run(['poll'], env);
      await slack.next();
      const dry = await desk.run(['backfill', '--repeat', '--dry-run'], env);
      expect(dry.out).toContain('1 event matched, 0 messages queued, 0 settled already (dry run: nothing was sent).');
      expect((await desk.run(['backfill'], env)).out).toContain('0 messages queued, 1 settled already');
      slack.expectNothingMore();
      await desk.run(['backfill', '--repeat', '--destinations', 'slack'], env);
      expect(JSON.stringify((await slack.next()).body)).toContain('Sent again on request');
      slack.expectNothingMore();
    });
  });

  test('a request that cannot be understood: every fault, exit 2, nothing sent', async () => {
    await account(async (env) => {
      const { code, err } = await desk.run(
        ['backfill', '--source', 'nope', '--since', 'yesterday', '--limit', '0'],
        env,
      );
      expect(code).toBe(2);
      for (const fault of ['source: "nope"', 'since: "yesterday"', 'limit: 0']) expect(err).toContain(fault);
    });
  });
});

describe('what does not get through', () => {
  test('a chat that refuses and nobody else to tell: said, with what to do, exit 1', async () => {
    await account(async (env, _cloud, slack) => {
      slack.script({ status: 404, body: 'no_service' });
      const { code, out } = await desk.run(['poll'], env);
      expect(code).toBe(1);
      expect(out).toMatch(/Messages do not get through to slack.*no_service.*Nobody else can be told/);
      expect(out).not.toContain(new URL(env['SLACK_WEBHOOK_URL'] ?? '').pathname);
    });
  });

  test('dead letters can be read, and sent again', async () => {
    await account(async (env, _cloud, slack) => {
      expect((await desk.run(['dead-letters'], env)).out).toContain('No dead letters');
      slack.script({ status: 400, body: 'invalid_blocks' }, { status: 400, body: 'no_text' });
      await desk.run(['poll'], env);
      const shown = await desk.run(['dead-letters'], env);
      expect(shown.out).toMatch(/slack {2}👀 Now watching 1 release plan.*no_text.*1 given up/s);
      expect(JSON.parse((await desk.run(['dead-letters', '--json'], env)).out)).toMatchObject({
        v: 1,
        attempts: 1,
        delivery: { destination: 'slack' },
      });
      await desk.run(['backfill', '--dead-letters'], env);
      expect((await slack.next()).body.text).toContain('Now watching');
      expect((await desk.run(['dead-letters'], env)).out).toContain('No dead letters');
    });
  });
});

describe('wrong usage', () => {
  test('a configuration with a typo, a literal secret and a route to nowhere: every fault at once with its place, exit 2', async () => {
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
routes:
  - to: [nowhere]
`,
    );
    const { code, out, err } = await desk.run(['poll']);
    expect(code).toBe(2);
    expect(err).toMatch(/planwatch\.yml:3:5: sources\[0\]\.regoin: /);
    expect(err).toMatch(/planwatch\.yml:7:33: destinations\.releases\.url: /);
    expect(err).toMatch(/planwatch\.yml:9:10: routes\[0\]\.to\[0\]: /);
    expect(out + err).not.toContain('do-not-print-me');
  });

  test('half an environment is a fault, not a sample', async () => {
    const { code, err } = await desk.run(['poll'], { SERVICESTAGE_REGION: 'ap-southeast-3' });
    expect(code).toBe(2);
    expect(err).toContain('SERVICESTAGE_PROJECT_ID');
    expect(err).toContain('HUAWEICLOUD_SDK_AK');
  });

  test.each([
    [['--config', 'nope.yml'], /nope\.yml: there is no such file/],
    [['--config', '.'], /\.: it is a folder/],
    [['--only', 'nope'], /There is no source "nope"/],
  ])('poll %s says what is wrong', async (args, words) => {
    await account(async (env) => {
      const { code, err } = await desk.run(['poll', ...args], env);
      expect(code).toBe(2);
      expect(err).toMatch(words);
    });
  });

  test.each([[['frobnicate']], [['poll', '--nope']], [['start', '--port', 'x']]])('%s: exit 2', async (args) => {
    expect((await desk.run(args)).code).toBe(2);
  });

  test('--help and --version are no faults', async () => {
    const help = await desk.run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['start', 'poll', 'backfill', 'check']) expect(help.out).toContain(name);
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect((await desk.run(['--version'])).out.trim()).toBe(version);
    expect((await desk.run(['backfill', '--help'])).out).toContain('Example:');
  });
});
