import { describe, expect, test } from '@jest/globals';
import { contentOf, type QueueMessage } from '../../lib/core/delivery.ts';
import { giveUp } from '../../lib/flow/give-up.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';
import { createWorld } from '../support/world.ts';
import { ago, at, event, message, telling } from './telling.ts';

const [minute, hour] = [60_000, 3_600_000];
const busy = { kind: 'retry', reason: 'HTTP 429' } as const;
const wrong = { kind: 'rejected', reason: 'invalid_blocks' } as const;

describe('giving up', () => {
  const day = 24 * hour;
  const old = { queuedAt: ago(3 * day) };
  const failing = { failingSince: ago(day), notBefore: ago(1), reason: 'HTTP 502' };
  const attempt = { id: 'e-1', n: 7, at };

  test.each<[string, Omit<Lane, 'v'>, Partial<QueueMessage>, string]>([
    ['an attempt after the time is up has failed', { ...failing, attempt }, old, 'dead'],
    ['the last attempt was before', { ...failing, attempt: { ...attempt, at: ago(1) } }, old, 'delivered'],
    ['the answer to the attempt is not known', { failingSince: ago(day), attempt }, old, 'delivered'],
    ['nothing failed', { notBefore: ago(1), attempt }, old, 'delivered'],
    ['nothing was tried yet', failing, old, 'delivered'],
    ['the time is not up', { ...failing, attempt }, { queuedAt: ago(3 * day - 1) }, 'delivered'],
  ])('%s', async (_when, lane, over, outcome) => {
    const { step, world } = await telling(lane, [], over);
    expect(step.result.outcome).toBe(outcome);
    if (outcome !== 'dead') return;
    expect(step.result.reason).toBe('It could not be told in the time that giveUpAfter allows. HTTP 502');
    expect(world.json('dead-letters/releases/e-1.json')).toEqual({
      v: 1,
      delivery: message(over),
      reason: 'It could not be told in the time that giveUpAfter allows.',
      answer: 'HTTP 502',
      attempts: 7,
      firstAt: ago(day),
      at,
    });
  });

  test('the attempt that fails after the time is up is the last', async () => {
    const { step } = await telling({}, [busy], old);
    expect(step.result).toMatchObject({ outcome: 'dead', attempts: 1, reason: expect.stringMatching(/HTTP 429$/) });
    expect(step.againInMs).toBeUndefined();
  });

  test('a lane that lost its words gives up without them', async () => {
    const { step, world } = await telling({ failingSince: ago(day), notBefore: ago(1), attempt }, [], old);
    expect(step.result.reason).toBe('It could not be told in the time that giveUpAfter allows.');
    expect(world.json('dead-letters/releases/e-1.json').answer).toBe('');
  });

  test('a rejected message: the provider’s words, and the lane is well', async () => {
    const { step, world } = await telling({ failingSince: ago(minute), reason: 'HTTP 502', notBefore: at }, [
      wrong,
      wrong,
    ]);
    expect(step.result).toMatchObject({
      outcome: 'dead',
      reason: 'The provider rejected it. invalid_blocks',
      attempts: 1,
    });
    expect(world.json('dead-letters/releases/e-1.json')).toMatchObject({
      reason: 'The provider rejected it.',
      answer: 'invalid_blocks',
    });
    expect(step.lane.failingSince).toBeUndefined();
    expect(step.lane.reason).toBeUndefined();
  });

  test.each([
    [
      15 * minute - 1,
      'waiting',
      'The configuration has no such destination (yet?): a deploy may be under way.',
      minute,
    ],
    [15 * minute, 'dead', 'The destination is not in the configuration any more.', undefined],
  ])('a destination that is not there, %i ms after it was queued: %s', async (ms, outcome, reason, againInMs) => {
    const { step, world } = await telling({}, [], { destination: 'old-chat', queuedAt: ago(ms) });
    expect(step).toMatchObject({ result: { outcome, reason, destination: 'old-chat' } });
    expect(step.againInMs).toBe(againInMs);
    if (outcome === 'dead')
      expect(world.json('dead-letters/old-chat/e-1.json')).toMatchObject({
        reason,
        answer: '',
        attempts: 0,
        firstAt: at,
      });
  });

  const aboutChat = { id: 'n', type: 'destination.failing', destination: 'oncall', time: at } as const;
  const aboutSource = { id: 'n', type: 'source.unreachable', source: 'shop', time: at } as const;
  test.each<[string, Lane['told'], QueueMessage['events'], object]>([
    ['a change', undefined, [event], { deadUntold: 1 }],
    ['a second one', { deadUntold: 1, lastDead: 'e-0' }, [event], { deadUntold: 2 }],
    ['one that was begun before', { deadUntold: 1, lastDead: 'e-1' }, [event], { deadUntold: 1 }],
    ['a notice about a source', undefined, [aboutSource], { deadUntold: 1 }],
    ['a notice about a delivery: told of to nobody', undefined, [aboutChat], {}],
    ['a digest with one in it', undefined, [aboutChat, event], { deadUntold: 1 }],
  ])('counts %s', async (_what, told, events, counted) => {
    const { deps, ledger } = createWorld();
    const lane: Lane = { v: 1, ...(told && { told }) };
    const step = await giveUp(deps, lane, message({ events }), { reason: 'R.', answer: '', attempts: 2 });
    expect(step.lane).toStrictEqual({ v: 1, told: { lastDead: 'e-1', ...counted } });
    expect(await ledger.lanes.load('releases')).toEqual(step.lane);
    expect(step.result).toEqual({
      id: 'e-1',
      destination: 'releases',
      message: message({ events }),
      outcome: 'dead',
      reason: 'R.',
      attempts: 2,
    });
  });

  test.each<[string, Omit<Lane, 'v'>, boolean, boolean]>([
    ['its own, answered: it says when the lane last failed', { attempt, notBefore: at }, true, false],
    ['its own, not answered: the next of this id is a new story', { attempt }, false, false],
    [
      'its own, perhaps seen: the receipt says so',
      { attempt: { ...attempt, unsure: true }, notBefore: at },
      true,
      true,
    ],
    ['another’s', { attempt: { ...attempt, id: 'e-0' } }, true, false],
    [
      'another’s, perhaps seen: says nothing of this one',
      { attempt: { ...attempt, id: 'e-0', unsure: true } },
      true,
      false,
    ],
    ['none', {}, false, false],
  ])('with an attempt in the lane, %s', async (_whose, lane, stays, unsure) => {
    const world = createWorld();
    const step = await giveUp(world.deps, { v: 1, ...lane }, message(), { reason: 'R.', answer: 'A', attempts: 2 });
    expect(step.lane.attempt).toEqual(stays ? lane.attempt : undefined);
    expect(world.json('receipts/releases/e-1.json')).toEqual({
      v: 1,
      outcome: 'dead',
      at,
      attempts: 2,
      content: contentOf([event]),
      ...(unsure && { unsure }),
    });
  });
});
