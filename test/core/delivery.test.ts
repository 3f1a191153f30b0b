import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  contentOf,
  deduplicationId,
  digestAbove,
  digestLines,
  groupDeliveries,
  type QueueMessage,
  toMessages,
} from '../../lib/core/delivery.ts';
import { type Event, eventId } from '../../lib/core/event.ts';
import { classOf } from '../../lib/core/plan.ts';

const time = '2026-11-24T03:04:05.678Z';

const event = (index: number, status: string, name = 'release'): Event => ({
  id: eventId('shop', 7, index),
  type: 'plan.appeared',
  source: 'shop',
  time,
  plan: { id: `p${index}`, name, action: 'create', status, class: classOf(status), creator: 'wzh' },
  region: 'ap-southeast-3',
  projectId: '0123456789abcdef0123456789abcdef',
});

const some = (count: number, status: (index: number) => string = () => 'SUCCESS'): Event[] =>
  Array.from({ length: count }, (_, index) => event(index, status(index)));

const idsOf = (events: readonly Event[]): string[] => events.map(({ id }) => id);

describe('deliveries of one look', () => {
  test.each([
    [0, []],
    [1, [1]],
    [digestAbove, Array(10).fill(1)],
    [digestAbove + 1, [11]],
    [digestLines, [40]],
    [digestLines + 1, [40, 1]],
    [2 * digestLines + 5, [40, 40, 5]],
  ])('%i events become deliveries of %j', (count, sizes) => {
    expect(groupDeliveries('chat', some(count)).map(({ events }) => events.length)).toStrictEqual(sizes);
  });

  test('a single event lends its id; a digest has that of its first and their number', () => {
    expect(groupDeliveries('chat', some(41)).map(({ id }) => id)).toStrictEqual([
      'shop-000000000007-0.d40',
      'shop-000000000007-40',
    ]);
  });

  test('failures come first in a digest, and either half keeps its order', () => {
    const [digest] = groupDeliveries(
      'chat',
      some(12, (index) => (index % 5 === 3 ? 'FAILED' : 'SUCCESS')),
    );
    expect(digest?.events.map((id) => Number(id.split('-').at(-1)))).toStrictEqual([
      3, 8, 0, 1, 2, 4, 5, 6, 7, 9, 10, 11,
    ]);
  });

  test('up to ten are told one by one in the order in which they happened, failures or not', () => {
    const events = some(10, (index) => (index === 9 ? 'FAILED' : 'SUCCESS'));
    expect(groupDeliveries('chat', events).flatMap(({ events: ids }) => ids)).toStrictEqual(idsOf(events));
  });

  test('a digest that would be too large is split, and one event that is too large stands alone', () => {
    const events = some(12).map(
      (one, index) => event(index, 'SUCCESS', 'x'.repeat(index === 5 ? 300_000 : 60_000)) ?? one,
    );
    const sizes = groupDeliveries('chat', events).map(({ events: ids }) => ids.length);
    expect(sizes).toStrictEqual([3, 2, 1, 3, 3]);
  });
});

describe('a digest takes 200 kB and not a byte more', () => {
  // Eleven events, all but the last of 10 kB.
  const sized = (last: number) =>
    Array.from({ length: 11 }, (_, index) => {
      const bare = Buffer.byteLength(JSON.stringify(event(index, 'SUCCESS', '')));
      return event(index, 'SUCCESS', 'x'.repeat((index === 10 ? last : 10_000) - bare));
    });
  test.each([
    [100_000, [11]],
    [100_001, [10, 1]],
  ])('after 100 kB, %i more give digests of %j', (last, sizes) => {
    expect(groupDeliveries('chat', sized(last)).map(({ events }) => events.length)).toStrictEqual(sizes);
  });
});

test('a notice in a digest is no failure', () => {
  const events: Event[] = [...some(10), { id: 'n-0', type: 'state.lost', time }, event(11, 'FAILED')];
  const [digest] = groupDeliveries('chat', events);
  expect(digest?.events).toStrictEqual(idsOf([...events.slice(11), ...events.slice(0, 11)]));
  expect(digest?.destination).toBe('chat');
});

describe('of any events of a look', () => {
  // Often more than a digest holds, and now and then larger than one may be.
  const length = fc.oneof({ weight: 20, arbitrary: fc.nat(50) }, fc.constantFrom(20_000, 70_000));
  const anyEvents = fc
    .array(fc.tuple(fc.constantFrom('SUCCESS', 'FAILED', 'ODD'), length), { maxLength: 100, size: 'max' })
    .map((rows) => rows.map(([status, name], index) => event(index, status, '€'.repeat(name))));

  test('nothing is dropped and nothing told twice', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const told = groupDeliveries('chat', events).flatMap((delivery) => delivery.events);
        expect(told.toSorted()).toStrictEqual(idsOf(events).toSorted());
      }),
      { numRuns: 50 },
    );
  });

  test('no two deliveries share an id, and the same events give the same deliveries', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const deliveries = groupDeliveries('chat', events);
        expect(new Set(deliveries.map(({ id }) => id)).size).toBe(deliveries.length);
        expect(groupDeliveries('chat', JSON.parse(JSON.stringify(events)))).toStrictEqual(deliveries);
      }),
      { numRuns: 50 },
    );
  });

  test('no digest has more than 40 lines or is larger than a queue takes', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const entry = { events, deliveries: groupDeliveries('chat', events) };
        for (const message of toMessages(entry, time)) {
          expect(message.events.length).toBeLessThanOrEqual(digestLines);
          if (message.events.length > 1) expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(201_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a digest tells failures before the rest, over all of them', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        if (events.length <= digestAbove) return;
        const byId = new Map(events.map((one) => [one.id, one]));
        const order = groupDeliveries('chat', events).flatMap((one) => one.events.map((id) => byId.get(id) as Event));
        const bad = events.filter((one) => 'plan' in one && one.plan.class === 'bad');
        expect(order).toStrictEqual([...bad, ...events.filter((one) => !bad.includes(one))]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('messages', () => {
  test('carry the events of their delivery, in its order, and when they were queued', () => {
    const [first, second] = some(2);
    const deliveries = [{ id: 'd', destination: 'chat', events: idsOf([second as Event, first as Event]) }];
    expect(toMessages({ events: [first as Event, second as Event], deliveries }, time)).toStrictEqual([
      { v: 1, id: 'd', destination: 'chat', events: [second, first], queuedAt: time },
    ]);
  });

  test('leave out what their entry does not hold', () => {
    const deliveries = [{ id: 'd', destination: 'chat', events: ['gone'] }];
    expect(toMessages({ events: some(1), deliveries }, time)).toMatchObject([{ id: 'd', events: [] }]);
  });

  const message: QueueMessage = { v: 1, id: 'd', destination: 'chat', events: [], queuedAt: time };

  test.each<[string, Partial<QueueMessage>, boolean]>([
    ['queued again later', { queuedAt: '2026-11-25T00:00:00.000Z' }, true],
    ['another destination', { destination: 'other' }, false],
    ['another id', { id: 'e' }, false],
    ['another run', { run: 'r1' }, false],
  ])('%s is a copy: %p', (_, over, same) => {
    expect(deduplicationId({ ...message, ...over }) === deduplicationId(message)).toBe(same);
  });

  test('the parts of a deduplication id cannot run into each other', () => {
    const [one, other] = [
      { ...message, destination: 'a', id: 'b-c' },
      { ...message, destination: 'a-b', id: 'c' },
    ];
    expect(deduplicationId(one)).not.toBe(deduplicationId(other));
    expect(deduplicationId(one)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the same content has the same hash after a way through JSON, and other content has another', () => {
    const events = some(2);
    expect(contentOf(JSON.parse(JSON.stringify(events)))).toBe(contentOf(events));
    expect(contentOf(events.toReversed())).not.toBe(contentOf(events));
  });
});
