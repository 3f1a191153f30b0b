/**
 * Writes what a release leaves behind: every kind of stored object and queue message, as the code of today makes them.
 * Run once for each release, and never again for an old one:  node test/upgrade/write-state.ts test/fixtures/state-<version>
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { backfill } from '../../lib/flow/backfill.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import { staysQueued } from '../../lib/flow/delivery-result.ts';
import { poll } from '../../lib/flow/poll.ts';
import type { ObjectStore, PlanSource } from '../../lib/ports.ts';
import { createFileQueue } from '../../lib/queues/file.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const minute = 60_000;
const hour = 60 * minute;
export const destinations = {
  releases: { kind: 'slack' },
  oncall: { kind: 'webhook' },
  archive: { kind: 'webhook' },
  pager: { kind: 'webhook' },
};

/** One watched list of the test's own. */
export function listOf(name: string) {
  const list: { plans: readonly ReleasePlan[] | SourceError; endpoint: string } = {
    plans: [],
    endpoint: 'https://servicestage.test',
  };
  const source: PlanSource = {
    place: { source: name, region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' },
    identity: async () => ({
      endpoint: list.endpoint,
      projectId: '0123456789abcdef0123456789abcdef',
      edition: 'release-plans',
    }),
    async list(known) {
      if (list.plans instanceof SourceError) throw list.plans;
      const digest = createHash('sha256').update(JSON.stringify(list.plans)).digest('hex');
      return digest === known ? { digest } : { digest, plans: list.plans };
    },
    failures: async () => [{ component: 'cart', reason: 'image pull failed' }],
    confirmRemoved: async () => 'gone',
  };
  return { list, source };
}

/** The list of `shop` as it was last seen, but for plan `b`, which was on it until the look before. */
export const shopPlans: readonly ReleasePlan[] = [
  plan({ id: 'a', status: 'SUCCESS', executedAt: '2026-11-24T03:05:00.000Z' }),
  ...Array.from({ length: 12 }, (_, index) => plan({ id: `bulk-${index}`, status: 'RUNNING' })),
];

async function writeState(home: string): Promise<void> {
  let refuse: (key: string) => boolean = () => false;
  const breaking = (store: ObjectStore): ObjectStore => ({
    ...store,
    put: async (key, body) => {
      if (refuse(key)) throw new Error('the store is away');
      await store.put(key, body);
    },
  });
  const world = createWorld({ config: { destinations, notices: ['oncall'] }, store: breaking });
  const [shop, mall, yard] = [listOf('shop'), listOf('mall'), listOf('yard')];
  const sources = { shop: shop.source, mall: mall.source, yard: yard.source };
  let queueIsAway = false;
  const deps = {
    ...world.pollDeps,
    sources,
    queue: {
      ...world.queue,
      send: async (messages: Parameters<typeof world.queue.send>[0]) => {
        if (queueIsAway) throw new Error('the queue is away');
        await world.queue.send(messages);
      },
    },
  };
  const look = () => poll(deps, {}, () => 60_000);
  async function tellAll(): Promise<void> {
    for (;;) {
      const batch = await world.queue.receive(10);
      if (batch.length === 0) return;
      for (const result of await deliver(deps, batch, () => 60_000))
        if (!staysQueued(result)) await world.queue.done(result.handle);
    }
  }
  const pass = (ms: number) => {
    world.clock.ms += ms;
  };
  const at = () => new Date(world.clock.ms).toISOString();
  const always = (destination: string, outcome: (typeof world.answers)[string][number]) => {
    world.answers[destination] = Array.from({ length: 1000 }, () => outcome);
  };

  // First looks; then a plan is run again, and one appears.
  const first = plan({ id: 'a', status: 'SUCCESS', executedAt: '2026-11-24T02:00:00.000Z' });
  const again = { ...first, executedAt: '2026-11-24T03:05:00.000Z' };
  shop.list.plans = [first];
  yard.list.plans = [plan({ id: 'y' })];
  await look();
  await tellAll();
  pass(minute);
  world.answers['oncall'] = [{ kind: 'accepted', reference: 'oncall-1' }];
  world.answers['archive'] = [{ kind: 'delivered', reference: 'archive-1' }];
  shop.list.plans = [again, plan({ id: 'b' })];
  yard.list.plans = [plan({ id: 'y', status: 'RUNNING' })];
  await look();
  await tellAll();

  // One message that oncall will not take, one that archive may have seen before it was given up.
  pass(minute);
  world.answers['oncall'] = [{ kind: 'rejected', reason: 'HTTP 422: no such service' }];
  world.answers['archive'] = [{ kind: 'retry', reason: 'no answer within 10 s', unsure: true }];
  shop.list.plans = [again, plan({ id: 'b', status: 'FAILED', executedAt: at() })];
  await look();
  await tellAll();
  pass(minute);
  world.answers['archive'] = [{ kind: 'rejected', reason: 'HTTP 400: duplicate' }];
  await tellAll();

  // mall is away and back, and away again; yard loses its checkpoint, and is another list afterwards.
  const away = new SourceError('HTTP 503', 'The cloud has trouble of its own.');
  for (const plans of [away, away, away, [], away, away, away]) {
    pass(minute);
    mall.list.plans = plans;
    if (plans !== away) {
      world.objects.delete('checkpoint/yard.json');
      world.objects.set('lanes/releases.json', 'not JSON');
    }
    await look();
    await tellAll();
  }
  yard.list.endpoint = 'https://elsewhere.test';
  await look();
  await tellAll();

  // More changes than ten are told as one, and oncall takes neither that nor the next; releases is refused, pager fails and its notice cannot be queued yet.
  pass(hour + minute);
  always('releases', { kind: 'misconfigured', reason: 'HTTP 404: no_service', advice: 'Make a new incoming webhook.' });
  always('pager', { kind: 'misconfigured', reason: 'HTTP 410' });
  const tooLarge = { kind: 'rejected', reason: 'HTTP 413: too large' } as const;
  world.answers['oncall'] = [tooLarge, { kind: 'delivered' }, { kind: 'delivered' }, tooLarge];
  shop.list.plans = [...shopPlans, plan({ id: 'b', status: 'FAILED' }), plan({ id: 'c' })];
  await look();
  await tellAll();
  // A plan is gone for good, another one is missing since the last look; archive dies before its receipt is written.
  pass(minute);
  shop.list.plans = [...shopPlans, plan({ id: 'b', status: 'FAILED' })];
  await look();
  pass(minute);
  refuse = (key) => key.startsWith('receipts/archive/');
  await look();
  await tellAll();
  refuse = () => false;
  pass(minute);
  shop.list.plans = shopPlans;
  await look();
  queueIsAway = true;
  pass(2 * hour);
  world.objects.set(
    'lanes/pager.json',
    JSON.stringify({ ...world.json('lanes/pager.json'), told: undefined, notBefore: undefined }),
  );
  const [held] = (await world.queue.receive(10)).filter(({ body }) => JSON.parse(body).destination === 'pager');
  if (held) await deliver(deps, [held], () => 60_000);
  queueIsAway = false;

  // By hand: a message again, and what was given up.
  await backfill(deps, { repeat: true, destinations: ['archive'], statuses: ['FAILED'], limit: 1 }, 'run-1');
  await backfill(deps, { deadLetters: true, destinations: ['oncall'] }, 'run-2');

  const store = createFileStore(join(home, 'store'));
  for (const [key, body] of world.objects) await store.put(key, body);
  const now = () => new Date(world.clock.ms);
  const queue = createFileQueue(join(home, 'queue'), { now });
  pass(14 * hour);
  const left = (await world.queue.receive(1000)).map(({ body }) => JSON.parse(body));
  pass(-14 * hour);
  await queue.send(left);
  console.log(`${world.objects.size} objects, ${left.length} messages, as of ${at()}`);
}

if (import.meta.main) await writeState(process.argv[2] ?? '');
