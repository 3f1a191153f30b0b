import { renameSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startSampleCloud } from '../../handlers/local/sample/cloud.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import { startSlackReceiver, startWebhookReceiver } from '../support/chat-server.ts';
import { createDesk, type Running } from '../support/command.ts';
import { type Gate, startGate } from './gate.ts';
import { brokenPromises } from './judge.ts';
import { createShown } from './shown.ts';
import type { SmallDisk } from './small-disk.ts';

const clockShim = fileURLToPath(new URL('../support/clock-shim.cjs', import.meta.url));

export type LocalSiege = Awaited<ReturnType<typeof besiegeDesk>>;

type DeskOptions = {
  /** Where PLANWATCH_HOME is; default: in the desk's folder. */
  readonly disk?: SmallDisk;
  /** Told when a message for Slack arrives, before Slack takes it. */
  readonly onSlack?: () => void;
};

/** `planwatch start` with credentials, on real files: its cloud, its two chats and its clock are in our hands. */
export async function besiegeDesk({ disk, onSlack = () => undefined }: DeskOptions = {}) {
  const desk = await createDesk();
  const stateFolder = disk ? join(disk.folder, 'home') : join(desk.folder, '.planwatch');
  const clockFile = join(desk.folder, 'clock');
  let offset = 0;
  const shift = (ms: number): void => {
    offset += ms;
    writeFileSync(`${clockFile}.new`, String(offset));
    renameSync(`${clockFile}.new`, clockFile);
  };
  shift(0);

  const cloud = await startSampleCloud({ now: () => new Date(Date.now() + offset) });
  const [slack, webhook] = await Promise.all([startSlackReceiver(), startWebhookReceiver()]);
  const slackGate: Gate = await startGate(slack.url, () => {
    // Slack's pace is one message a second; a test has no second to spare.
    shift(1_100);
    onSlack();
    return undefined;
  });
  const shown = createShown();
  const show = (): void => cloud.setPlans(shown.plans(), shown.infos());
  show();
  const runs: Running[] = [];
  let kills = 0;
  const env = {
    ...disk?.env,
    NODE_OPTIONS: [clockShim, disk?.preload ?? []]
      .flat()
      .map((path) => `--require ${path}`)
      .join(' '),
    CLOCK_OFFSET_FILE: clockFile,
    PLANWATCH_HOME: stateFolder,
    SERVICESTAGE_REGION: 'ap-southeast-3',
    SERVICESTAGE_PROJECT_ID: cloud.projectId,
    SERVICESTAGE_ENDPOINT: cloud.url,
    HUAWEICLOUD_SDK_AK: cloud.accessKey,
    HUAWEICLOUD_SDK_SK: cloud.secretKey,
    SLACK_WEBHOOK_URL: slackGate.url,
    WEBHOOK_URL: webhook.url,
  };
  const run = (...args: string[]): Running => {
    const running = desk.open(args, env);
    runs.push(running);
    return running;
  };

  async function log(): Promise<LogEntry[]> {
    const folder = join(stateFolder, 'store/log/default');
    const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d{12}\.json$/.test(name)).sort();
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))));
  }

  const judge = async (everyState: boolean): Promise<string[]> => {
    const said = runs.map((one) => one.text()).join('\n');
    const secrets = [cloud.secretKey, new URL(slack.url).pathname];
    return [
      ...brokenPromises({
        shown: shown.states(),
        everyState,
        log: await log(),
        slack: slack.messages,
        webhook: webhook.messages,
        mayRepeat: () => kills > 0,
      }),
      // Each death leaves at most one message of a destination in doubt.
      ...[slack, webhook]
        .map(({ messages }) => messages.length - new Set(messages.map(({ body }) => idIn(body))).size)
        .filter((repeats) => repeats > kills)
        .map((repeats) => `${repeats} repeats after ${kills} deaths`),
      ...[...slack.faults, ...webhook.faults].map((fault) => `a faulty request: ${fault}`),
      ...secrets.filter((secret) => said.includes(secret)).map(() => 'a secret is on the screen'),
    ];
  };

  return {
    desk,
    stateFolder,
    shown,
    slack,
    webhook,
    /** Moves the clock of every process and of the cloud. */
    shift,
    show,
    start: (): Running => run('start', '--port', '0', '--every', '1s'),
    poll: (): Running => run('poll'),
    /** true: it was alive until now. */
    async kill({ child, ended }: Running): Promise<boolean> {
      child.kill('SIGKILL');
      await ended;
      const died = child.signalCode === 'SIGKILL';
      if (died) kills++;
      return died;
    },
    kills: () => kills,
    /** Something that is nobody's death, but leaves an answer without its receipt too. */
    excuse: (): void => {
      kills++;
    },
    judge,
    log,
    /** What is still broken when `withinMs` have passed; empty as soon as nothing is. */
    async brokenPromises(everyState: boolean, withinMs = 20_000): Promise<string[]> {
      const late = Date.now() + withinMs;
      for (;;) {
        const broken = await judge(everyState);
        if (broken.length === 0 || Date.now() > late) return broken;
        await pause(100);
      }
    },
    said: () => runs.map((one) => one.text()),
    async close(): Promise<void> {
      await desk.close();
      for (const one of [slackGate, cloud, slack, webhook]) await one.close();
    },
  };
}

const idIn = (body: { readonly id?: unknown; readonly text?: unknown }): string =>
  String(body.id ?? String(body.text).split('\n').at(-1)).trim();
