import { describe, expect, test } from '@jest/globals';
import type { QueueMessage } from '../../lib/core/delivery.ts';
import { planEvent } from '../../lib/core/event.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import type { LaneDeps } from '../../lib/flow/lane-deps.ts';
import type { ObjectStore } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const at = '2026-11-24T03:00:00.000Z';
const place = { source: 'shop', region: 'r', projectId: 'p' };
const message = (id: string, over: Partial<QueueMessage> = {}): QueueMessage => ({
  v: 1,
  id,
  destination: 'releases',
  events: [
    planEvent({ type: 'plan.status', plan: plan({ id: 'a', status: 'FAILED' }), from: 'CREATED' }, id, at, place),
  ],
  queuedAt: at,
  ...over,
});
const inHand = (...ids: string[]) =>
  ids.map((id) => ({ handle: `h-${id}`, body: JSON.stringify(message(id)), tries: 3 }));

/** A world that writes down what is asked of its queue. */
function createWatchedWorld(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options);
  const delays: string[] = [];
  const queue = {
    ...world.queue,
    delay: async (handle: string, seconds: number) => void delays.push(`${handle} ${seconds} s`),
  };
  return { ...world, delays, deps: { ...world.deps, queue } };
}

const lines = (results: Awaited<ReturnType<typeof deliver>>) =>
  results.map(({ handle, id, destination, outcome, reason = '' }) =>
    [handle, id, destination, outcome, reason].filter(Boolean).join(' '),
  );

describe('one lane', () => {
  test('stops at the first that must wait: it comes again when its time has come, and the others right behind it', async () => {
    const world = createWatchedWorld();
    world.answers['releases'] = [{ kind: 'delivered' }, { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 20_001 }];
    const results = await deliver(world.deps, inHand('1', '2', '3', '4'), () => 60_000);
    expect(lines(results)).toEqual([
      'h-1 1 releases delivered',
      'h-2 2 releases waiting HTTP 429',
      'h-3 3 releases waiting It waits behind an earlier message.',
      'h-4 4 releases waiting It waits behind an earlier message.',
    ]);
    expect(world.delays).toEqual(['h-2 21 s', 'h-3 0 s', 'h-4 0 s']);
  });

  test('goes back to the queue for at most eleven hours, however long a provider asks for', async () => {
    const world = createWatchedWorld();
    world.answers['releases'] = [{ kind: 'retry', reason: 'HTTP 429', retryAfterMs: 20 * 3_600_000 }];
    await deliver(world.deps, inHand('1'), () => 60_000);
    expect(world.delays).toEqual(['h-1 39600 s']);
  });

  test.each([
    [13_000, ['h-1 1 releases delivered']],
    [12_999, ['h-1 1 releases waiting No time was left in this run.']],
  ])('with %i ms left a send that may take ten seconds is begun, or not: %j', async (ms, expected) => {
    const world = createWatchedWorld();
    expect(lines(await deliver(world.deps, inHand('1'), () => ms))).toEqual(expected);
  });

  test('stops when the time is up, and what is left comes again later the oftener it came', async () => {
    const world = createWatchedWorld();
    // Asked before each message, and once more before its send.
    const times = [60_000, 60_000, 5_000];
    const results = await deliver(world.deps, inHand('1', '2', '3'), () => times.shift() ?? 0);
    expect(lines(results)).toEqual([
      'h-1 1 releases delivered',
      'h-2 2 releases waiting No time was left in this run.',
      'h-3 3 releases waiting No time was left in this run.',
    ]);
    expect(world.delays).toEqual(['h-2 40 s', 'h-3 0 s']);
  });

  test('that works again says how many waited: those in hand that are not told yet', async () => {
    const world = createWatchedWorld();
    await deliver(world.deps, inHand('0'), () => 60_000);
    await world.ledger.lanes.save('releases', { v: 1, failingSince: at, told: { failing: true } });
    await deliver(world.deps, inHand('0', '1', '2'), () => 60_000);
    await world.drain();
    const counts = world.told.flatMap(({ destination, message }) =>
      destination === 'oncall' ? message.events.map((event) => ('count' in event ? event.count : undefined)) : [],
    );
    expect(counts).toEqual([2]);
  });
});

describe('a store or a queue that does not answer', () => {
  /** Writes of receipts of one delivery fail. */
  const deafTo = (id: string) => (store: ObjectStore) => ({
    ...store,
    put: async (key: string, body: string) => {
      if (key === `receipts/releases/${id}.json`) throw new Error('disk full');
      return store.put(key, body);
    },
  });

  test.each([
    [
      'the first',
      '1',
      ['h-1 1 releases failed disk full', 'h-2 2 releases failed disk full', 'h-3 3 releases failed disk full'],
      ['h-1 40 s', 'h-2 0 s', 'h-3 0 s'],
    ],
    [
      'one in the middle',
      '2',
      ['h-1 1 releases delivered', 'h-2 2 releases failed disk full', 'h-3 3 releases failed disk full'],
      ['h-2 40 s', 'h-3 0 s'],
    ],
    [
      'the last',
      '3',
      ['h-1 1 releases delivered', 'h-2 2 releases delivered', 'h-3 3 releases failed disk full'],
      ['h-3 40 s'],
    ],
  ])(
    'at %s: it and those behind it come again, what was told before stays told',
    async (_which, id, expected, delays) => {
      const world = createWatchedWorld({ store: deafTo(id) });
      expect(lines(await deliver(world.deps, inHand('1', '2', '3'), () => 60_000))).toEqual(expected);
      expect(world.delays).toEqual(delays);
    },
  );

  test('at a notice after all were told: the last comes again, is told no second time, and the notice goes with it', async () => {
    const world = createWatchedWorld();
    const wrong = { kind: 'rejected', reason: 'invalid_blocks' } as const;
    world.answers['releases'] = [wrong, wrong];
    const broken = { ...world.deps.queue, send: async () => Promise.reject(new Error('no queue')) };
    const results = await deliver({ ...world.deps, queue: broken }, inHand('1', '2'), () => 60_000);
    expect(results.map(({ handle, outcome }) => `${handle} ${outcome}`)).toEqual(['h-1 dead', 'h-2 failed']);
    expect(world.delays).toEqual(['h-2 40 s']);
    expect(world.take()).toEqual(['releases: 2']);
    expect(lines(await deliver(world.deps, inHand('2'), () => 60_000))).toEqual(['h-2 2 releases settled']);
    await world.drain();
    expect(world.take()).toEqual([`oncall: planwatch-releases-${Date.parse(at)}-dead`]);
  });

  test('a queue that cannot even hold messages back loses nothing: they come again by themselves', async () => {
    const world = createWatchedWorld();
    world.answers['releases'] = [{ kind: 'retry', reason: 'HTTP 429' }];
    const queue = { ...world.deps.queue, delay: async () => Promise.reject(new Error('no queue')) };
    const newer = { handle: 'h-n', body: '{"v":2,"destination":"releases"}' };
    const results = await deliver({ ...world.deps, queue }, [newer, ...inHand('1', '2')], () => 60_000);
    expect(results.map(({ handle, outcome }) => `${handle} ${outcome}`)).toEqual([
      'h-n failed',
      'h-1 waiting',
      'h-2 waiting',
    ]);
  });
});

describe('what cannot be read', () => {
  test('is kept aside, and the result says where', async () => {
    const world = createWatchedWorld();
    const [result] = await deliver(world.deps, [{ handle: 'h', body: 'hello' }], () => 60_000);
    const [key] = [...world.objects.keys()];
    expect(key).toMatch(/^quarantine\/queue\//);
    expect(result).toEqual({
      handle: 'h',
      outcome: 'parked',
      reason: `Not a message of planwatch; it is kept as ${key}.`,
    });
  });

  test('and is of a newer version comes again later the oftener it came', async () => {
    const world = createWatchedWorld();
    await deliver(world.deps, [{ handle: 'h', body: '{"v":2}', tries: 2 }], () => 60_000);
    expect(world.delays).toEqual(['h 20 s']);
  });
});

test('a notice about a lane is told to whoever runs planwatch, with who else hears of it', async () => {
  const world = createWatchedWorld({ config: { notices: ['oncall'] } });
  world.answers['releases'] = [{ kind: 'misconfigured', reason: 'HTTP 404' }];
  const heard: unknown[] = [];
  const onNotice: LaneDeps['onNotice'] = (notice, to) => void heard.push([notice.type, to]);
  await deliver({ ...world.deps, onNotice }, inHand('1'), () => 60_000);
  expect(heard).toEqual([['destination.failing', ['oncall']]]);
});
