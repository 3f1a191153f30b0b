import { beforeEach, describe, expect, test } from '@jest/globals';
import { SourceError } from '../../lib/core/source-error.ts';
import { readStatus } from '../../lib/flow/status.ts';
import { plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});

const hour = 3_600_000;

const statusOf = ({ ledger, deps }: World, progress?: (done: number) => void, sources: readonly string[] = ['shop']) =>
  readStatus(
    { ledger, sources, destinations: ['releases', 'oncall'], giveUpAfterMs: 72 * hour, now: deps.now },
    progress,
  );

/** One look that finds `a` in another status, at once. */
async function changes(...statuses: readonly string[]): Promise<void> {
  for (const status of statuses) {
    world.clock.ms += 60_000;
    world.cloud.plans = [plan({ id: 'a', status })];
    await world.poll();
  }
}

describe('how planwatch stands', () => {
  test('before the first look nothing is known, and nothing is made up', async () => {
    expect(await statusOf(world)).toStrictEqual({
      at: '2026-11-24T03:00:00.000Z',
      sources: [{ source: 'shop' }],
      destinations: [
        { destination: 'releases', waiting: 0, deadLetters: 0 },
        { destination: 'oncall', waiting: 0, deadLetters: 0 },
      ],
      countedSince: '2026-11-20T03:00:00.000Z',
    });
  });

  test('what is decided waits until its receipt is there', async () => {
    await changes('CREATED', 'FAILED');
    const before = await statusOf(world);
    expect(before.sources).toStrictEqual([
      {
        source: 'shop',
        revision: 2,
        plans: 1,
        lastChange: '2026-11-24T03:02:00.000Z',
        lastGood: '2026-11-24T03:02:00.000Z',
      },
    ]);
    expect(before.destinations.map(({ waiting, oldestWaiting }) => [waiting, oldestWaiting])).toStrictEqual([
      [2, '2026-11-24T03:01:00.000Z'],
      [2, '2026-11-24T03:01:00.000Z'],
    ]);
    await world.drain();
    const after = await statusOf(world);
    expect(after.destinations).toStrictEqual([
      { destination: 'releases', waiting: 0, deadLetters: 0 },
      { destination: 'oncall', waiting: 0, deadLetters: 0 },
    ]);
  });

  test('a lane that fails says since when, why, and when it is tried again; the others stand well', async () => {
    world.answers['oncall'] = [{ kind: 'misconfigured', reason: 'HTTP 404: no_service' }];
    await changes('CREATED', 'FAILED');
    await world.drain();
    const { destinations } = await statusOf(world);
    expect(destinations).toStrictEqual([
      { destination: 'releases', waiting: 0, deadLetters: 0 },
      {
        destination: 'oncall',
        waiting: 2,
        oldestWaiting: '2026-11-24T03:01:00.000Z',
        failing: { since: expect.any(String), reason: 'HTTP 404: no_service', nextAt: expect.any(String) },
        deadLetters: 0,
      },
    ]);
  });

  test('what one of them keeps and cannot be read takes nothing from the others', async () => {
    await changes('CREATED');
    for (const key of ['lanes/oncall.json', 'health/shop.json']) world.objects.set(key, '{"v":2}');
    const { sources, destinations } = await statusOf(world);
    const newer = expect.stringContaining('was written by a newer planwatch');
    expect(sources).toStrictEqual([{ source: 'shop', unreadable: newer }]);
    expect(destinations).toMatchObject([
      { destination: 'releases', waiting: 1 },
      { destination: 'oncall', waiting: 1, unreadable: newer },
    ]);
    expect(destinations[0]).not.toHaveProperty('unreadable');
  });

  test('what was given up is counted, also for a destination that is in no configuration any more', async () => {
    world.answers['oncall'] = [{ kind: 'rejected', reason: 'no_text' }];
    await changes('CREATED');
    await world.drain();
    await world.store.put('dead-letters/former/shop-000000000001-0.json', '{}');
    const { destinations } = await statusOf(world);
    expect(destinations.map(({ destination, deadLetters }) => [destination, deadLetters])).toStrictEqual([
      ['releases', 0],
      ['oncall', 1],
      ['former', 1],
    ]);
  });

  test('a source that cannot be read: how many looks, since when, why, and the last good one', async () => {
    await changes('CREATED');
    world.cloud.plans = new SourceError('HTTP 403 APIGW.0302', 'Ask for the policy.');
    for (let look = 0; look < 2; look++) {
      world.clock.ms += 60_000;
      await world.poll();
    }
    const [source] = (await statusOf(world)).sources;
    expect(source).toMatchObject({
      lastGood: '2026-11-24T03:01:00.000Z',
      failing: { looks: 2, since: '2026-11-24T03:02:00.000Z', reason: 'HTTP 403 APIGW.0302' },
    });
    world.cloud.plans = [plan({ id: 'a', status: 'CREATED' })];
    world.clock.ms += 60_000;
    await world.poll();
    const [recovered] = (await statusOf(world)).sources;
    expect(recovered).toMatchObject({ lastGood: '2026-11-24T03:04:00.000Z' });
    expect(recovered).not.toHaveProperty('failing');
  });

  test('what is older than any message can be on its way is not counted', async () => {
    await changes('CREATED');
    world.clock.ms += 97 * hour;
    await changes('FAILED');
    const { destinations, countedSince } = await statusOf(world);
    expect(destinations.map(({ waiting }) => waiting)).toStrictEqual([1, 1]);
    expect(countedSince > '2026-11-24T03:01:00.000Z').toBe(true);
  });

  test('the log is read also where its checkpoint is lost or behind', async () => {
    await changes('CREATED', 'FAILED', 'SUCCESS');
    await world.store.remove('checkpoint/shop.json');
    expect((await statusOf(world)).destinations.map(({ waiting }) => waiting)).toStrictEqual([3, 3]);
  });

  test('of a long log a bounded part is counted, which it says, and how far it has come', async () => {
    world.cloud.plans = [];
    await world.poll();
    for (let revision = 2; revision <= 1_101; revision++) {
      const at = new Date(world.clock.ms + revision * 1000).toISOString();
      const id = `shop-${String(revision).padStart(12, '0')}-0`;
      const event = { id, type: 'source.recovered', source: 'shop', time: at };
      const entry = {
        v: 1,
        revision,
        at,
        identity: { endpoint: '', projectId: '', edition: '' },
        events: [event],
        deliveries: [
          { id, destination: 'releases', events: [id] },
          { id, destination: 'oncall', events: [id] },
        ],
      };
      await world.store.put(`log/shop/${String(revision).padStart(12, '0')}.json`, JSON.stringify(entry));
    }
    const done: number[] = [];
    const { destinations, countedSince } = await statusOf(world, (count) => done.push(count), ['shop', 'quiet']);
    const [first] = destinations;
    expect(first?.waiting).toBeGreaterThanOrEqual(1_000);
    expect(first?.waiting).toBeLessThan(1_100);
    expect(countedSince > '2026-11-24T03:00:00.000Z').toBe(true);
    expect(done).toStrictEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe((first?.waiting ?? 0) * 2);
  });
});
