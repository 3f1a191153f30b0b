import type { Config, TellingStyle } from '../../lib/core/config.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import type { Received } from '../../lib/ports.ts';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import type { Secrets } from '../../lib/secrets.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { staysQueued, wireBackfill, wireDeliver, wirePoll } from '../../lib/wire.ts';
import { channel } from './board.ts';
import { createChats, secrets } from './chats.ts';
import { createCloud } from './cloud.ts';
import { queueOf, storeOf } from './edges.ts';
import type { Command, Invocation } from './history.ts';
import { createJournal } from './journal.ts';
import { createStage, type Fault, type Run } from './stage.ts';

export const config: Config = {
  sources: [
    {
      name: 'shop',
      region: 'ap-southeast-3',
      projectId: '0123456789abcdef0123456789abcdef',
      edition: 'release-plans',
      auth: { accessKey: 'env:AK', secretKey: 'env:SK' },
    },
  ],
  destinations: {
    releases: { kind: 'slack', url: 'env:SLACK' },
    oncall: { kind: 'webhook', url: 'env:ONCALL', secret: 'env:SIGNING' },
    audit: { kind: 'webhook', url: 'env:AUDIT' },
    board: { kind: 'slack-bot', token: 'env:BOT', channel },
  },
  routes: [{ to: ['releases', 'board', 'audit'] }, { match: { class: ['bad'] }, to: ['oncall'], mention: ['here'] }],
  notices: ['oncall'],
  giveUpAfterMs: 72 * 3_600_000,
};

const values: Readonly<Record<string, string>> = {
  'env:AK': secrets.accessKey,
  'env:SK': secrets.secretKey,
  'env:SLACK': secrets.slackUrl,
  'env:BOT': secrets.botToken,
  'env:ONCALL': secrets.oncallUrl,
  'env:AUDIT': secrets.auditUrl,
  'env:SIGNING': secrets.signing,
};

const secretsOf: Secrets = Object.assign(async (ref: string) => values[ref] ?? '', { forget: () => {} });

export type World = ReturnType<typeof createWorld>;

const runMs = 60_000;
/** Under this the flows set real timers of a millisecond, and a history would depend on the machine. */
const leastMs = 20_000;
const batchSize = 10;

/** planwatch as it is wired, over a store, a queue, a cloud and chats that do what a history says. */
export function createWorld() {
  const stage = createStage();
  const objects = new Map<string, string>();
  const store = createMemoryStore(objects);
  const queue = createMemoryQueue({ now: stage.date });
  const journal = createJournal(stage, objects, removedForGood);
  const cloud = createCloud(stage, journal.known);
  const chats = createChats(stage, journal.broke);
  let [luck, numbered, deletions] = [1, 0, 0];
  /** How the board is told; each style that it ever had. */
  let style: TellingStyle = 'living';
  const styles = new Set<TellingStyle>([style]);
  const configNow = (): Config => ({
    ...config,
    destinations: { ...config.destinations, board: { kind: 'slack-bot', token: 'env:BOT', channel, style } },
  });

  const platformOf = (run: Run) => ({
    store: storeOf(stage, run, store, (key) => journal.written(run, key)),
    queue: queueOf(stage, run, queue, (messages) => journal.sent(run, messages)),
    secrets: secretsOf,
    now: stage.date,
    random: () => {
      luck = (luck * 48_271) % 2_147_483_647;
      return luck / 2_147_483_647;
    },
    sleep: (ms: number) =>
      stage.call(run, {
        what: `sleep ${Math.round(ms)} ms`,
        act: () => {
          stage.now += Math.ceil(ms);
        },
      }),
    fetch: (async (input, init) => {
      const request = new Request(input, init as RequestInit);
      const url = new URL(request.url);
      const text = await request.text();
      const toCloud = url.hostname.startsWith('servicestage.');
      return stage.call(run, {
        what: toCloud ? `ask the cloud for ${url.pathname.split('/').pop()}` : `post to ${url.hostname}`,
        act: () => (toCloud ? cloud.answer(url.pathname) : chats.post(run, url, text, request.headers)),
        broken: () => Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET', at: url.href } }),
      });
    }) as typeof globalThis.fetch,
  });

  /** I4: who could ask for a plan, and whose call nothing befell, does not tell that it is gone while it is there. */
  function removedForGood(run: Run, { events }: LogEntry): void {
    if (run.hurt >= 0 || cloud.mood === 'blind') return;
    for (const event of events) {
      if (event.type === 'plan.removed' && cloud.has(event.plan.id)) {
        journal.broke(`I4: ${event.plan.id} was told to be gone, and it is there`);
      }
    }
  }

  const name = (what: string) => `${what} #${++numbered}`;

  /** Begins; `stage.play` makes it go on. */
  function begin(run: Run, work: () => Promise<string>): void {
    work().then(
      (words) => {
        if (run.state === 'alive') stage.say(`${run.name}: ${words}`);
        stage.end(run, 'done');
      },
      (error: unknown) => {
        if (run.state === 'alive') stage.say(`${run.name}: ${journal.returned(error)}`);
        stage.end(run, 'done');
      },
    );
  }

  function poll(faults: readonly Fault[]): Run {
    const run = stage.start(name('poll'), faults);
    const end = stage.now + runMs;
    begin(run, async () => {
      const looks = await wirePoll(config, platformOf(run))({}, () => Math.max(leastMs, end - stage.now));
      journal.returned(looks);
      journal.looked(run, looks, cloud.served.at(-1));
      return looks
        .map(({ ok, revision, events, error }) =>
          ok ? `revision ${revision}, ${events.map((event) => event.type).join(', ') || 'nothing new'}` : String(error),
        )
        .join('; ');
    });
    return run;
  }

  async function deliver(faults: readonly Fault[]): Promise<{ readonly run: Run; readonly taken: number }> {
    const batch: readonly Received[] = await queue.receive(batchSize);
    const run = stage.start(name('deliver'), faults);
    const end = stage.now + runMs;
    begin(run, async () => {
      const { done } = queueOf(stage, run, queue);
      const results = await wireDeliver(configNow(), platformOf(run))(batch, () => end - stage.now);
      journal.returned(results);
      for (const result of results) {
        // What cannot be taken out of the queue comes again.
        if (!staysQueued(result)) await done(result.handle).catch(() => undefined);
      }
      return (
        results.map(({ id, destination, outcome }) => `${destination} ${id} ${outcome}`).join(', ') || 'nothing due'
      );
    });
    return { run, taken: batch.length };
  }

  async function backfill(request: Readonly<Record<string, unknown>>, faults: readonly Fault[]): Promise<void> {
    const run = stage.start(name(request['dryRun'] === true ? 'dry run' : 'backfill'), faults);
    const id = `r${numbered}`;
    begin(run, async () => {
      const result = await wireBackfill(config, platformOf(run))(request, id);
      journal.returned(result);
      return `${JSON.stringify(request)}: ${result.enqueued} sent again`;
    });
    await stage.play();
  }

  async function drain(most: number): Promise<void> {
    for (let count = 0; count < most; count++) {
      const { taken } = await deliver([]);
      await stage.play();
      if (taken === 0) return;
    }
  }

  async function invoke({ what, faults }: Invocation): Promise<Run> {
    return what === 'poll' ? poll(faults) : (await deliver(faults)).run;
  }

  async function obey(command: Command): Promise<void> {
    switch (command.do) {
      case 'act':
        stage.say(`the cloud: ${command.act} (${command.plan})`);
        return cloud.act(command.act, command.plan);
      case 'burst':
        stage.say(`the cloud: ${command.count} times ${command.act}`);
        for (let which = 0; which < command.count; which++) cloud.act(command.act, which);
        return;
      case 'cloud':
        stage.say(`the cloud is ${command.mood}`);
        cloud.mood = command.mood;
        return;
      case 'chat':
        stage.say(`${command.to} will say: ${command.next.join('; ')}`);
        chats.next[command.to] = [...command.next];
        return;
      case 'outage':
        stage.say(`${command.to} for ${command.hours} h: ${command.answer}`);
        chats.moods[command.to] = { answer: command.answer, until: stage.now + command.hours * 3_600_000 };
        return;
      case 'style':
        stage.say(`the board is told in the style ${command.style}`);
        style = command.style;
        styles.add(style);
        return;
      case 'delete':
        stage.say('somebody deletes a message of the board');
        deletions++;
        return chats.board.remove(command.which);
      case 'wait':
        stage.now += command.seconds * 1000;
        return stage.play();
      case 'run':
        for (const one of command.runs) await invoke(one);
        return stage.play(command.order);
      case 'drain':
        return drain(command.most);
      case 'backfill':
        return backfill(command.request, command.faults);
    }
  }

  /** The faults end, and time goes on until planwatch has nothing left to do. */
  async function heal(): Promise<void> {
    stage.say('From here on nothing fails.');
    cloud.mood = 'fine';
    for (const to of Object.keys(chats.next)) chats.next[to] = [];
    for (const to of Object.keys(chats.moods)) delete chats.moods[to];
    let quiet = 0;
    for (let round = 0; round < 60 && quiet < 3; round++) {
      // Longer than a message stays in hand, and than a plan must be missing.
      stage.now += 200_000;
      const before = objects.size;
      poll([]);
      await stage.play();
      for (let count = 0; count < 200; count++) {
        const { messages, nextDueAt } = await queue.waiting();
        if (messages === 0) break;
        if (nextDueAt !== undefined) stage.now = Math.max(stage.now, nextDueAt);
        await deliver([]);
        await stage.play();
      }
      const idle = (await queue.waiting()).messages === 0 && objects.size === before;
      quiet = idle ? quiet + 1 : 0;
    }
    if (quiet < 3) journal.broke('I1: planwatch does not come to rest');
  }

  return {
    stage,
    objects,
    queue,
    journal,
    cloud,
    chats,
    styles,
    deletions: () => deletions,
    obey,
    heal,
    poll,
    deliver,
  };
}
