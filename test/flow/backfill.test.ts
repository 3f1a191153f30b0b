import { describe, expect, test } from '@jest/globals';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

/** Three looks: watching, one plan that appears, and its failure; nothing told yet. */
async function history() {
  const world = createWorld();
  world.cloud.plans = [];
  await world.poll();
  world.clock.ms += 60_000;
  world.cloud.plans = [plan({ id: 'a' })];
  await world.poll();
  world.clock.ms += 60_000;
  world.cloud.plans = [plan({ id: 'a', status: 'FAILED' })];
  await world.poll();
  return world;
}

describe('backfill', () => {
  test('fills gaps and nothing else: what is settled is skipped', async () => {
    const world = await history();
    await world.drain();
    world.take();
    world.objects.delete('receipts/oncall/shop-000000000003-0.json');
    world.clock.ms += 3_600_000;
    expect(await world.backfill({})).toMatchObject({ matched: 3, enqueued: 1, skipped: 5, dryRun: false });
    await world.drain();
    expect(world.take()).toEqual(['oncall: shop-000000000003-0']);
  });

  test('a dry run sends nothing and shows what it would', async () => {
    const world = await history();
    await world.drain();
    world.objects.delete('receipts/oncall/shop-000000000003-0.json');
    const before = await world.queue.waiting();
    const result = await world.backfill({ dryRun: true });
    expect(result).toMatchObject({
      enqueued: 0,
      dryRun: true,
      deliveries: [{ id: 'shop-000000000003-0', destination: 'oncall', events: ['shop-000000000003-0'] }],
    });
    expect(result.deliveries[0]?.text).toContain('release-a');
    expect(await world.queue.waiting()).toEqual(before);
  });

  test.each([
    ['classes', { classes: ['bad'] }, 1],
    ['types', { types: ['plan.appeared', 'source.watching'] }, 2],
    ['a plan by name', { plans: ['release-a'] }, 2],
    ['since an age', { since: '90s' }, 2],
    ['until a time', { until: '2026-11-24T03:00:30Z' }, 1],
    ['another source’s nothing', { statuses: ['SUCCESS'] }, 0],
  ])('filters by %s', async (_, request, matched) => {
    expect(await (await history()).backfill({ ...request, dryRun: true })).toMatchObject({ matched });
  });

  test('repeat tells again, marked, and a second copy of the same request does not', async () => {
    const world = await history();
    await world.drain();
    world.take();
    const request = { repeat: true, destinations: ['oncall'], classes: ['bad'] };
    await world.backfill(request, 'run-7');
    await world.drain();
    expect(world.told.map((one) => one.message.notes)).toEqual([expect.arrayContaining(['Sent again on request.'])]);
    expect(world.take()).toEqual(['oncall: shop-000000000003-0-rrun-7']);
    world.clock.ms += 3_600_000;
    await world.backfill(request, 'run-7');
    await world.drain();
    expect(world.take()).toEqual([]);
  });

  test('a destination that is new hears what it would have heard', async () => {
    const world = await history();
    await world.drain();
    world.take();
    const { deps, pollDeps } = world;
    const destinations = { ...pollDeps.routing.destinations, audit: { kind: 'webhook' } };
    Object.assign(deps.routing.destinations, destinations);
    expect(await world.backfill({ destinations: ['audit'] })).toMatchObject({ matched: 2, enqueued: 2, skipped: 0 });
    await world.drain();
    expect(world.take()).toEqual(['audit: shop-000000000002-0', 'audit: shop-000000000003-0']);
    world.clock.ms += 3_600_000;
    expect(await world.backfill({ destinations: ['audit'] })).toMatchObject({ matched: 2, enqueued: 0, skipped: 2 });
  });

  test('from the list: what is there now, under the same ids each time', async () => {
    const world = await history();
    await world.drain();
    world.take();
    const first = await world.backfill({ from: 'list', destinations: ['oncall'] });
    expect(first).toMatchObject({ matched: 1, enqueued: 1 });
    expect(first.deliveries[0]?.id).toMatch(/^shop-list-[0-9a-f]{12}$/);
    expect(first.deliveries[0]?.text).toContain('As it is listed now');
    expect(first.deliveries[0]?.text).not.toContain('Seen:');
    await world.drain();
    world.clock.ms += 3_600_000;
    expect(await world.backfill({ from: 'list', destinations: ['oncall'] })).toMatchObject({ enqueued: 0, skipped: 1 });
  });

  test('dead letters are sent again, and go only when they are told', async () => {
    const world = await history();
    const wrong = { kind: 'rejected', reason: 'too long' } as const;
    world.answers['oncall'] = [{ kind: 'delivered' }, wrong];
    await world.drain();
    const key = 'dead-letters/oncall/shop-000000000002-0.json';
    expect(world.json(key)).not.toBeNull();
    world.take();
    expect(await world.backfill({ deadLetters: true })).toMatchObject({ matched: 1, enqueued: 1 });
    expect(world.objects.has(key)).toBe(true);
    await world.drain();
    expect(world.take()).toEqual(['oncall: shop-000000000002-0']);
    expect(world.objects.has(key)).toBe(false);
    expect(world.json('receipts/oncall/shop-000000000002-0.json').outcome).toBe('delivered');
  });

  test('is bounded by its limit', async () => {
    const world = await history();
    expect(await world.backfill({ repeat: true, limit: 2, dryRun: true })).toMatchObject({ deliveries: [{}, {}] });
  });

  test('a request that cannot be understood is answered with every fault at once, and nothing is sent', async () => {
    const world = await history();
    await world.drain();
    const before = new Map(world.objects);
    const request = {
      source: 'nope',
      since: 'yesterday',
      classes: ['terrible'],
      limit: 0,
      dryrun: true,
      repeat: 'yes',
      destinations: [],
    };
    const error = await world.backfill(request).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/nothing was sent/);
    for (const key of Object.keys(request)) expect(String(error)).toContain(`- ${key}: `);
    expect(world.objects).toEqual(before);
    expect(await world.queue.waiting()).toMatchObject({ messages: 0 });
  });
});
