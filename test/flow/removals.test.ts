import { describe, expect, test } from '@jest/globals';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import type { Look } from '../../lib/flow/known.ts';
import { poll } from '../../lib/flow/poll.ts';
import { confirmRemovals } from '../../lib/flow/removals.ts';
import type { Whereabouts } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const [a, b, c] = [plan({ id: 'a' }), plan({ id: 'b' }), plan({ id: 'c' })];
const typesOf = ({ events }: Look) => events.map(({ type }) => type);

/** A world that knows `plans`, and then for half a minute was shown only `listed`. */
async function missing(plans: readonly ReleasePlan[], listed: readonly ReleasePlan[]) {
  const world = createWorld();
  world.cloud.plans = plans;
  await world.poll();
  world.cloud.plans = listed;
  await world.poll();
  world.clock.ms += 30_000;
  const again = (seconds: number) => {
    world.clock.ms += seconds * 1_000;
    world.cloud.confirmed.length = 0;
    return world.poll();
  };
  return { ...world, again };
}

describe('before a plan is told to be gone it is asked for', () => {
  test.each<[answer: Whereabouts, told: readonly string[]]>([
    ['gone', ['plan.removed']],
    ['unknown', ['plan.removed']],
    ['there', ['source.degraded']],
  ])('%s: %j', async (answer, told) => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: answer };
    expect(world.cloud.confirmed).toEqual([]);
    expect(typesOf(await world.poll())).toEqual(told);
    expect(world.cloud.confirmed).toEqual(['b']);
  });

  test('one that does not answer in words that we know is told as well', async () => {
    const world = await missing([a, b], [a]);
    const shop = {
      ...world.pollDeps.sources.shop,
      confirmRemoved: async () => Promise.reject(new SourceError('HTTP 502', 'Wait.')),
    };
    const [look] = await poll({ ...world.pollDeps, sources: { shop } }, {}, () => 60_000);
    expect(look?.events).toMatchObject([{ type: 'plan.removed', plan: { id: 'b' } }]);
  });

  test('five a look; where those are gone, all are', async () => {
    const many = Array.from({ length: 12 }, (_, i) => plan({ id: `p${i}` }));
    const world = await missing(many, []);
    expect(typesOf(await world.poll())).toEqual(many.map(() => 'plan.removed'));
    expect(world.cloud.confirmed).toHaveLength(5);
  });
});

describe('a list that does not show a plan which is still there', () => {
  test('is told of once, in words that name the plan and how many, and the plan stays known', async () => {
    const world = await missing([a, b, c], [a]);
    world.cloud.whereabouts = { b: 'there', c: 'there' };
    const look = await world.poll();
    expect(look).toMatchObject({ ok: true, plans: 3 });
    expect(look.events).toMatchObject([
      {
        id: 'shop-000000000002-0',
        type: 'source.degraded',
        lacks: 'plans',
        count: 2,
        reason:
          'The list is not whole: it no longer shows 2 plans, "release-b" among them, which ServiceStage still has.',
        advice: expect.stringContaining('delete release plans'),
      },
    ]);
    expect(world.json('checkpoint/shop.json')).toMatchObject({ revision: 2, digest: '', plans: [a, b, c] });
    expect(world.json('health/shop.json').truncated).toEqual({
      told: 'shop-000000000002-0',
      asked: world.deps.now().toISOString(),
    });
  });

  test('of a single plan is told by its name alone', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    const { events } = await world.poll();
    expect(events).toMatchObject([
      {
        count: 1,
        reason: 'The list is not whole: it no longer shows "release-b", which ServiceStage still has.',
      },
    ]);
  });

  test('is asked about again after five minutes and not before, and looks in between write nothing', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    await world.poll();
    const before = new Map(world.objects);
    for (const seconds of [60, 60, 60, 60, 59]) {
      expect(typesOf(await world.again(seconds))).toEqual([]);
      expect(world.cloud.confirmed).toEqual([]);
    }
    expect(world.objects).toEqual(before);
    expect(typesOf(await world.again(1))).toEqual([]);
    expect(world.cloud.confirmed).toEqual(['b']);
    expect(typesOf(await world.again(60))).toEqual([]);
    expect(world.cloud.confirmed).toEqual([]);
  });

  test('nothing that it lacks is gone, but what itself says so; that is told then', async () => {
    const many = Array.from({ length: 7 }, (_, i) => plan({ id: `p${i}` }));
    const world = await missing([a, ...many], [a]);
    world.cloud.whereabouts = Object.fromEntries(many.map(({ id }) => [id, 'unknown']));
    world.cloud.whereabouts['p0'] = 'there';
    // Whose turn it is follows the clock.
    world.clock.ms = Date.UTC(2026, 10, 24, 7, 0);
    while ((Math.floor(world.clock.ms / 300_000) * 5) % 7 !== 0) world.clock.ms += 300_000;
    expect(typesOf(await world.poll())).toEqual(['source.degraded']);
    // Not one of those whose turn was first.
    world.cloud.whereabouts['p6'] = 'gone';
    const told: string[] = [];
    for (let turn = 0; turn < 7; turn++) {
      const { events } = await world.again(300);
      told.push(...events.map((event) => ('plan' in event ? `${event.type} ${event.plan.id}` : event.type)));
      expect(world.cloud.confirmed).toHaveLength(5);
    }
    expect(told).toEqual(['plan.removed p6']);
  });

  test('where each that was asked is gone the rest is asked at the next look, not in five minutes', async () => {
    const many = Array.from({ length: 7 }, (_, i) => plan({ id: `p${i}` }));
    const world = await missing([a, ...many], [a]);
    world.cloud.whereabouts = Object.fromEntries(many.map(({ id }) => [id, 'there']));
    expect(typesOf(await world.poll())).toEqual(['source.degraded']);
    world.cloud.whereabouts = {};
    expect(typesOf(await world.again(300))).toHaveLength(5);
    expect(typesOf(await world.again(1))).toEqual(['plan.removed', 'plan.removed']);
    expect(world.json('health/shop.json')).not.toHaveProperty('truncated');
    expect(world.json('checkpoint/shop.json').plans).toEqual([a]);
  });

  test('whole again it is forgotten, and told anew when it is cut anew', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    await world.poll();
    world.cloud.plans = [a, b];
    expect(typesOf(await world.again(60))).toEqual([]);
    expect(world.json('health/shop.json')).toEqual({ v: 1, failures: 0 });
    world.cloud.plans = [a];
    await world.again(60);
    expect(typesOf(await world.again(30))).toEqual(['source.degraded']);
  });

  test('changes of what it shows are told as ever, and a new name is kept', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    await world.poll();
    world.cloud.plans = [{ ...a, name: 'renamed' }];
    expect(typesOf(await world.again(60))).toEqual([]);
    expect(world.json('checkpoint/shop.json').plans).toEqual([{ ...a, name: 'renamed' }, b]);
    world.cloud.plans = [{ ...a, status: 'SUCCESS' }];
    expect(typesOf(await world.again(60))).toEqual(['plan.status']);
    world.cloud.plans = [
      { ...a, status: 'SUCCESS' },
      { ...b, status: 'FAILED' },
    ];
    expect((await world.again(60)).events).toMatchObject([{ type: 'plan.status', plan: { id: 'b' }, from: 'CREATED' }]);
  });

  test('an outage in between does not make it news again', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    await world.poll();
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    for (let i = 0; i < 3; i++) await world.again(60);
    world.cloud.plans = [a];
    expect(typesOf(await world.again(60))).toEqual(['source.recovered']);
    expect(typesOf(await world.again(600))).toEqual([]);
    expect(world.cloud.confirmed).toEqual(['b']);
  });

  test('a look that fails does not take it for whole', async () => {
    const world = createWorld();
    const truncated = { told: 'shop-000000000002-0', asked: '2026-11-24T02:59:00.000Z' };
    await world.poll();
    await world.ledger.health.save('shop', { v: 1, failures: 0, truncated });
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    await world.poll();
    expect(world.json('health/shop.json')).toMatchObject({ failures: 1, truncated });
  });

  test('one that died before it wrote down what it told does not tell it twice', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    const [health, checkpoint] = [world.objects.get('health/shop.json'), world.objects.get('checkpoint/shop.json')];
    await world.poll();
    world.objects.set('health/shop.json', health ?? '');
    world.objects.set('checkpoint/shop.json', checkpoint ?? '');
    expect(typesOf(await world.again(1))).toEqual([]);
    expect(world.json('health/shop.json').truncated).toMatchObject({ told: 'shop-000000000002-0' });
    expect(world.json('checkpoint/shop.json').plans).toEqual([a, b]);
  });

  test.each([
    ['as long ago as five minutes', -300, true],
    ['less than that', -299, false],
    ['at this very moment', 0, false],
    ['at a time to come: the clock was set back', 1, true],
  ])('that was asked about %s', async (_when, seconds, asks) => {
    const { cloud, pollDeps, clock } = createWorld();
    const asked = new Date(clock.ms + seconds * 1_000).toISOString();
    const { health, kept } = await confirmRemovals(
      pollDeps.sources.shop,
      {
        changes: [{ type: 'plan.removed', plan: b }],
        missing: { b: asked },
        health: { v: 1, failures: 0, truncated: { told: 'e', asked } },
        now: new Date(clock.ms),
      },
      AbortSignal.timeout(60_000),
      new Map([['b', 'unknown']]),
    );
    expect(kept).toEqual([b]);
    expect(health.missing).toEqual({ b: asked });
    expect(health.truncated).toEqual({ told: 'e', asked: asks ? new Date(clock.ms).toISOString() : asked });
    expect(cloud.confirmed).toEqual([]);
  });

  test('another list under the same name starts with nothing to hold against it', async () => {
    const world = await missing([a, b], [a]);
    world.cloud.whereabouts = { b: 'there' };
    await world.poll();
    world.cloud.endpoint = 'https://elsewhere.test';
    expect(typesOf(await world.again(60))).toEqual(['source.changed']);
    expect(world.json('health/shop.json')).toEqual({ v: 1, failures: 0 });
  });
});

test('two looks at once that both ask come to one decision', async () => {
  const world = await missing([a, b], [a]);
  world.cloud.whereabouts = { b: 'there' };
  const later = { ...world.pollDeps, now: () => new Date(world.clock.ms + 5) };
  const looks = (await Promise.all([poll(world.pollDeps, {}, () => 60_000), poll(later, {}, () => 60_000)])).flat();
  expect(looks.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['source.degraded']);
  expect([...world.objects.keys()].filter((key) => key.startsWith('log/'))).toHaveLength(2);
});
