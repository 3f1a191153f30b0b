import { describe, expect, test } from '@jest/globals';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { look } from '../../lib/flow/look.ts';
import { poll, summarize, throwIfAllFailed } from '../../lib/flow/poll.ts';
import type { Listing, PlanSource } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const minute = 60_000;
const [a, b] = [plan({ id: 'a' }), plan({ id: 'b' })];
const failedA = plan({ id: 'a', status: 'FAILED', executedAt: '2026-11-24T02:00:00.000Z' });

/** A world whose source writes down which list it was told to be known, and whose first look is done. */
async function createAskedWorld(plans: readonly ReleasePlan[] = [a, b]) {
  const world = createWorld();
  world.cloud.plans = plans;
  const asked: (string | undefined)[] = [];
  const { shop } = world.pollDeps.sources;
  const source: PlanSource = {
    ...shop,
    list: (known, signal) => {
      asked.push(known);
      return shop.list(known, signal);
    },
  };
  const deps = { ...world.pollDeps, sources: { shop: source } };
  const lookAgain = async () => {
    world.clock.ms += minute;
    asked.length = 0;
    const [one] = await poll(deps, {}, () => 60_000);
    if (!one) throw new Error('no look');
    return one;
  };
  await lookAgain();
  const { digest } = world.json('checkpoint/shop.json');
  return { ...world, asked, lookAgain, deps, digest };
}

describe('the list is asked for', () => {
  test('in full at the first look, and by what is known of it after that', async () => {
    const world = await createAskedWorld();
    expect(world.asked).toStrictEqual([undefined]);
    await world.lookAgain();
    expect(world.asked).toStrictEqual([world.digest]);
  });

  test('again, in full, where what was known turns out to be damaged: what is recovered may be newer', async () => {
    const world = await createAskedWorld();
    const damaged = world.objects.get('checkpoint/shop.json')?.replace('"status"', '"state"') ?? '';
    world.objects.set('checkpoint/shop.json', damaged);
    world.cloud.plans = [failedA, b];
    await world.lookAgain();
    expect(world.asked).toStrictEqual([world.digest, undefined]);
  });

  test('in full, and for a second time, after another run’s entry was adopted: the first may be older', async () => {
    const world = await createAskedWorld();
    const checkpoint = world.objects.get('checkpoint/shop.json') ?? '';
    world.cloud.plans = [failedA, b];
    await world.lookAgain();
    world.objects.set('checkpoint/shop.json', checkpoint);
    expect(await world.lookAgain()).toMatchObject({
      revision: 2,
      plans: 2,
      events: [],
      adopted: [{ type: 'plan.status' }],
    });
    expect(world.asked).toStrictEqual([world.digest, undefined]);
  });

  test('in full while a plan is missing, though the list is the same', async () => {
    const world = await createAskedWorld();
    world.cloud.plans = [a];
    await world.lookAgain();
    expect(world.json('checkpoint/shop.json')).toMatchObject({ digest: '', plans: [a, b] });
    expect((await world.lookAgain()).events).toMatchObject([{ type: 'plan.removed', plan: { id: 'b' } }]);
    expect(world.asked).toStrictEqual([undefined]);
  });

  test('in full from another address, even where the list is the same to the byte', async () => {
    const world = await createAskedWorld();
    world.cloud.endpoint = 'https://elsewhere.test';
    expect((await world.lookAgain()).events).toMatchObject([{ type: 'source.changed', count: 2 }]);
    expect(world.asked).toStrictEqual([undefined]);
    expect(world.json('checkpoint/shop.json').plans).toEqual([a, b]);
  });

  test.each<[string, number, (signal: AbortSignal) => Promise<Listing>, object]>([
    [
      'with the time that is there',
      60_000,
      async (signal) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        signal.throwIfAborted();
        return { digest: 'd', plans: [] };
      },
      { ok: true },
    ],
    [
      'for no longer than leaves time to write down what it says',
      8_020,
      (signal) => new Promise((_, no) => signal.addEventListener('abort', () => no(new SourceError('late', 'Wait.')))),
      { ok: false, error: 'late. Wait.' },
    ],
    [
      'even where the time ran out just now, and then it is late',
      7_000,
      (signal) => new Promise((_, no) => signal.addEventListener('abort', () => no(new SourceError('late', 'Wait.')))),
      { ok: false, error: 'late. Wait.' },
    ],
  ])('%s', async (_rule, remaining, list, expected) => {
    const { pollDeps } = createWorld();
    const sources = { shop: { ...pollDeps.sources.shop, list: (_: unknown, signal: AbortSignal) => list(signal) } };
    expect(await look({ ...pollDeps, sources }, 'shop', () => remaining)).toMatchObject(expected);
  });
});

describe('what a look writes', () => {
  test('nothing, where nothing is new, though time went on', async () => {
    const world = await createAskedWorld();
    const before = new Map(world.objects);
    await world.lookAgain();
    expect(world.objects).toEqual(before);
  });

  test('only the count, where it failed', async () => {
    const world = await createAskedWorld();
    const before = new Map(world.objects);
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    await world.lookAgain();
    const changed = [...world.objects].filter(([key, body]) => before.get(key) !== body).map(([key]) => key);
    expect(changed).toEqual(['health/shop.json']);
  });

  test('an outage is no baseline', async () => {
    const world = await createAskedWorld();
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    for (let i = 0; i < 3; i++) await world.lookAgain();
    expect(Object.keys(world.json('log/shop/000000000002.json')).sort()).toEqual(
      ['v', 'revision', 'at', 'identity', 'events', 'deliveries'].sort(),
    );
  });

  test('that something was lost is told even where nothing else is new, and only with a good look', async () => {
    const world = await createAskedWorld();
    world.objects.set('log/shop/000000000002.json', '{');
    const list = world.cloud.plans;
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    expect(await world.lookAgain()).toMatchObject({ ok: false, events: [] });
    world.cloud.plans = list;
    world.objects.set('log/shop/000000000002.json', '{');
    const { events } = await world.lookAgain();
    const kept = [...world.objects.keys()].find((key) => key.startsWith('quarantine/'));
    expect(events).toMatchObject([
      {
        type: 'state.lost',
        reason: `Log entry 2 was damaged; it is kept as ${kept}.`,
        advice:
          'planwatch went on from what it still had; a change of about this time may be told twice. What was damaged is kept in the quarantine/ folder of its storage.',
      },
    ]);
  });

  test('every change of one look has an id of its own, in order, after what is told about the source', async () => {
    const world = await createAskedWorld([]);
    world.cloud.plans = new SourceError('HTTP 502', 'Wait.');
    for (let i = 0; i < 3; i++) await world.lookAgain();
    world.cloud.plans = [a, b];
    expect((await world.lookAgain()).events.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'shop-000000000003-0 source.recovered',
      'shop-000000000003-1 plan.appeared',
      'shop-000000000003-2 plan.appeared',
    ]);
  });
});

describe('a source in trouble', () => {
  test('whose address could never be read is told of, without the address', async () => {
    const { pollDeps, json } = createWorld();
    const error = new SourceError('The secret "ak" is not there', 'Set it.');
    const sources = { shop: { ...pollDeps.sources.shop, identity: async () => Promise.reject(error) } };
    for (let i = 0; i < 3; i++) await poll({ ...pollDeps, sources }, {}, () => 60_000);
    expect(json('log/shop/000000000001.json')).toMatchObject({
      identity: { endpoint: '', projectId: 'p', edition: '' },
      events: [{ type: 'source.unreachable', reason: error.message, advice: error.advice }],
    });
  });

  test('that answers with old copies for three looks is told of, and there is nothing to do', async () => {
    const world = await createAskedWorld([failedA]);
    world.cloud.plans = [{ ...failedA, executedAt: '2026-11-24T01:59:00.000Z' }];
    await world.lookAgain();
    await world.lookAgain();
    expect((await world.lookAgain()).events).toMatchObject([
      {
        type: 'source.unreachable',
        reason: 'The list shows an earlier run of plan a than was seen before: an old copy answered.',
        advice: 'Nothing to do if it passes: the next look asks again.',
      },
    ]);
  });

  test('a plan that was missing and is back is not removed when it is missing for the first time again', async () => {
    const world = await createAskedWorld();
    // planwatch died after it wrote that b is missing, and before the checkpoint says so.
    await world.ledger.health.save('shop', { v: 1, failures: 0, missing: { b: '2026-11-24T03:01:00.000Z' } });
    expect((await world.lookAgain()).events).toEqual([]);
    expect(world.asked).toStrictEqual([world.digest]);
    expect(world.json('health/shop.json')).toEqual({ v: 1, failures: 0 });
    world.cloud.plans = [a];
    expect((await world.lookAgain()).events).toEqual([]);
  });
});

describe('runs that overlap', () => {
  test('one that is overtaken five times leaves the rest to the next tick, and says so', async () => {
    const world = createWorld();
    const log = { ...world.ledger.log, commit: async () => false };
    const looks = await poll({ ...world.pollDeps, ledger: { ...world.ledger, log } }, {}, () => 60_000);
    const result = { source: 'shop', ok: true, revision: 0, plans: 0, contended: true };
    expect(looks).toStrictEqual([{ ...result, events: [], adopted: [], ms: 0 }]);
    expect(world.cloud.asked).toBe(5);
    expect(summarize(looks)).toStrictEqual({ sources: [{ ...result, events: 0 }] });
  });
});

describe('a poll', () => {
  const many = (names: readonly string[], shop: PlanSource, list: PlanSource['list'] = shop.list) =>
    Object.fromEntries(names.map((name) => [name, { ...shop, place: { ...shop.place, source: name }, list }]));

  test('looks at sixteen sources at once, and hands back all of them in their order', async () => {
    const { pollDeps } = createWorld();
    const names = Array.from({ length: 20 }, (_, i) => `s${i}`);
    let [now, most] = [0, 0];
    const sources = many(names, pollDeps.sources.shop, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return { digest: 'd', plans: [] };
    });
    const looks = await poll({ ...pollDeps, sources }, {}, () => 60_000);
    expect(looks.map(({ source }) => source)).toEqual(names);
    expect(most).toBe(16);
  });

  test('of one source looks at no other; of none there is nothing to say', async () => {
    const { pollDeps } = createWorld();
    const sources = many(['one', 'two'], pollDeps.sources.shop);
    const looks = await poll({ ...pollDeps, sources }, { only: 'two' }, () => 60_000);
    expect(looks.map(({ source }) => source)).toEqual(['two']);
    expect(await poll({ ...pollDeps, sources: {} }, {}, () => 60_000)).toEqual([]);
  });

  test.each([
    [['one', 'two'], 'There is no source "three": the configuration has one, two.'],
    [[], 'There is no source "three": the configuration has none.'],
  ])('of a source that is none of %j says so', async (names, words) => {
    const { pollDeps } = createWorld();
    const asking = poll({ ...pollDeps, sources: many(names, pollDeps.sources.shop) }, { only: 'three' }, () => 60_000);
    await expect(asking).rejects.toThrow(expect.objectContaining({ name: 'UnknownSourceError', message: words }));
  });

  test('a source that the configuration does not have is nothing to look at', async () => {
    const { pollDeps } = createWorld();
    await expect(look(pollDeps, 'nope', () => 60_000)).rejects.toThrow('There is no source "nope".');
  });

  test.each([
    [10_000, { ok: true }],
    [9_999, { ok: false, error: 'No time was left to look at it; the next tick does.', cause: 'time-out' }],
  ])('with %i ms left is begun, or not: %j', async (ms, expected) => {
    const { pollDeps } = createWorld();
    const [one] = await poll(pollDeps, {}, () => ms);
    expect(one).toMatchObject(expected);
    if (!expected.ok) {
      expect(one).toStrictEqual({ source: 'shop', revision: 0, plans: 0, events: [], adopted: [], ...expected });
    }
  });

  test('that nothing ends looks at more sources than it has places for', async () => {
    const { pollDeps } = createWorld();
    const names = Array.from({ length: 40 }, (_, i) => `s${i}`);
    const sources = many(names, pollDeps.sources.shop);
    const looks = await poll({ ...pollDeps, sources }, {}, () => Number.POSITIVE_INFINITY);
    expect(looks.filter(({ ok }) => !ok)).toEqual([]);
  });

  test('a summary says what is there to say and no more', async () => {
    const world = createWorld();
    expect(summarize([await world.poll()])).toStrictEqual({
      sources: [{ source: 'shop', ok: true, revision: 1, plans: 0, events: 1 }],
    });
  });

  test('fails the invocation where every source failed, in the words of each; with no source there is no failure', () => {
    const failed = (source: string) => ({
      source,
      ok: false,
      revision: 0,
      plans: 0,
      events: [],
      adopted: [],
      error: 'E',
    });
    expect(() => throwIfAllFailed([failed('one'), failed('two')])).toThrow('one: E\ntwo: E');
    expect(() => throwIfAllFailed([])).not.toThrow();
  });
});
