import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueueMessage } from '../../lib/core/delivery.ts';
import type { DrainableQueue } from '../../lib/ports.ts';

/** A queue with nothing in it, 60 s of visibility, five minutes of deduplication, and a clock that only `advance` moves. */
type OpenQueue = { readonly queue: DrainableQueue; advance(ms: number): void; close(): Promise<void> };

export const visibilityMs = 60_000;

export const message = (id: string, destination = 'releases', over: Partial<QueueMessage> = {}): QueueMessage => ({
  v: 1,
  id,
  destination,
  events: [{ id, type: 'source.watching', source: 'shop', time: '2026-11-24T03:04:05.678Z', count: 3 }],
  queuedAt: '2026-11-24T03:04:06.000Z',
  ...over,
});

export const idOf = ({ body }: { readonly body: string }): string => (JSON.parse(body) as QueueMessage).id;

export function testClock(start = Date.parse('2026-11-24T03:00:00.000Z')) {
  let ms = start;
  return {
    now: () => new Date(ms),
    advance: (by: number) => {
      ms += by;
    },
  };
}

export function describeQueue(name: string, open: () => Promise<OpenQueue>, runs: number): void {
  const withQueue = (rule: (opened: OpenQueue) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await rule(opened);
    } finally {
      await opened.close();
    }
  };
  const ids = async (queue: DrainableQueue, most = 10) => (await queue.receive(most)).map(idOf);
  const handles = async (queue: DrainableQueue, most = 10) => (await queue.receive(most)).map(({ handle }) => handle);

  describe(`${name}: what every queue promises`, () => {
    test(
      'an empty queue hands out nothing',
      withQueue(async ({ queue }) => expect(await ids(queue)).toEqual([])),
    );

    test(
      'sending nothing is no error',
      withQueue(async ({ queue }) => {
        await queue.send([]);
        expect((await queue.waiting()).messages).toBe(0);
      }),
    );

    test(
      'a message arrives as it was sent',
      withQueue(async ({ queue }) => {
        const odd = message('a', 'releases', { run: 'r1', repeat: true, events: [] });
        const ugly = message('b', 'releases', {
          events: [{ id: 'b', type: 'state.lost', time: 'now', reason: '"\n\u0000\uD800\uFFFE\uFFFF😀' }],
        });
        await queue.send([odd, ugly]);
        const bodies = (await queue.receive(10)).map(({ body }) => JSON.parse(body) as unknown);
        expect(bodies).toEqual([odd, ugly]);
      }),
    );

    test(
      '25 messages of one send arrive in their order',
      withQueue(async ({ queue }) => {
        const sent = Array.from({ length: 25 }, (_, index) => `m${index}`);
        await queue.send(sent.map((id) => message(id)));
        const arrived: string[] = [];
        for (let batch = await queue.receive(10); batch.length > 0; batch = await queue.receive(10)) {
          arrived.push(...batch.map(idOf));
          for (const { handle } of batch) await queue.done(handle);
        }
        expect(arrived).toEqual(sent);
      }),
    );

    test(
      'several of a group are handed out at once, but never more than asked for',
      withQueue(async ({ queue }) => {
        await queue.send(['a', 'b', 'c'].map((id) => message(id)));
        expect(await ids(queue, 2)).toEqual(['a', 'b']);
      }),
    );

    test(
      'while one of a group is in hand, nothing behind it is handed out',
      withQueue(async ({ queue }) => {
        await queue.send(['a', 'b', 'c'].map((id) => message(id)));
        const [a = '', b = ''] = await handles(queue, 2);
        expect(await ids(queue)).toEqual([]);
        await queue.done(a);
        expect(await ids(queue)).toEqual([]);
        await queue.done(b);
        expect(await ids(queue)).toEqual(['c']);
      }),
    );

    test(
      'a group in hand holds up no other group',
      withQueue(async ({ queue }) => {
        await queue.send([message('a', 'one'), message('b', 'one'), message('c', 'two')]);
        expect(await ids(queue, 1)).toEqual(['a']);
        expect(await ids(queue)).toEqual(['c']);
      }),
    );

    test(
      'a delayed head holds its tail, made visible at once, and then they come in order',
      withQueue(async ({ queue, advance }) => {
        await queue.send(['a', 'b', 'c'].map((id) => message(id)));
        const [a = '', b = '', c = ''] = await handles(queue);
        await queue.delay(a, 300);
        await queue.delay(b, 0);
        await queue.delay(c, 0);
        advance(299_000);
        expect(await ids(queue)).toEqual([]);
        advance(1_000);
        expect(await ids(queue)).toEqual(['a', 'b', 'c']);
      }),
    );

    test(
      'a delay longer than the visibility time holds, and part of a second counts as a whole one',
      withQueue(async ({ queue, advance }) => {
        await queue.send([message('a')]);
        const [a = ''] = await handles(queue);
        await queue.delay(a, 3_599.2);
        advance(3_599_900);
        expect(await ids(queue)).toEqual([]);
        advance(100);
        expect(await ids(queue)).toEqual(['a']);
      }),
    );

    test(
      'a delay of 0 makes a message visible at once',
      withQueue(async ({ queue }) => {
        await queue.send([message('a')]);
        const [a = ''] = await handles(queue);
        await queue.delay(a, 0);
        expect(await ids(queue)).toEqual(['a']);
      }),
    );

    test(
      'a delay that is no number is refused',
      withQueue(async ({ queue }) => {
        await queue.send([message('a')]);
        const [a = ''] = await handles(queue);
        await expect(queue.delay(a, Number.NaN)).rejects.toThrow('not a number');
      }),
    );

    test(
      'what is neither done nor delayed comes again when its visibility time ends, in order',
      withQueue(async ({ queue, advance }) => {
        await queue.send(['a', 'b', 'c'].map((id) => message(id)));
        const [a = ''] = await handles(queue);
        await queue.done(a);
        advance(visibilityMs - 1);
        expect(await ids(queue)).toEqual([]);
        advance(1);
        expect(await ids(queue)).toEqual(['b', 'c']);
      }),
    );

    test(
      'once a message was handed out again, the earlier handle cannot delay it and does not settle it',
      withQueue(async ({ queue, advance }) => {
        await queue.send([message('a')]);
        const [early = ''] = await handles(queue);
        advance(visibilityMs);
        const [late = ''] = await handles(queue);
        await expect(queue.delay(early, 5)).rejects.toThrow(/not in hand|expired/);
        await queue.done(early);
        expect((await queue.waiting()).messages).toBe(1);
        await queue.done(late);
        expect((await queue.waiting()).messages).toBe(0);
      }),
    );

    test(
      'a message that is done cannot be delayed, and is done twice without an error',
      withQueue(async ({ queue }) => {
        await queue.send([message('a')]);
        const [a = ''] = await handles(queue);
        await queue.done(a);
        await queue.done(a);
        await expect(queue.delay(a, 5)).rejects.toThrow(/not in hand|not available/);
      }),
    );

    test.each([
      ['one that waits', async () => undefined],
      ['one in hand', async (queue: DrainableQueue) => void (await queue.receive(1))],
      [
        'one that is done',
        async (queue: DrainableQueue) => {
          for (const { handle } of await queue.receive(1)) await queue.done(handle);
        },
      ],
    ])('a second copy is swallowed: of %s', async (_state, bring) => {
      const { queue, advance, close } = await open();
      try {
        await queue.send([message('a')]);
        await bring(queue);
        const { messages } = await queue.waiting();
        advance(1_000);
        await queue.send([message('a'), message('a')]);
        expect((await queue.waiting()).messages).toBe(messages);
      } finally {
        await close();
      }
    });

    test(
      'of two copies in one send, one is swallowed',
      withQueue(async ({ queue }) => {
        await queue.send([message('a'), message('b'), message('a')]);
        expect(await ids(queue)).toEqual(['a', 'b']);
      }),
    );

    test(
      'another run, and another destination, are no copies',
      withQueue(async ({ queue }) => {
        await queue.send([message('a'), message('a', 'releases', { run: 'r1' }), message('a', 'oncall')]);
        expect((await queue.waiting()).messages).toBe(3);
      }),
    );

    test(
      'when the deduplication window is over, a message that is done may be sent again',
      withQueue(async ({ queue, advance }) => {
        await queue.send([message('a')]);
        for (const { handle } of await queue.receive(1)) await queue.done(handle);
        advance(300_000);
        await queue.send([message('a')]);
        expect(await ids(queue)).toEqual(['a']);
      }),
    );

    test('whatever happens, a group comes in order, locked, and whole', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const opened = await open();
          try {
            await keepsOrder(opened, steps);
          } finally {
            await opened.close();
          }
        }),
        { numRuns: runs },
      );
    }, 60_000);
  });
}

type Step =
  | { readonly do: 'send'; readonly groups: readonly string[] }
  | { readonly do: 'receive'; readonly most: number }
  | { readonly do: 'done' | 'delay'; readonly which: number; readonly seconds: number }
  | { readonly do: 'advance'; readonly ms: number };

const pick = { which: fc.nat(9), seconds: fc.constantFrom(0, 1, 30, 60, 600) };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('send' as const), groups: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }) }),
  fc.record({ do: fc.constant('receive' as const), most: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ do: fc.constantFrom('done' as const, 'delay' as const), ...pick }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 1_000, 30_000, visibilityMs, 600_000) }),
);

/** What may be handed out is judged from the outside: only a group none of which is hidden, and of that the first ones. */
async function keepsOrder({ queue, advance }: OpenQueue, steps: readonly Step[]): Promise<void> {
  const pending = new Map<string, string[]>([
    ['a', []],
    ['b', []],
    ['c', []],
  ]);
  const hiddenUntil = new Map<string, number>();
  let inHand: { readonly id: string; readonly group: string; readonly handle: string }[] = [];
  let clock = 0;
  let sent = 0;
  const isHidden = (id: string) => (hiddenUntil.get(id) ?? 0) > clock;
  // Only what is still hidden: whether an expired receipt settles anything differs between queues.
  const held = (which: number) => {
    const live = inHand.filter(({ id }) => isHidden(id));
    return live[which % Math.max(1, live.length)];
  };

  const receive = async (most: number) => {
    const open = new Map([...pending].filter(([, ids]) => !ids.some(isHidden)));
    const due = [...open.values()].flat().length;
    const batch = (await queue.receive(most)).map(({ handle, body }) => {
      const { id, destination } = JSON.parse(body) as QueueMessage;
      return { id, group: destination, handle };
    });
    expect(batch).toHaveLength(Math.min(most, due));
    for (const [group, taken] of Map.groupBy(batch, (one) => one.group)) {
      expect(taken.map(({ id }) => id)).toEqual(open.get(group)?.slice(0, taken.length));
    }
    for (const { id } of batch) hiddenUntil.set(id, clock + visibilityMs);
    inHand = [...inHand.filter(({ id }) => !batch.some((one) => one.id === id)), ...batch];
    return batch;
  };
  const done = async (one: (typeof inHand)[number]) => {
    await queue.done(one.handle);
    pending.set(one.group, pending.get(one.group)?.filter((id) => id !== one.id) ?? []);
    inHand = inHand.filter(({ id }) => id !== one.id);
  };

  for (const now of steps) {
    if (now.do === 'send') {
      const messages = now.groups.map((group) => message(`m${++sent}`, group));
      await queue.send(messages);
      for (const { id, destination } of messages) pending.get(destination)?.push(id);
    } else if (now.do === 'receive') {
      await receive(now.most);
    } else if (now.do === 'advance') {
      advance(now.ms);
      clock += now.ms;
    } else {
      const one = held(now.which);
      if (one && now.do === 'done') await done(one);
      else if (one) {
        await queue.delay(one.handle, now.seconds);
        hiddenUntil.set(one.id, clock + now.seconds * 1000);
      }
    }
  }

  advance(3_600_000);
  clock += 3_600_000;
  for (let batch = await receive(10); batch.length > 0; batch = await receive(10))
    for (const one of batch) await done(one);
  expect([...pending.values()].flat()).toEqual([]);
  expect((await queue.waiting()).messages).toBe(0);
}
