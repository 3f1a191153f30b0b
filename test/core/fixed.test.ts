import { describe, expect, test } from '@jest/globals';
import { hour } from '../../lib/core/backoff.ts';
import { changeTypes } from '../../lib/core/change.ts';
import { defaultGiveUpAfterMs, maxGiveUpAfterMs } from '../../lib/core/config.ts';
import { contentOf, deduplicationId, digestAbove, digestLines } from '../../lib/core/delivery.ts';
import { type Event, eventTypes, listedEventId, maxFailures, maxReason } from '../../lib/core/event.ts';
import { SourceError } from '../../lib/core/source-error.ts';

/** Names, numbers and ids that other people's routes, receivers and stored objects rely on: a change here is a breaking one. */

test('the types of event, which routes and webhook receivers name', () => {
  expect(changeTypes).toStrictEqual(['plan.appeared', 'plan.status', 'plan.rerun', 'plan.removed']);
  expect(eventTypes).toStrictEqual([
    'plan.appeared',
    'plan.status',
    'plan.rerun',
    'plan.removed',
    'source.watching',
    'source.unreachable',
    'source.recovered',
    'source.changed',
    'source.degraded',
    'state.lost',
    'destination.failing',
    'destination.recovered',
    'delivery.dead',
  ]);
});

test.each([
  ['a message is given up after three days', defaultGiveUpAfterMs, 259_200_000],
  ['and nobody may set more than twelve, since a queue keeps it for fourteen', maxGiveUpAfterMs, 1_036_800_000],
  ['in milliseconds, an hour', hour, 3_600_000],
  ['more than ten events of one look become digests', digestAbove, 10],
  ['of up to forty lines', digestLines, 40],
  ['an event names up to twenty failures', maxFailures, 20],
  ['each with a reason of up to 500 characters', maxReason, 500],
])('%s', (_, ours, promised) => {
  expect(ours).toBe(promised);
});

describe('ids stay what they are over an update, or everything would be told twice', () => {
  const plan = { id: 'p1', name: 'a', action: 'create', status: 'FAILED', creator: 'wzh' };
  const event: Event = { id: 'n-0', type: 'state.lost', time: '2026-11-24T03:04:05.678Z' };
  const message = { v: 1, id: 'n-0', destination: 'chat', events: [event], queuedAt: event.time } as const;

  // The hashes of JSON.stringify(…) that `sha256sum` prints.
  test.each([
    ['of a listed plan that never ran', listedEventId('shop', plan), 'shop-list-b974bc589a40'],
    ['of one that did', listedEventId('shop', { ...plan, executedAt: event.time }), 'shop-list-96596452b640'],
    ['of a receipt’s content', contentOf([event]), '447752829773cf9d44a19cbbda2fe48b19ec85e346024e2a97f3f55a9bca0c92'],
    ['of a message', deduplicationId(message), '8350b1fd4605e7a3986a9f54194bf962c0288b8d0671405cfed6710177faa3c8'],
    [
      'of the same in a backfill',
      deduplicationId({ ...message, run: 'r1' }),
      'e501dfb36e8ba9f51ada0b99898ba87e529360f1a3e1c141942e6791096c23e3',
    ],
  ])('that %s', (_, ours, stored) => {
    expect(ours).toBe(stored);
  });
});

test('what a source says went wrong comes with what to do, and with what kind of thing it is', () => {
  const facts = { kind: 'forbidden', status: 403, code: 'APIGW.0302', requestId: 'r1' } as const;
  const error = new SourceError('no answer', 'Look again.', facts);
  expect(error).toBeInstanceOf(Error);
  expect({ ...error, name: error.name, message: error.message }).toStrictEqual({
    ...facts,
    failure: 'misconfigured',
    name: 'SourceError',
    message: 'no answer',
    advice: 'Look again.',
  });
  expect(new SourceError('no answer', 'Look again.').kind).toBe('unreachable');
});
