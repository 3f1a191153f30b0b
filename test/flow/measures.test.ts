import { describe, expect, test } from '@jest/globals';
import type { FailureCause } from '../../lib/core/failure-cause.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { poll } from '../../lib/flow/poll.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';
import { ago, at, event, telling } from './telling.ts';

// What the flows hand back for whoever logs and counts.

const busy: Outcome = { kind: 'retry', reason: 'HTTP 429', cause: 'rate-limited' };
const wrong: Outcome = { kind: 'misconfigured', reason: 'HTTP 404' };
const rejected: Outcome = { kind: 'rejected', reason: 'HTTP 422' };
const failing = { failingSince: ago(7_200_000), notBefore: at, reason: 'x', told: { failing: true } } as const;
const overdue = { queuedAt: ago(73 * 3_600_000) };

describe('an attempt', () => {
  test.each<[string, Omit<Lane, 'v'>, Outcome, object, string, FailureCause | undefined, true | undefined]>([
    ['that got through', failing, { kind: 'delivered' }, {}, 'delivered', undefined, undefined],
    ['at a busy one', {}, busy, {}, 'waiting', 'rate-limited', undefined],
    ['at one that has been told as failing', failing, busy, {}, 'waiting', 'rate-limited', true],
    ['at one that is told as failing now', {}, wrong, {}, 'waiting', 'misconfigured', true],
    ['that says nothing of its cause', {}, { kind: 'retry', reason: '' }, {}, 'waiting', 'other', undefined],
    ['that was rejected', {}, rejected, {}, 'dead', 'rejected', undefined],
    ['that was rejected by one that works again', failing, rejected, {}, 'dead', 'rejected', undefined],
    ['that was the last one', failing, busy, overdue, 'dead', 'rate-limited', true],
  ])('%s', async (_what, lane, outcome, over, ended, cause, toldFailing) => {
    const { step } = await telling(lane, outcome.kind === 'rejected' ? [outcome, outcome] : [outcome], over);
    const { result } = step;
    expect([result.outcome, result.cause, result.failing]).toEqual([ended, cause, toldFailing]);
    expect(result).toMatchObject({ attempts: 1, ms: 0 });
  });

  test('that was not made has no cause and took no time', async () => {
    const { step } = await telling({ ...failing, notBefore: ago(-60_000) });
    expect(step.result).toMatchObject({ outcome: 'waiting', reason: 'x' });
    expect(Object.keys(step.result)).not.toEqual(expect.arrayContaining(['cause']));
    expect(step.result.ms).toBeUndefined();
  });

  test('takes as long as its destination', async () => {
    const world = createWorld();
    world.cloud.plans = [plan({ id: 'a' })];
    await world.poll();
    world.answers['releases'] = [
      () => {
        world.clock.ms += 1_234;
        return { kind: 'delivered' };
      },
    ];
    const results = await world.drain();
    expect(results.find(({ destination }) => destination === 'releases')).toMatchObject({ ms: 1_234, seconds: 1.234 });
  });

  test.each([
    ['of the look that found it', { queuedAt: at }, 0],
    ['of a look an hour ago', { queuedAt: ago(3_600_000), events: [{ ...event, time: ago(3_600_000) }] }, 3_600],
    ['from before the clock was set back', { queuedAt: ago(-9_000), events: [{ ...event, time: ago(-9_000) }] }, 0],
    ['that backfill queued', { queuedAt: at, events: [{ ...event, time: ago(1) }] }, undefined],
  ])('of an event %s: seconds to told', async (_what, over, seconds) => {
    expect((await telling({}, [], over)).step.result.seconds).toBe(seconds);
  });

  test('that failed says nothing of seconds to told', async () => {
    expect((await telling({}, [busy])).step.result).not.toHaveProperty('seconds');
  });
});

test('what the store keeps from being told is one failure, and the rest waits behind it', async () => {
  const world = createWorld({
    store: (store) => ({ ...store, get: async (key) => (key.startsWith('lanes/') ? fail() : store.get(key)) }),
  });
  const fail = () => Promise.reject(new Error('S3 is away'));
  world.cloud.plans = [plan({ id: 'a' })];
  await world.poll();
  world.cloud.plans = [plan({ id: 'b' }), plan({ id: 'a', status: 'FAILED' })];
  await world.poll();
  const results = (await world.deliverOnce()).filter(({ destination }) => destination === 'oncall');
  expect(results.map(({ outcome, cause }) => [outcome, cause])).toEqual([
    ['failed', 'other'],
    ['failed', undefined],
    ['failed', undefined],
  ]);
});

describe('a look', () => {
  test('that failed says what sort of failure it was, and how long it took', async () => {
    const world = createWorld();
    const { shop } = world.pollDeps.sources;
    const list = async () => {
      world.clock.ms += 42;
      throw new SourceError('HTTP 503', 'Wait.', { kind: 'unreachable', status: 503 });
    };
    const [look] = await poll({ ...world.pollDeps, sources: { shop: { ...shop, list } } }, {}, () => 60_000);
    expect(look).toMatchObject({ ok: false, cause: 'server', ms: 42 });
  });

  test('that the store kept from being made is a failure of another sort', async () => {
    const world = createWorld({ store: (store) => ({ ...store, get: () => Promise.reject(new Error('S3 is away')) }) });
    expect(await world.poll()).toMatchObject({ ok: false, cause: 'other', ms: 0 });
  });

  test('that was good has no cause', async () => {
    const look = await createWorld().poll();
    expect(look).toMatchObject({ ok: true, ms: 0 });
    expect(look).not.toHaveProperty('cause');
  });
});
