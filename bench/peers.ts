import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Lambda } from '../test/support/lambda.ts';
import { against, type Figure, interleave, type Part } from './figure.ts';
import { changed, createScene, measure, type Scene, samplePlans } from './scene.ts';

const changes = 10;
const plans = samplePlans(50);
/** Nothing that planwatch waits for after one failure is longer. */
const restMs = 13 * 60_000;

/** Something that tells a chat what changed in a list. */
type Peer = {
  /** Looks once and tells; CPU in ms. One that dies or fails on the way is simply over. */
  run(): Promise<number>;
  kill(): void;
};

/** `now` and `clockFile`: a clock of the bench's own. */
type Make = (scene: Scene, clockFile: string) => Promise<Peer>;

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sdkInstalled = existsSync(here('peers/sdk/node_modules/axios'));
const hasTools = ['bash', 'curl', 'jq'].every((tool) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** CPU where it lived; a process that is gone has no figure. */
async function cpuOf(sandbox: Lambda, event: unknown): Promise<{ readonly cpu: number; readonly value?: unknown }> {
  let value: unknown;
  const { cpu } = await measure(sandbox, async () => {
    const how = await sandbox.invoke(event);
    if (how.kind === 'result') value = how.value;
  }).catch(() => ({ cpu: Number.NaN }));
  return { cpu, value };
}

const planwatch: Make = async (scene, clockFile) => {
  const env = { CLOCK_OFFSET_FILE: clockFile };
  const [poll, deliver] = [await scene.launch('poll', { env }), await scene.launch('deliver', { env })];
  return {
    async run() {
      let { cpu } = await cpuOf(poll, {});
      for (let batch = await scene.nextBatch(); batch; batch = await scene.nextBatch()) {
        const { cpu: more, value } = await cpuOf(deliver, batch);
        cpu += more;
        const again = value as SQSBatchResponse | undefined;
        const kept = new Set(again?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const Records = again ? batch.Records.filter(({ messageId }) => !kept.has(messageId)) : [];
        if (Records.length > 0) await scene.done({ Records });
      }
      return cpu;
    },
    kill: () => deliver.kill(),
  };
};

const lambdaPeer =
  (name: string, folder: string): Make =>
  async (scene) => {
    const sandbox = await scene.launchModule(name, { folder });
    return { run: async () => (await cpuOf(sandbox, {})).cpu, kill: () => sandbox.kill() };
  };

const cron: Make = async (scene, clockFile) => {
  let child: ChildProcess | undefined;
  const env = {
    PATH: process.env['PATH'] ?? '',
    CHAT_URL: `${scene.chat.url}/hook`,
    LIST_URL: `${scene.list.url}/list`,
    STATE_FILE: `${clockFile}.last`,
    TIMEFORMAT: 'cpu %U %S',
  };
  return {
    async run() {
      child = spawn('bash', ['-c', `time ${here('peers/cron.sh')}`], {
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await once(child, 'close');
      const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(said) ?? [];
      return (Number(user) + Number(system)) * 1000;
    },
    // The whole group: a script that is killed leaves its curl behind.
    kill: () => void (child?.pid && process.kill(-child.pid, 'SIGKILL')),
  };
};

const makers: Readonly<Record<string, Make>> = {
  planwatch,
  'naive function (fetch)': lambdaPeer('naive', 'peers'),
  ...(sdkInstalled && { 'naive function (AWS SDK, axios)': lambdaPeer('naive-sdk', 'peers/sdk') }),
  ...(hasTools && { 'cron, curl and jq': cron }),
};

type Trouble = 'killed' | 'refused';

/** One peer with its own servers and clock, its first look behind it. */
async function open(name: string, make: Make) {
  const folder = mkdtempSync(join(tmpdir(), 'planwatch-peer-'));
  const clockFile = join(folder, 'clock');
  let offset = 0;
  const later = (ms: number) => {
    offset += ms;
    writeFileSync(clockFile, String(offset));
  };
  later(0);
  let trouble: Trouble | undefined;
  const onPost = () => {
    const [now] = [trouble];
    trouble = undefined;
    if (now === 'killed') peer.kill();
    return now === 'refused' ? 503 : undefined;
  };
  const scene = await createScene({ plans, onPost, now: () => new Date(Date.now() + offset) });
  const peer = await make(scene, clockFile);
  await peer.run();
  let turn = 0;
  /** How many of the ten nobody ever heard of. */
  const lost = (): number => {
    const heard = scene.chat.seen.filter(({ status }) => status === 200).map(({ body }) => body.toString());
    return plans.slice(0, changes).filter(({ id }) => !heard.some((text) => text.includes(id))).length;
  };
  return {
    /** Ten changes at the next look; afterwards nothing changes for `rests` looks. */
    async changes(rests: number, fails?: Trouble): Promise<number> {
      later(restMs);
      scene.takeSeen();
      scene.list.show(changed(plans, changes, turn++));
      trouble = fails;
      const cpu = await peer.run();
      // A peer that does not work would pass for a fast one that loses everything.
      if (fails === undefined && lost() > 0) throw new Error(`peers: ${name} told nobody, with nothing in its way`);
      for (let rest = 0; rest < rests; rest++) {
        later(restMs);
        await peer.run();
      }
      return cpu;
    },
    lost,
    async close() {
      await scene.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The same work by what people write instead, on the same servers: what it costs, and what each loses. */
export const peers: Part = async (effort) => {
  const figures: Figure[] = [];
  const opened = new Map<string, Awaited<ReturnType<typeof open>>>();
  for (const [name, make] of Object.entries(makers)) opened.set(name, await open(name, make));
  const subjects = Object.fromEntries([...opened].map(([name, peer]) => [name, () => peer.changes(0)]));
  await interleave(4, subjects);
  const rounds = await interleave(effort === 'full' ? 12 : 5, subjects);
  const floor = 'naive function (fetch)';
  for (const [name, peer] of opened) {
    figures.push(
      against(
        { part: 'peers', figure: `${name}: ten changes told`, unit: 'ms CPU' },
        rounds.map((round) => round[name] ?? Number.NaN),
        rounds.map((round) => round[floor] ?? Number.NaN),
      ),
    );
    for (const trouble of ['killed', 'refused'] as const) {
      const lost: number[] = [];
      for (let round = 0; round < 3; round++) {
        await peer.changes(3, trouble);
        lost.push(peer.lost());
      }
      figures.push({
        part: 'peers',
        figure: `${name}: most lost of ten, ${trouble} at the first post`,
        value: Math.max(...lost),
        unit: '',
      });
    }
  }
  for (const peer of opened.values()) await peer.close();
  return figures;
};

/** What was left out here, and how to have it. */
export const notMeasured: readonly string[] = [
  ...(sdkInstalled ? [] : ['The AWS SDK and axios are not installed: npm ci in bench/peers/sdk measures them too.']),
  ...(hasTools ? [] : ['bash, curl and jq are not all here.']),
];
