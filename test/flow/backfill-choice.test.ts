import { describe, expect, test } from '@jest/globals';
import type { QueueMessage } from '../../lib/core/delivery.ts';
import { contentOf } from '../../lib/core/delivery.ts';
import { type Event, planEvent } from '../../lib/core/event.ts';
import { backfill } from '../../lib/flow/backfill.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import type { PlanSource } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const at = '2026-11-24T02:00:00.000Z';
const identity = { endpoint: 'https://servicestage.test', projectId: 'p', edition: 'release-plans' };
const placeOf = (source: string) => ({ source, region: 'r', projectId: 'p' });

const changeOf = (source: string, id: string, status = 'FAILED', time = at): Event =>
  planEvent(
    { type: 'plan.status', plan: plan({ id, status }), from: 'CREATED' },
    `${source}-${id}`,
    time,
    placeOf(source),
  );
const noticeOf = (source: string, id: string): Event => ({
  id: `${source}-${id}`,
  type: 'source.recovered',
  source,
  time: at,
});

/** Two sources, a log for each, and a queue that writes down every call. */
async function createFilledWorld(config: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(config);
  const calls: (readonly QueueMessage[])[] = [];
  const { shop } = world.pollDeps.sources;
  const sources: Record<string, PlanSource> = {
    shop,
    bank: { ...shop, place: placeOf('bank'), list: async () => ({ digest: 'd', plans: [plan({ id: 'z' })] }) },
  };
  const deps = {
    ...world.pollDeps,
    sources,
    queue: { ...world.queue, send: async (messages: readonly QueueMessage[]) => void calls.push(messages) },
  };
  const commit = (source: string, revision: number, events: readonly Event[], deliveries: LogEntry['deliveries']) =>
    world.ledger.log.commit(source, { v: 1, revision, at, identity, events, deliveries });
  const deadLetter = (id: string, destination: string, events: readonly Event[]) =>
    world.ledger.deadLetters.write({
      v: 1,
      delivery: { v: 1, id, destination, events, queuedAt: at },
      reason: 'The provider rejected it.',
      answer: 'too long',
      attempts: 1,
      firstAt: at,
      at,
    });
  return {
    ...world,
    calls,
    commit,
    deadLetter,
    ask: (request: object, run = 'run-1') => backfill(deps, request, run),
  };
}

/** One event, for one destination, by its own id. */
const each = (events: readonly Event[], destination = 'oncall') =>
  events.map(({ id }) => ({ id, destination, events: [id] }));
const told = (calls: readonly (readonly QueueMessage[])[]) =>
  calls.map((call) => call.map(({ destination, id }) => `${destination}: ${id}`));

describe('a backfill from the log', () => {
  const [a, b, c] = [changeOf('shop', 'a'), changeOf('shop', 'b', 'SUCCESS'), changeOf('bank', 'c')];

  test.each<[string, object, string[][]]>([
    [
      'of everything: one call for each entry, so that none overtakes',
      {},
      [['oncall: shop-a', 'oncall: shop-b'], ['oncall: bank-c']],
    ],
    ['of one source', { source: 'bank' }, [['oncall: bank-c']]],
    ['of some: entries without any are passed over', { plans: ['b'] }, [['oncall: shop-b']]],
    ['of one class', { classes: ['bad'] }, [['oncall: shop-a'], ['oncall: bank-c']]],
    ['of one status', { statuses: ['SUCCESS'] }, [['oncall: shop-b']]],
    ['up to its limit, which falls within an entry', { limit: 1 }, [['oncall: shop-a']]],
    ['up to its limit, which falls between entries', { limit: 2 }, [['oncall: shop-a', 'oncall: shop-b']]],
    ['up to a limit that is not reached', { limit: 4 }, [['oncall: shop-a', 'oncall: shop-b'], ['oncall: bank-c']]],
    ['from the very time on', { since: at }, [['oncall: shop-a', 'oncall: shop-b'], ['oncall: bank-c']]],
    ['up to the very time', { until: at }, [['oncall: shop-a', 'oncall: shop-b'], ['oncall: bank-c']]],
    ['from after it on', { since: '2026-11-24T02:00:00.001Z' }, []],
    ['up to before it', { until: '2026-11-24T01:59:59.999Z' }, []],
  ])('%s', async (_rule, request, expected) => {
    const world = await createFilledWorld({ config: { routes: [{ to: ['oncall'] }] } });
    await world.commit('shop', 1, [a, b], each([a, b]));
    await world.commit('bank', 1, [c], each([c]));
    const { matched, enqueued, skipped } = await world.ask(request);
    expect(told(world.calls)).toEqual(expected);
    const sent = expected.flat().length;
    expect({ matched, enqueued, skipped }).toEqual({ matched: sent, enqueued: sent, skipped: 0 });
  });

  test('what is settled is counted and not sent, and where all of it is, the queue is left alone', async () => {
    const world = await createFilledWorld({ config: { routes: [{ to: ['oncall'] }] } });
    await world.commit('shop', 1, [a], each([a]));
    const content = contentOf([a]);
    const receipt = { v: 1, outcome: 'delivered', at, attempts: 1, content } as const;
    await world.ledger.receipts.write({ id: a.id, destination: 'oncall' }, receipt);
    expect(await world.ask({})).toEqual({ matched: 1, enqueued: 0, skipped: 1, dryRun: false, deliveries: [] });
    expect(world.calls).toEqual([]);
  });

  test('a damaged entry is passed over', async () => {
    const world = await createFilledWorld();
    world.objects.set('log/shop/000000000001.json', '{');
    await world.commit('shop', 2, [a], each([a]));
    await world.ask({ destinations: ['oncall'] });
    expect(told(world.calls)).toEqual([['oncall: shop-a']]);
  });

  test('a digest of which one event is asked for is told whole, and only that event counts as matched', async () => {
    const world = await createFilledWorld();
    const digest = { id: 'shop-a.d2', destination: 'oncall', events: [a.id, b.id] };
    await world.commit('shop', 1, [a, b], [digest, { ...digest, destination: 'releases' }]);
    const result = await world.ask({ plans: ['a'], destinations: ['oncall'] });
    expect(told(world.calls)).toEqual([['oncall: shop-a.d2']]);
    expect(result).toMatchObject({ matched: 1, deliveries: [{ id: 'shop-a.d2', events: ['shop-a', 'shop-b'] }] });
  });

  test('a destination that the entry does not name hears what today’s routes say', async () => {
    const world = await createFilledWorld({
      config: { routes: [{ to: ['releases'], match: { class: ['bad'] } }, { to: ['oncall'] }] },
    });
    await world.commit('shop', 1, [a, b], each([a, b]));
    await world.ask({});
    expect(told(world.calls)).toEqual([['oncall: shop-a', 'oncall: shop-b', 'releases: shop-a']]);
  });

  test('named in the request it hears all, whatever the routes say', async () => {
    const world = await createFilledWorld({ config: { routes: [{ to: ['oncall'] }] } });
    await world.commit('shop', 1, [a, b], each([a, b]));
    await world.ask({ destinations: ['releases'] });
    expect(told(world.calls)).toEqual([['releases: shop-a', 'releases: shop-b']]);
  });

  test.each<[string, object, string[][]]>([
    ['not told anew', { destinations: ['releases'] }, [['releases: shop-a']]],
    [
      'told where it is asked for by type',
      { destinations: ['releases'], types: ['source.recovered'] },
      [['releases: shop-n']],
    ],
    ['not told by a plan’s name', { destinations: ['oncall'], plans: ['a'] }, [['oncall: shop-a']]],
    ['not told by a class', { destinations: ['oncall'], classes: ['bad'] }, [['oncall: shop-a']]],
  ])('an old notice is %s', async (_rule, request, expected) => {
    const world = await createFilledWorld();
    const notice = noticeOf('shop', 'n');
    await world.commit('shop', 1, [notice, a], each([notice, a]));
    await world.ask(request);
    expect(told(world.calls)).toEqual(expected);
  });
});

describe('a backfill', () => {
  test('shows the first fifty, in words, as they are told', async () => {
    const world = await createFilledWorld();
    for (let revision = 1; revision <= 6; revision++) {
      const events = Array.from({ length: 10 }, (_, i) => changeOf('shop', `p${revision}-${i}`));
      await world.commit('shop', revision, events, each(events));
    }
    const { deliveries, enqueued } = await world.ask({ destinations: ['oncall'], limit: 60 });
    expect(enqueued).toBe(60);
    expect(deliveries).toHaveLength(50);
    expect(deliveries[0]).toMatchObject({ id: 'shop-p1-0', destination: 'oncall', events: ['shop-p1-0'] });
    expect(deliveries[0]?.text).not.toContain('Sent again on request.');
  });

  test('a dry run never touches the queue', async () => {
    const world = await createFilledWorld();
    await world.commit('shop', 1, [changeOf('shop', 'a')], each([changeOf('shop', 'a')]));
    expect((await world.ask({ dryRun: true, destinations: ['oncall'] })).deliveries).toHaveLength(1);
    expect(world.calls).toEqual([]);
  });

  test.each([
    ['2f9c-Z0', '2f9c-Z0'],
    ['arn:aws/x y', 'arn-aws-x-y'],
    ['x'.repeat(70), 'x'.repeat(64)],
  ])('a repeat asked for by the run "%s" is one of %s', async (run, name) => {
    const world = await createFilledWorld();
    await world.commit('shop', 1, [changeOf('shop', 'a')], each([changeOf('shop', 'a')]));
    const { deliveries } = await world.ask({ repeat: true, destinations: ['oncall'] }, run);
    expect(world.calls).toMatchObject([[{ id: `shop-a-r${name}`, run: name, repeat: true }]]);
    expect(deliveries[0]?.text).toContain('Sent again on request.');
  });
});

describe('a backfill from the list', () => {
  test.each<[string, object, number]>([
    ['is of every source', {}, 3],
    ['of one source', { source: 'bank' }, 1],
    ['of what is asked for', { plans: ['release-y'] }, 1],
    ['of a class', { classes: ['bad'] }, 1],
  ])('%s', async (_rule, request, enqueued) => {
    const world = await createFilledWorld();
    world.cloud.plans = [plan({ id: 'x', status: 'FAILED' }), plan({ id: 'y' })];
    expect(await world.ask({ from: 'list', destinations: ['oncall'], ...request })).toMatchObject({ enqueued });
  });

  test.each([
    ['when it ran', { executedAt: '2026-11-24T02:10:00.000Z' }, '2026-11-24T02:10:00.000Z'],
    ['when it was made, where it never ran', {}, '2026-11-24T01:00:00.000Z'],
    ['long ago, where neither is known', { createdAt: undefined }, '1970-01-01T00:00:00.000Z'],
  ])('shows a plan as of %s', async (_when, over, time) => {
    const world = await createFilledWorld();
    world.cloud.plans = [plan({ id: 'x', ...(over as object) })];
    await world.ask({ from: 'list', source: 'shop', destinations: ['oncall'] });
    expect(world.calls).toMatchObject([[{ events: [{ type: 'plan.appeared', time, source: 'shop' }] }]]);
  });
});

describe('dead letters', () => {
  const [a, b, c] = [changeOf('shop', 'a'), changeOf('shop', 'b', 'SUCCESS'), changeOf('bank', 'c')];
  test.each<[string, object, string[][], number]>([
    ['all of them', {}, [['releases: shop-a'], ['oncall: bank-c'], ['oncall: shop-a.d2']], 3],
    ['of one destination', { destinations: ['releases'] }, [['releases: shop-a']], 1],
    ['of one source', { source: 'bank' }, [['oncall: bank-c']], 1],
    ['of a digest’s source, whole', { source: 'shop', destinations: ['oncall'] }, [['oncall: shop-a.d2']], 2],
    ['of which one event is asked for, whole', { classes: ['good'] }, [['oncall: shop-a.d2']], 1],
    ['of nothing that is there', { statuses: ['ABORTED'] }, [], 0],
  ])('%s', async (_rule, request, expected, matched) => {
    const world = await createFilledWorld();
    await world.deadLetter('shop-a', 'releases', [a]);
    await world.deadLetter('bank-c', 'oncall', [c]);
    await world.deadLetter('shop-a.d2', 'oncall', [a, b]);
    world.objects.set('dead-letters/oncall/damaged.json', '{');
    const result = await world.ask({ deadLetters: true, ...request }, 'run-9');
    expect(told(world.calls)).toEqual(expected);
    expect(result).toMatchObject({ matched, enqueued: expected.length });
    for (const [letter] of world.calls)
      expect(letter).toMatchObject({ run: 'run-9', queuedAt: '2026-11-24T03:00:00.000Z' });
  });
});
