import type { Config } from '../lib/core/config.ts';
import type { LogEntry } from '../lib/ledger/log.ts';
import type { ObjectStore } from '../lib/ports.ts';
import { createMemoryQueue } from '../lib/queues/memory.ts';
import { createMemoryStore } from '../lib/stores/memory.ts';
import { staysQueued, wireDeliver, wirePoll } from '../lib/wire.ts';
import { slackId } from '../test/simulation/chats.ts';
import { type Effort, type Figure, type Part, quantile } from './figure.ts';
import { type Copy, judge, type Verdict } from './scale/judge.ts';
import { createVirtualTime, type VirtualTime } from './scale/virtual-time.ts';
import { createWatched } from './scale/watched.ts';

/** How long things take, in virtual ms: guesses at a real network, and nothing is concluded from them but the order of things. */
const takes = { store: 20, queue: 20, list: 300, post: 150 };
const minute = 60_000;
/** serverless.yml: what poll and deliver are given. */
const timeoutMs = { poll: 60_000, deliver: 120_000 };
/** Of so many posts one is refused, and one is taken and its answer lost. */
const trouble = { busy: 500, lost: 701 };

/** Each hears of so many sources; and every failure goes to one Slack besides. */
const sourcesOfTeam = 20;

const teams = (sources: number): string[] =>
  Array.from({ length: Math.ceil(sources / sourcesOfTeam) }, (_, index) => `team-${index}`);

const configFor = (sources: number): Config => ({
  sources: Array.from({ length: sources }, (_, index) => ({
    name: `source-${index}`,
    region: 'ap-southeast-3',
    projectId: index.toString(16).padStart(32, '0'),
    edition: 'release-plans',
    auth: { token: 'env:TOKEN' },
  })),
  destinations: {
    ...Object.fromEntries(teams(sources).map((name) => [name, { kind: 'webhook', url: `https://${name}.test/in` }])),
    failures: { kind: 'slack', url: 'env:SLACK' },
  },
  routes: [
    ...teams(sources).map((name, team) => ({
      match: {
        source: Array.from({ length: sourcesOfTeam }, (_, index) => `source-${team * sourcesOfTeam + index}`),
      },
      to: [name],
    })),
    { match: { class: ['bad'] }, to: ['failures'] },
  ],
  notices: ['failures'],
  giveUpAfterMs: 72 * 60 * minute,
});

/** Chats that take everything, but for the trouble above. */
function createChats(time: VirtualTime) {
  const copies: Copy[] = [];
  const unclear = new Set<string>();
  let posts = 0;
  async function post(url: URL, text: string): Promise<Response> {
    const isSlack = url.hostname === 'hooks.slack.com';
    const destination = isSlack ? 'failures' : (url.hostname.split('.')[0] ?? '');
    posts++;
    await time.sleep(takes.post);
    if (posts % trouble.busy === 0) return new Response('busy', { status: 503 });
    const body = JSON.parse(text);
    const delivery = isSlack ? slackId(body) : String(body.id);
    copies.push({ destination, delivery, at: time.ms() });
    if (posts % trouble.lost !== 0) return new Response('ok');
    unclear.add(`${destination} ${delivery}`);
    throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
  }
  return { copies, unclear, post, posts: () => posts };
}

/** Takes its time, and counts. */
function slowed(store: ObjectStore, time: VirtualTime, count: () => void): ObjectStore {
  const after = async <T>(act: () => Promise<T>): Promise<T> => {
    count();
    await time.sleep(takes.store);
    return act();
  };
  return {
    get: (key) => after(() => store.get(key)),
    put: (key, body) => after(() => store.put(key, body)),
    create: (key, body) => after(() => store.create(key, body)),
    remove: (key) => after(() => store.remove(key)),
    list: (prefix) => store.list(prefix),
  };
}

type Size = { readonly sources: number; readonly plans: number; readonly share: number; readonly minutes: number };

async function simulate(size: Size) {
  const time = createVirtualTime(Date.parse('2026-11-24T03:00:00.000Z'));
  const watched = createWatched(size);
  const chats = createChats(time);
  const objects = new Map<string, string>();
  const queue = createMemoryQueue({ now: time.now, visibilityMs: 6 * timeoutMs.deliver });
  let [requests, deepest] = [0, 0];
  const config = configFor(size.sources);
  const platform = {
    store: slowed(createMemoryStore(objects), time, () => {
      requests++;
    }),
    queue: {
      send: async (messages: Parameters<typeof queue.send>[0]) => {
        await time.sleep(takes.queue);
        return queue.send(messages);
      },
      delay: async (handle: string, seconds: number) => {
        await time.sleep(takes.queue);
        return queue.delay(handle, seconds);
      },
    },
    secrets: Object.assign(
      async (ref: string) => (ref === 'env:SLACK' ? 'https://hooks.slack.com/services/T0/B0/x' : 'token'),
      { forget: () => undefined },
    ),
    fetch: (async (input, init) => {
      const request = new Request(input, init as RequestInit);
      const url = new URL(request.url);
      if (!url.hostname.startsWith('servicestage.')) return chats.post(url, await request.text());
      await time.sleep(takes.list);
      if (url.pathname.endsWith('deploy-info')) return Response.json({ components: [] });
      return new Response(watched.show(Number.parseInt(url.pathname.split('/')[2] ?? '', 16)));
    }) as typeof globalThis.fetch,
    now: time.now,
    random: () => 0.5,
    sleep: time.sleep,
  };
  const poll = wirePoll(config, platform);
  const deliver = wireDeliver(config, platform);

  const ticks: number[] = [];
  const failed: string[] = [];
  let [looking, over] = [0, false];
  /** One invocation of poll; a later one may begin before it ends, as on AWS. */
  async function tick(): Promise<void> {
    looking++;
    const began = time.ms();
    const looks = await poll({}, () => timeoutMs.poll - (time.ms() - began));
    ticks.push(time.ms() - began);
    for (const { source, ok, contended, error } of looks) {
      if (!ok || contended) failed.push(`${source}: ${error ?? 'contended'}`);
    }
    looking--;
  }
  async function timer(): Promise<void> {
    for (let count = 0; count <= size.minutes; count++) {
      void tick();
      await time.sleep(minute / 2);
      if (count < size.minutes) watched.move(time.ms());
      await time.sleep(minute / 2);
    }
    over = true;
  }
  /** One of as many as there are destinations: so many batches Lambda runs at once. */
  async function consumer(): Promise<void> {
    for (;;) {
      const batch = await queue.receive(10);
      if (batch.length === 0) await time.sleep(1_000);
      const began = time.ms();
      const results = await deliver(batch, () => timeoutMs.deliver - (time.ms() - began));
      for (const result of results) if (!staysQueued(result)) await queue.done(result.handle);
    }
  }
  void timer();
  for (const _destination of Object.keys(config.destinations)) void consumer();
  let left = 0;
  const look = async () => {
    left = (await queue.waiting()).messages;
    deepest = Math.max(deepest, left);
    await time.sleep(1000);
    void look();
  };
  void look();
  await time.run(() => over && looking === 0 && left === 0);

  const logs = config.sources.map(({ name }) =>
    [...objects]
      .filter(([key]) => key.startsWith(`log/${name}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, body]) => JSON.parse(body) as LogEntry),
  );
  const aside = [...objects.keys()].filter((key) => /^(dead-letters|quarantine)\//.test(key)).length;
  const verdict = judge(
    logs,
    watched.projects.map(({ transitions }) => transitions),
    chats.copies,
    chats.unclear,
  );
  return { verdict, aside, ticks, failed, deepest, requests, posts: chats.posts(), hours: size.minutes / 60 };
}

const sizes: Readonly<Record<Effort, Size>> = {
  full: { sources: 200, plans: 1_000, share: 0.05, minutes: 60 },
  short: { sources: 20, plans: 100, share: 0.05, minutes: 10 },
};

/** One deployment under load, in virtual time: every transition that a list showed against all that was told. */
export const scale: Part = async (effort) => {
  const size = sizes[effort];
  const began = process.cpuUsage();
  const { verdict, aside, ticks, failed, deepest, requests, posts, hours } = await simulate(size);
  const { user, system } = process.cpuUsage(began);
  const figure = (what: string, value: number, unit = '', spread?: Figure['spread']): Figure => ({
    part: 'scale',
    figure: `${size.sources} sources × ${size.plans.toLocaleString('en')} plans: ${what}`,
    value,
    unit,
    ...(spread && { spread }),
  });
  const promises: readonly (readonly [string, keyof Verdict & ('lost' | 'invented' | 'outOfOrder' | 'repeats')])[] = [
    ['lost', 'lost'],
    ['told though it never was', 'invented'],
    ['told out of order', 'outOfOrder'],
    ['told twice without a lost answer', 'repeats'],
  ];
  const quartiles = (values: readonly number[]): Figure['spread'] => [quantile(values, 0.25), quantile(values, 0.75)];
  return [
    figure('events a minute', verdict.events / size.minutes),
    ...promises.map(([what, key]) => figure(what, Number(verdict[key]))),
    figure('dead letters, damaged objects and looks that failed', aside + failed.length),
    figure('one tick of poll', quantile(ticks, 0.5), 'virtual ms', quartiles(ticks)),
    figure('seen → told', quantile(verdict.delays, 0.5), 'virtual ms', quartiles(verdict.delays)),
    figure('most messages in the queue', deepest),
    figure('S3 requests an hour', requests / hours),
    figure('messages posted an hour', posts / hours),
    figure('CPU for an hour of it', (user + system) / 1e6 / hours, 's'),
  ];
};
