import { describe, expect, test } from '@jest/globals';
import { planEvent } from '../../lib/core/event.ts';
import { catchUp } from '../../lib/flow/catch-up.ts';
import type { Known } from '../../lib/flow/known.ts';
import { recover } from '../../lib/flow/recover.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import { plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';

const hour = 3_600_000;
const at = '2026-11-24T02:00:00.000Z';
const identity = { endpoint: 'https://servicestage.test', projectId: 'p', edition: 'release-plans' };
const place = { source: 'shop', region: 'r', projectId: 'p' };
const [a, b] = [plan({ id: 'a' }), plan({ id: 'b' })];
const failedA = plan({ id: 'a', status: 'FAILED' });
const notice = (type: string, id: string) => ({ id, type, source: 'shop', time: at });

type Part = Partial<LogEntry> | 'damaged';
const baseline: Part = { plans: [a, b], events: [notice('source.watching', 'w') as never] };
const change: Part = { events: [planEvent({ type: 'plan.status', plan: failedA, from: 'CREATED' }, 'c', at, place)] };
const outage: Part = { events: [notice('source.unreachable', 'u') as never] };
const toldLost: Part = { events: [notice('state.lost', 'l') as never, ...(change.events ?? [])] };

/** The log of one source, its first entry under revision 1, each told to both chats. */
async function worldWith(parts: readonly Part[]): Promise<World> {
  const world = createWorld();
  for (const [index, part] of parts.entries()) {
    const revision = index + 1;
    const key = `log/shop/${String(revision).padStart(12, '0')}.json`;
    if (part === 'damaged') {
      world.objects.set(key, '{"v":1,"rev');
      continue;
    }
    const events = (part.events ?? []).map((event) => ({ ...event, id: `shop-${revision}` }));
    const deliveries = events.slice(0, 1).map(({ id }) => ({ id, destination: 'oncall', events: [id] }));
    await world.ledger.log.commit('shop', { v: 1, revision, at, identity, deliveries, ...part, events });
  }
  return world;
}

const kept = (world: World) => [...world.objects.keys()].find((key) => key.startsWith('quarantine/'));
const queued = async (world: World) =>
  (await world.queue.receive(100)).map(({ body }) => {
    const { id, destination, queuedAt } = JSON.parse(body);
    return { id, destination, queuedAt };
  });
const lostWords = 'The checkpoint was lost; planwatch went on from its log.';

describe('a source without a checkpoint', () => {
  test.each<[string, Part[], Known]>([
    ['without any log: a first look', [], { revision: 0, digest: '' }],
    [
      'with a baseline: not finished, so nothing is lost',
      [baseline],
      { revision: 1, digest: '', identity, plans: [a, b] },
    ],
    [
      'with more: what the log adds up to, and that something was lost',
      [baseline, change],
      { revision: 2, digest: '', identity, plans: [failedA, b], lost: lostWords },
    ],
    [
      'with more, of which the last tells that already: it is not told twice',
      [baseline, change, toldLost],
      { revision: 3, digest: '', identity, plans: [failedA, b] },
    ],
    [
      'told of before and lost again: told again',
      [baseline, toldLost, change],
      { revision: 3, digest: '', identity, plans: [failedA, b], lost: lostWords },
    ],
    ['and no list ever: there was none to lose', [outage], { revision: 1, digest: '', identity }],
    [
      'with a new baseline at the end: not finished, so nothing is lost',
      [baseline, change, { ...baseline, plans: [b] }],
      { revision: 3, digest: '', identity, plans: [b] },
    ],
    [
      'with damage before the last baseline: it does not count any more',
      [baseline, 'damaged', baseline],
      { revision: 3, digest: '', identity, plans: [a, b] },
    ],
  ])('%s', async (_rule, parts, known) => {
    const world = await worldWith(parts);
    expect(await recover(world.pollDeps, 'shop')).toStrictEqual(known);
  });

  test.each<[string, Part[], object]>([
    ['at the beginning', ['damaged', change], { revision: 2, identity }],
    ['in the middle', [baseline, 'damaged', change], { revision: 3, identity, plans: [failedA, b] }],
    ['at the end', [baseline, change, 'damaged'], { revision: 3, identity, plans: [failedA, b] }],
    ['in a log that told of a loss', [baseline, 'damaged', toldLost], { revision: 3, identity, plans: [failedA, b] }],
  ])(
    'and with damage %s: goes on from the rest, and says where the damaged entry is kept',
    async (_where, parts, known) => {
      const world = await worldWith(parts);
      expect(await recover(world.pollDeps, 'shop')).toStrictEqual({
        digest: '',
        lost: `The checkpoint was lost and a log entry was damaged; it is kept as ${kept(world)}.`,
        ...known,
      });
    },
  );

  test('an entry that was listed and is gone when it is read is passed over', async () => {
    const world = await worldWith([baseline, change]);
    const log = {
      ...world.ledger.log,
      async *entries(source: string) {
        for await (const entry of world.ledger.log.entries(source)) {
          yield entry.revision === 2 ? { revision: 2, reading: { kind: 'absent' } as const } : entry;
        }
      },
    };
    const deps = { ...world.pollDeps, ledger: { ...world.ledger, log } };
    expect(await recover(deps, 'shop')).toStrictEqual({ revision: 2, digest: '', identity, plans: [a, b] });
  });

  test('an outage that is known to be told is not queued again at every look', async () => {
    const world = await worldWith([baseline, change]);
    await recover(world.pollDeps, 'shop', world.json('log/shop/000000000002.json').events[0].id);
    expect((await queued(world)).map((one) => (one as { id: string }).id)).not.toContain('shop-2');
  });

  test('nor what was told with it', async () => {
    const world = await worldWith([baseline]);
    const events = [notice('state.lost', 'shop-2-0'), notice('source.unreachable', 'shop-2-1')] as LogEntry['events'];
    const deliveries = [{ id: 'shop-2-0', destination: 'oncall', events: ['shop-2-0'] }];
    await world.ledger.log.commit('shop', { v: 1, revision: 2, at, identity, events, deliveries });
    await recover(world.pollDeps, 'shop', 'shop-2-1');
    expect((await queued(world)).map(({ id }) => id)).toEqual(['shop-1']);
  });

  test('queues again, in order and by the times of the log, what is younger than giving up and a day', async () => {
    const world = await worldWith([baseline, { ...change, at: '2026-11-24T02:00:00.001Z' }, change]);
    world.clock.ms = Date.parse(at) + (72 + 24) * hour;
    await recover(world.pollDeps, 'shop');
    expect(await queued(world)).toEqual([
      { id: 'shop-2', destination: 'oncall', queuedAt: '2026-11-24T02:00:00.001Z' },
    ]);
    const earlier = await worldWith([baseline, change]);
    earlier.clock.ms = Date.parse(at) + (72 + 24) * hour - 1;
    await recover(earlier.pollDeps, 'shop');
    expect((await queued(earlier)).map(({ id }) => id)).toEqual(['shop-1', 'shop-2']);
  });
});

describe('what another run committed', () => {
  const start: Known = { revision: 1, digest: 'd', identity, plans: [a, b] };
  const healthy = { v: 1, failures: 0 } as const;
  const failing = { v: 1, failures: 3, since: at, reason: 'HTTP 502' } as const;

  test('nothing: nothing changes, and nothing is written', async () => {
    const world = await worldWith([baseline]);
    const before = new Map(world.objects);
    expect(await catchUp(world.pollDeps, 'shop', start, failing)).toStrictEqual({
      known: start,
      health: failing,
      adopted: [],
    });
    expect(world.objects).toEqual(before);
    expect(await queued(world)).toEqual([]);
  });

  test('changes: they are queued as they were decided, and the checkpoint says what they add up to', async () => {
    const world = await worldWith([baseline, change, { ...change, at: '2026-11-24T02:30:00.000Z' }]);
    const { known, health, adopted } = await catchUp(world.pollDeps, 'shop', start, healthy);
    expect(known).toStrictEqual({ revision: 3, digest: '', identity, plans: [failedA, b] });
    expect(health).toEqual(healthy);
    expect(adopted.map(({ revision }) => revision)).toEqual([2, 3]);
    expect(await queued(world)).toEqual([
      { id: 'shop-2', destination: 'oncall', queuedAt: at },
      { id: 'shop-3', destination: 'oncall', queuedAt: '2026-11-24T02:30:00.000Z' },
    ]);
    expect(world.json('checkpoint/shop.json')).toEqual({
      v: 1,
      at: '2026-11-24T03:00:00.000Z',
      count: known.plans?.length,
      ...known,
    });
    expect(world.objects.has('health/shop.json')).toBe(false);
  });

  test('an outage before there was any list: it is known as told, and there is nothing for a checkpoint', async () => {
    const world = await worldWith([outage]);
    const { known, health } = await catchUp(world.pollDeps, 'shop', { revision: 0, digest: '' }, failing);
    expect(known).toStrictEqual({ revision: 1, digest: '', identity });
    expect(health).toEqual({ ...failing, told: 'shop-1' });
    expect(world.json('health/shop.json')).toEqual(health);
    expect(world.objects.has('checkpoint/shop.json')).toBe(false);
  });

  test('a first baseline: its list is the list', async () => {
    const world = await worldWith([baseline]);
    const { known } = await catchUp(world.pollDeps, 'shop', { revision: 0, digest: '' }, healthy);
    expect(known).toStrictEqual({ revision: 1, digest: '', identity, plans: [a, b] });
  });

  test('a damaged entry is passed over and to be told; no checkpoint says that all is well before it is', async () => {
    const world = await worldWith([baseline, 'damaged', change]);
    const { known, adopted } = await catchUp(world.pollDeps, 'shop', start, healthy);
    const lost = `Log entry 2 was damaged; it is kept as ${kept(world)}.`;
    expect(known).toStrictEqual({ revision: 3, digest: '', identity, plans: [failedA, b], lost });
    expect(adopted.map(({ revision }) => revision)).toEqual([3]);
    expect(world.objects.has('checkpoint/shop.json')).toBe(false);
    const alone = await worldWith([baseline, 'damaged']);
    expect((await catchUp(alone.pollDeps, 'shop', start, healthy)).known).toStrictEqual({
      ...start,
      revision: 2,
      digest: '',
      lost: expect.stringContaining('Log entry 2 was damaged'),
    });
  });
});
