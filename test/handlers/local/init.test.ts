import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { channelKinds } from '../../../lib/channels/registry.ts';
import { parseConfig } from '../../../lib/config.ts';
import { createDesk, type Desk } from '../../support/command.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await createDesk();
});
afterEach(() => desk.close());

const must = ['--region', 'ap-southeast-3', '--project-id', '0123456789abcdef0123456789abcdef'];
const written = (file = 'planwatch.yml') => readFile(join(desk.folder, file), 'utf8');

async function configOf(file?: string) {
  const parsed = parseConfig(await written(file), { kinds: channelKinds });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
}

describe('planwatch init', () => {
  test('with flags asks nothing: a commented file without a fault, and what to do next', async () => {
    const flags = ['--name', 'shop', '--auth', 'token', '--kind', 'webhook', '--destination', 'oncall'];
    const settings = ['--set', 'url=https://hooks.example.com/x', '--set', 'secret=ssm:/planwatch/key'];
    const { code, out } = await desk.run(['init', ...must, ...flags, ...settings]);
    expect(code).toBe(0);
    expect(await configOf()).toMatchObject({
      sources: [{ name: 'shop', region: 'ap-southeast-3', auth: { token: 'env:SERVICESTAGE_TOKEN' } }],
      destinations: { oncall: { kind: 'webhook', url: 'https://hooks.example.com/x', secret: 'ssm:/planwatch/key' } },
    });
    expect(out).toContain('export SERVICESTAGE_TOKEN=…');
    expect(out).toContain('npx planwatch poll');
    const text = await written();
    expect(text).toMatch(/^# yaml-language-server: \$schema=.*planwatch\.schema\.json\n/);
    expect(text.split('\n').filter((line) => line.startsWith('#')).length).toBeGreaterThan(10);
  });

  test('the variable that it offers can be one, whatever the kind is called', async () => {
    const { code, out } = await desk.run(['init', ...must, '--kind', 'slack-bot', '--set', 'channel=C1', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).variables).toContain('SLACK_BOT_TOKEN');
  });

  test('a place that cannot be written is named', async () => {
    const { code, err } = await desk.run(['init', ...must, '--json', '--config', 'no/such/planwatch.yml']);
    expect([code, err]).toEqual([
      2,
      'no/such/planwatch.yml cannot be written (ENOENT): is its folder there, and yours?\n',
    ]);
  });

  test('the routes that it shows as a comment are right', async () => {
    await desk.run(['init', ...must, '--json']);
    const [above, comments = ''] = (await written()).split(/(?=# Which changes)/);
    const text = comments.replace(/^# (?=routes:|notices:|giveUpAfter:| {2})/gm, '');
    const parsed = parseConfig(`${above}${text}`, { kinds: channelKinds });
    expect(parsed).toMatchObject({ config: { routes: { length: 2 }, notices: ['releases'] } });
  });

  test('asks a person for the rest, with the fault of an answer and the question once more', async () => {
    const typed = [
      'ap-southeast-3',
      'too-short',
      must[3],
      '',
      'user',
      'release-bot',
      'acme: corp',
      'slak',
      'slack',
      '',
    ];
    const { code, err } = await desk.run(['init'], {}, [...typed, 'env:RELEASES', ''].join('\n'));
    expect(code).toBe(0);
    expect(err).toMatch(/That is not a project ID/);
    expect(err).toMatch(/did you mean "slack"/);
    expect(await configOf()).toMatchObject({
      sources: [
        { name: 'prod', auth: { user: 'release-bot', domain: 'acme: corp', password: 'env:HUAWEICLOUD_IAM_PASSWORD' } },
      ],
      destinations: { releases: { kind: 'slack', url: 'env:RELEASES' } },
    });
  });

  test('a secret that is typed where its place is asked for is neither taken nor shown', async () => {
    const typed = [...[must[1], must[3], '', '', '', ''], 'https://hooks.slack.com/services/T0/B0/hunter2', ''];
    const { code, out, err } = await desk.run(['init'], {}, typed.join('\n'));
    expect(code).toBe(0);
    expect(err).toContain('That is a literal where a secret belongs');
    expect(await written()).not.toContain('hunter2');
    expect(out + err).not.toContain('hunter2');
    const flag = await desk.run(['init', ...must, '--force', '--set', 'url=hunter2']);
    expect(flag.err).toContain('--set url=… is a literal where a secret belongs');
    expect(flag.out + flag.err).not.toContain('hunter2');
  });

  test('what is there is not overwritten, but with --force; another file by --config', async () => {
    await writeFile(join(desk.folder, 'planwatch.yml'), '# mine\n');
    const refused = await desk.run(['init', ...must, '--json']);
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/planwatch\.yml is there already.*--force/) });
    expect(await written()).toBe('# mine\n');
    expect((await desk.run(['init', ...must, '--json', '--config', 'other.yml'])).code).toBe(0);
    expect((await configOf('other.yml')).sources).toHaveLength(1);
    expect(JSON.parse((await desk.run(['init', ...must, '--json', '--force'])).out)).toStrictEqual({
      written: 'planwatch.yml',
      variables: ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'SLACK_URL'],
    });
    expect(await written()).not.toContain('# mine');
  });

  test.each<[string[], RegExp]>([
    [['--json'], /--region is missing/],
    [[], /--region is missing/],
    [['--region', 'ap-southeast-3'], /--project-id is missing/],
    [['--region', 'evil.example/'], /--region is not a region/],
    [[...must, '--kind', 'slak'], /--kind .*did you mean "slack"/],
    [[...must, '--auth', 'password'], /--auth .*access-key, token, user/],
    [[...must, '--set', 'ulr=env:X'], /--set: "ulr" is not a setting of slack; did you mean "url"/],
    [[...must, '--kind', 'webhook', '--set', 'url=http://hooks.example.com'], /is http/],
  ])('%j is refused with what to do', async (flags, words) => {
    const { code, err } = await desk.run(['init', ...flags]);
    expect(code).toBe(2);
    expect(err).toMatch(words);
    await expect(written()).rejects.toThrow('ENOENT');
  });
});
