import { describe, expect, test } from '@jest/globals';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { poll, summarize, throwIfAllFailed } from '../../lib/flow/poll.ts';
import type { ObjectStore } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';

const a = plan({ id: 'a' });
const failedA = plan({ id: 'a', status: 'FAILED', executedAt: '2026-11-24T02:00:00.000Z' });

async function watching(plans: readonly ReleasePlan[] = [a]): Promise<World> {
  const world = createWorld();
  world.cloud.plans = plans;
  await world.poll();
  await world.drain();
  world.take();
  return world;
}

const types = (world: World, revision: number): string[] =>
  world.json(`log/shop/${String(revision).padStart(12, '0')}.json`).events.map((event: { type: string }) => event.type);

describe('the first look', () => {
  test('tells that it watches, and nothing of what is there already', async () => {
    const world = createWorld();
    world.cloud.plans = [a, failedA].slice(1);
    const look = await world.poll();
    expect(look).toMatchObject({ ok: true, revision: 1, plans: 1 });
    expect(look.events.map((event) => event.type)).toEqual(['source.watching']);
    expect(world.json('log/shop/000000000001.json')).toMatchObject({ v: 1, revision: 1, plans: [failedA] });
    expect(world.json('checkpoint/shop.json')).toMatchObject({ v: 1, revision: 1, plans: [failedA] });
  });

  test('an empty list is a baseline like any other, so the first plan ever is news', async () => {
    const world = await watching([]);
    world.cloud.plans = [a];
    expect((await world.poll()).events.map((event) => event.type)).toEqual(['plan.appeared']);
  });
});

describe('a later look', () => {
  test('with nothing new writes nothing', async () => {
    const world = await watching();
    const before = new Map(world.objects);
    const look = await world.poll();
    expect(look).toMatchObject({ ok: true, revision: 1, plans: 1, events: [] });
    expect(world.objects).toEqual(before);
  });

  test('a new name is kept though it is not told', async () => {
    const world = await watching();
    world.cloud.plans = [{ ...a, name: 'renamed' }];
    expect((await world.poll()).events).toEqual([]);
    expect(world.json('checkpoint/shop.json')).toMatchObject({ revision: 1, plans: [{ name: 'renamed' }] });
  });

  test('a failure is told to everyone, with the components that failed', async () => {
    const world = await watching();
    world.cloud.plans = [failedA];
    world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    await world.poll();
    await world.drain();
    expect(world.json('log/shop/000000000002.json').events).toEqual([
      {
        id: 'shop-000000000002-0',
        type: 'plan.status',
        source: 'shop',
        time: '2026-11-24T03:00:00.000Z',
        plan: { ...failedA, class: 'bad' },
        from: 'CREATED',
        region: 'ap-southeast-3',
        projectId: 'p',
        failures: [{ component: 'cart', reason: 'image pull failed' }],
      },
    ]);
    expect(world.take()).toEqual(['releases: shop-000000000002-0', 'oncall: shop-000000000002-0']);
  });

  test('a plan is removed only when it is missing again half a minute later, even if the list is the same to the byte', async () => {
    const world = await watching([a, plan({ id: 'b' })]);
    world.cloud.plans = [a];
    expect((await world.poll()).events).toEqual([]);
    world.clock.ms += 29_000;
    expect((await world.poll()).events).toEqual([]);
    world.clock.ms += 1_000;
    expect((await world.poll()).events).toMatchObject([{ type: 'plan.removed', plan: { id: 'b' } }]);
    expect((await world.poll()).events).toEqual([]);
    expect(world.json('health/shop.json').missing).toBeUndefined();
  });

  test('a plan that comes back in between was never gone', async () => {
    const world = await watching([a, plan({ id: 'b' })]);
    world.cloud.plans = [a];
    await world.poll();
    world.clock.ms += 60_000;
    world.cloud.plans = [a, plan({ id: 'b' })];
    expect((await world.poll()).events).toEqual([]);
    expect(world.json('health/shop.json').missing).toBeUndefined();
  });

  test('more than ten changes for one destination become digests that list everything', async () => {
    const world = await watching([]);
    const plans = Array.from({ length: 45 }, (_, i) => plan({ id: `p${i}`, status: i === 44 ? 'FAILED' : 'SUCCESS' }));
    world.cloud.plans = plans;
    await world.poll();
    const { events, deliveries } = world.json('log/shop/000000000002.json');
    expect(events).toHaveLength(45);
    const toOncall = deliveries.filter((one: { destination: string }) => one.destination === 'oncall');
    expect(toOncall.map((one: { events: string[] }) => one.events.length)).toEqual([40, 5]);
    const failed = events.find((event: { plan: { status: string } }) => event.plan.status === 'FAILED').id;
    expect(toOncall[0].events[0]).toBe(failed);
    expect(toOncall[0].id).toBe(`${failed}.d40`);
    await world.drain();
    expect(
      new Set(
        world.told
          .filter((one) => one.destination === 'oncall')
          .flatMap((one) => one.message.events.map((event) => event.id)),
      ).size,
    ).toBe(45);
  });
});

describe('a look that fails', () => {
  const gone = new SourceError('HTTP 502: <html>', 'It should pass; if not, look at the cloud’s status page.');

  test('changes nothing but the count, and is told at the third in a row, once', async () => {
    const world = await watching();
    const checkpoint = world.objects.get('checkpoint/shop.json');
    world.cloud.plans = gone;
    for (const failures of [1, 2]) {
      expect(await world.poll()).toMatchObject({ ok: false, events: [], error: expect.stringContaining('HTTP 502') });
      expect(world.json('health/shop.json')).toMatchObject({ failures, reason: 'HTTP 502: <html>' });
      expect(world.objects.get('checkpoint/shop.json')).toBe(checkpoint);
    }
    expect((await world.poll()).events).toMatchObject([{ type: 'source.unreachable', reason: 'HTTP 502: <html>' }]);
    expect((await world.poll()).events).toEqual([]);
    world.clock.ms += 5 * 60_000;
    world.cloud.plans = [failedA];
    expect((await world.poll()).events.map((event) => event.type)).toEqual(['source.recovered', 'plan.status']);
    expect(world.json('health/shop.json')).toMatchObject({ failures: 0 });
    expect(world.json('health/shop.json').told).toBeUndefined();
  });

  test('one bad minute is nobody’s business', async () => {
    const world = await watching();
    world.cloud.plans = gone;
    await world.poll();
    world.cloud.plans = [a];
    expect((await world.poll()).events).toEqual([]);
    expect(world.json('health/shop.json')).toMatchObject({ failures: 0 });
  });

  test('credentials that never worked are told as well, and the first good list is still a silent baseline', async () => {
    const world = createWorld();
    world.cloud.plans = gone;
    for (let i = 0; i < 4; i++) await world.poll();
    await world.drain();
    expect(world.take()).toEqual(['releases: shop-000000000001-0', 'oncall: shop-000000000001-0']);
    world.cloud.plans = [failedA];
    expect((await world.poll()).events.map((event) => event.type)).toEqual(['source.recovered', 'source.watching']);
    expect(world.json('checkpoint/shop.json')).toMatchObject({ revision: 2, plans: [failedA] });
  });

  test('an old copy of the list is not compared', async () => {
    const world = await watching([failedA]);
    world.cloud.plans = [{ ...failedA, status: 'CREATED', executedAt: '2026-11-24T01:59:00.000Z' }];
    expect(await world.poll()).toMatchObject({ ok: false, error: expect.stringContaining('old copy') });
    expect(world.json('checkpoint/shop.json').plans).toEqual([failedA]);
  });
});

describe('dying and overlapping', () => {
  /** A store that dies at its nth write and stays dead until told otherwise. */
  function mortal() {
    const life = { writesLeft: Number.POSITIVE_INFINITY };
    const alive = () => {
      if (life.writesLeft-- <= 0) throw new Error('killed');
    };
    const wrap = (store: ObjectStore): ObjectStore => ({
      ...store,
      async put(key, body) {
        alive();
        return store.put(key, body);
      },
      async create(key, body) {
        alive();
        return store.create(key, body);
      },
    });
    return { life, wrap };
  }

  test('a poll that died after the commit is finished by the next, and told once', async () => {
    const { life, wrap } = mortal();
    const world = createWorld({ store: wrap });
    world.cloud.plans = [a];
    await world.poll();
    await world.drain();
    world.take();
    world.cloud.plans = [failedA];
    life.writesLeft = 1;
    expect(await world.poll()).toMatchObject({ ok: false, error: 'killed' });
    expect(world.json('checkpoint/shop.json').revision).toBe(1);
    life.writesLeft = Number.POSITIVE_INFINITY;
    const look = await world.poll();
    expect(look).toMatchObject({ ok: true, revision: 2, events: [], adopted: [{ id: 'shop-000000000002-0' }] });
    await world.drain();
    expect(world.take()).toEqual(['releases: shop-000000000002-0', 'oncall: shop-000000000002-0']);
  });

  test('what an entry decided is told whatever today’s routes say', async () => {
    const { life, wrap } = mortal();
    const world = createWorld({ store: wrap });
    world.cloud.plans = [a];
    await world.poll();
    await world.drain();
    world.take();
    world.cloud.plans = [failedA];
    life.writesLeft = 1;
    // The queue dies with the store: nothing of the entry is queued yet.
    const dead = {
      ...world.pollDeps,
      queue: { ...world.queue, send: async () => Promise.reject(new Error('killed')) },
    };
    await poll(dead, {}, () => 60_000);
    life.writesLeft = Number.POSITIVE_INFINITY;
    const rerouted = { ...world.pollDeps, routing: { ...world.pollDeps.routing, routes: [{ to: ['oncall'] }] } };
    await poll(rerouted, {}, () => 60_000);
    await world.drain();
    expect(world.take()).toEqual(['releases: shop-000000000002-0', 'oncall: shop-000000000002-0']);
  });

  test('of two polls at once one decides and the other goes by that', async () => {
    const world = await watching();
    world.cloud.plans = [failedA];
    const later = { ...world.pollDeps, now: () => new Date(world.clock.ms + 5) };
    const looks = (await Promise.all([poll(world.pollDeps, {}, () => 60_000), poll(later, {}, () => 60_000)])).flat();
    expect(looks.map((look) => look.events.length).sort()).toEqual([0, 1]);
    await world.drain();
    expect(world.take()).toEqual(['releases: shop-000000000002-0', 'oncall: shop-000000000002-0']);
    expect([...world.objects.keys()].filter((key) => key.startsWith('log/'))).toHaveLength(2);
  });

  test('the queue is filled before the checkpoint moves', async () => {
    const order: string[] = [];
    const world = createWorld({
      store: (store) => ({
        ...store,
        put: async (key, body) => {
          order.push(key);
          return store.put(key, body);
        },
        create: async (key, body) => {
          order.push(key);
          return store.create(key, body);
        },
      }),
    });
    world.cloud.plans = [a];
    const deps = { ...world.pollDeps, queue: { ...world.queue, send: async () => void order.push('queue') } };
    await poll(deps, {}, () => 60_000);
    expect(order).toEqual(['log/shop/000000000001.json', 'queue', 'checkpoint/shop.json']);
  });
});

describe('the list that the checkpoint knows', () => {
  test('does not hide an entry behind it: that is passed on, and the list is compared with what it says', async () => {
    const world = await watching();
    const checkpoint = world.objects.get('checkpoint/shop.json') ?? '';
    world.cloud.plans = [failedA];
    await world.poll();
    world.objects.set('checkpoint/shop.json', checkpoint);
    world.cloud.plans = [a];
    expect(await world.poll()).toMatchObject({
      adopted: [{ id: 'shop-000000000002-0' }],
      events: [{ id: 'shop-000000000003-0', from: 'FAILED' }],
    });
  });

  test('ends an outage however little was noted of it', async () => {
    const world = await watching();
    world.objects.set('health/shop.json', '{"v":1,"failures":1}');
    await world.poll();
    expect(world.json('health/shop.json')).toMatchObject({ failures: 0 });
  });

  test('and one that it does not know: no object is read twice', async () => {
    const read: string[] = [];
    const spied = (store: ObjectStore): ObjectStore => ({
      ...store,
      get: (key) => {
        read.push(key);
        return store.get(key);
      },
    });
    const world = createWorld({ store: spied });
    world.cloud.plans = [a];
    await world.poll();
    for (const plans of [[a], [failedA]]) {
      read.length = 0;
      world.cloud.plans = plans;
      await world.poll();
      expect(read.toSorted()).toEqual(['checkpoint/shop.json', 'health/shop.json', 'log/shop/000000000002.json']);
    }
  });
});

describe('state that is lost or damaged', () => {
  test.each([
    ['lost', undefined],
    ['cut in half', (text: string) => text.slice(0, text.length / 2)],
    ['damaged behind its head', (text: string) => text.replace('"status"', '"state"')],
  ])(
    'a checkpoint that is %s: no flood, what happened meanwhile is told, and people hear of it once',
    async (_, damage) => {
      const world = await watching();
      world.cloud.plans = [failedA];
      await world.poll();
      await world.drain();
      world.take();
      const checkpoint = world.objects.get('checkpoint/shop.json') ?? '';
      if (damage) world.objects.set('checkpoint/shop.json', damage(checkpoint));
      else world.objects.delete('checkpoint/shop.json');
      world.cloud.plans = [{ ...failedA, status: 'ROLLBACK_SUCCEED' }];
      const look = await world.poll();
      expect(look.events.map((event) => event.type)).toEqual(['state.lost', 'plan.status']);
      await world.drain();
      expect(world.take()).toEqual([
        'releases: shop-000000000003-0',
        'oncall: shop-000000000003-0',
        'releases: shop-000000000003-1',
        'oncall: shop-000000000003-1',
      ]);
      expect((await world.poll()).events).toEqual([]);
      const kept = [...world.objects].filter(([key]) => key.startsWith('quarantine/checkpoint/shop.json/'));
      expect(kept.map(([, body]) => body)).toEqual(damage ? [damage(checkpoint)] : []);
    },
  );

  test('plans that are known are not even read while the list stays the same', async () => {
    const world = await watching();
    const damaged = world.objects.get('checkpoint/shop.json')?.replace('"status"', '"state"') ?? '';
    world.objects.set('checkpoint/shop.json', damaged);
    const before = new Map(world.objects);
    const { plans } = world.cloud;
    expect(await world.poll()).toMatchObject({
      ok: true,
      revision: 1,
      plans: Array.isArray(plans) ? plans.length : 0,
      events: [],
      adopted: [],
      ms: 0,
    });
    expect(world.objects).toEqual(before);
  });

  test('a store that answers everything it is asked for with something else ends the look, and says so', async () => {
    let lies = false;
    const world = createWorld({
      store: (store) => ({
        ...store,
        get: async (key) => (lies && key.startsWith('log/') ? '<html>Sign in</html>' : store.get(key)),
      }),
    });
    world.cloud.plans = [a];
    await world.poll();
    lies = true;
    world.cloud.plans = [a, plan({ id: 'b' })];
    const kept = world.objects.size;
    expect(await world.poll()).toMatchObject({
      ok: false,
      error:
        'Twenty log entries in a row, up to 21 of shop, are not planwatch’s: does something else answer for the store? Look at quarantine/log/shop/; if they are damaged indeed, move them away.',
    });
    expect(world.objects.size).toBe(kept + 20);
    lies = false;
    expect((await world.poll()).events).toMatchObject([{ type: 'plan.appeared' }]);
  });

  test('a damaged log entry is kept, skipped, and what it told is found again', async () => {
    const world = await watching();
    world.objects.set('log/shop/000000000002.json', '{"v":1,"rev');
    world.cloud.plans = [failedA];
    await world.poll();
    expect(types(world, 3)).toEqual(['state.lost', 'plan.status']);
    expect(world.json('log/shop/000000000003.json').plans).toEqual([failedA]);
    expect(await world.poll()).toMatchObject({ revision: 3, events: [] });
  });

  test('an object of a newer version is refused, and nothing is overwritten', async () => {
    const world = await watching();
    world.objects.set('checkpoint/shop.json', '{"v":2}');
    const before = new Map(world.objects);
    expect(await world.poll()).toMatchObject({
      ok: false,
      error: expect.stringContaining('written by a newer planwatch'),
    });
    expect(world.objects).toEqual(before);
  });

  test('another list under the same name is a new baseline, not a hundred changes', async () => {
    const world = await watching();
    world.cloud.endpoint = 'https://elsewhere.test';
    world.cloud.plans = [plan({ id: 'x' }), plan({ id: 'y' })];
    expect((await world.poll()).events).toMatchObject([{ type: 'source.changed', count: 2 }]);
    expect((await world.poll()).events).toEqual([]);
  });
});

describe('what was lost', () => {
  test('is told once, though the look that told it died before its checkpoint', async () => {
    const world = await watching();
    world.objects.set('log/shop/000000000002.json', '{"v":1,"rev');
    world.cloud.plans = [failedA];
    const checkpoint = world.objects.get('checkpoint/shop.json') ?? '';
    await world.poll();
    world.objects.set('checkpoint/shop.json', checkpoint);
    expect(await world.poll()).toMatchObject({ revision: 3, events: [] });
    expect(world.objects.has('log/shop/000000000004.json')).toBe(false);
  });
});

describe('a poll of several sources', () => {
  test('one that fails does not stop the others, and only all of them together fail the invocation', async () => {
    const world = createWorld();
    world.cloud.plans = [a];
    const shop = world.pollDeps.sources.shop;
    const broken = {
      ...shop,
      place: { ...shop.place, source: 'broken' },
      list: async () => Promise.reject(new Error('ours')),
    };
    const deps = { ...world.pollDeps, sources: { broken, shop } };
    const looks = await poll(deps, {}, () => 60_000);
    expect(summarize(looks)).toEqual({
      sources: [
        { source: 'broken', ok: false, revision: 0, plans: 0, events: 0, error: 'ours' },
        { source: 'shop', ok: true, revision: 1, plans: 1, events: 1 },
      ],
    });
    expect(() => throwIfAllFailed(looks)).not.toThrow();
    expect(() => throwIfAllFailed(looks.slice(0, 1))).toThrow('broken: ours');
  });

  test('`only` looks at one; a name that is not there is an error', async () => {
    const world = createWorld();
    await expect(poll(world.pollDeps, { only: 'nope' }, () => 60_000)).rejects.toThrow(
      'There is no source "nope": the configuration has shop.',
    );
  });

  test('a look that could not end in time is not begun, nor counted against the source', async () => {
    const world = createWorld();
    const [look] = await poll(world.pollDeps, {}, () => 9_000);
    expect(look).toMatchObject({ ok: false, error: expect.stringContaining('No time') });
    expect(world.cloud.asked).toBe(0);
    expect(world.objects.size).toBe(0);
  });
});
