import { describe, expect, test } from '@jest/globals';
import type { QueueMessage } from '../../lib/core/delivery.ts';
import { type PlanEvent, planEvent } from '../../lib/core/event.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import { againMs } from '../../lib/flow/lane-deps.ts';
import { plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';

const minute = 60_000;
const hour = 60 * minute;

const event = (id: string): PlanEvent =>
  planEvent(
    { type: 'plan.status', plan: plan({ id: 'a', status: 'FAILED' }), from: 'CREATED' },
    id,
    '2026-11-24T03:00:00.000Z',
    {
      source: 'shop',
      region: 'ap-southeast-3',
      projectId: 'p',
    },
  );

const message = (id: string, destination = 'releases', over: Partial<QueueMessage> = {}): QueueMessage => ({
  v: 1,
  id,
  destination,
  events: [event(id)],
  queuedAt: '2026-11-24T03:00:00.000Z',
  ...over,
});

const outcomes = async (results: ReturnType<World['deliverOnce']>): Promise<string[]> =>
  (await results).map(({ id, outcome }) => `${id} ${outcome}`);

const busy = { kind: 'retry', reason: 'HTTP 429' } as const;
const gone = { kind: 'misconfigured', reason: 'HTTP 404: no_service', advice: 'Make a new webhook.' } as const;

describe('a message that gets through', () => {
  test('leaves a receipt, and a copy of it is not told again', async () => {
    const world = createWorld();
    await world.queue.send([message('e-1')]);
    expect(await outcomes(world.deliverOnce())).toEqual(['e-1 delivered']);
    expect(world.json('receipts/releases/e-1.json')).toMatchObject({ v: 1, outcome: 'delivered', attempts: 1 });
    world.clock.ms += hour;
    await world.queue.send([message('e-1')]);
    expect(await outcomes(world.deliverOnce())).toEqual(['e-1 settled']);
    expect(world.take()).toEqual(['releases: e-1']);
  });

  test('the same id with other words is another message: a log that was lost begins again', async () => {
    const world = createWorld();
    await world.queue.send([message('e-1')]);
    await world.drain();
    world.clock.ms += hour;
    await world.queue.send([message('e-1', 'releases', { events: [{ ...event('e-1'), from: 'SUCCESS' }] })]);
    expect(await outcomes(world.deliverOnce())).toEqual(['e-1 delivered']);
  });

  test('that a provider only took in is recorded as such', async () => {
    const world = createWorld();
    world.answers['releases'] = [{ kind: 'accepted', reference: 'r-9' }];
    await world.queue.send([message('e-1')]);
    await world.drain();
    expect(world.json('receipts/releases/e-1.json')).toMatchObject({ outcome: 'accepted', reference: 'r-9' });
  });

  test('the attempt is written before it is made, the receipt after the answer', async () => {
    const seen: string[][] = [];
    const world = createWorld();
    world.answers['releases'] = [
      () => {
        seen.push([...world.objects.keys()]);
        return { kind: 'delivered' };
      },
    ];
    await world.queue.send([message('e-1')]);
    await world.drain();
    expect(seen).toEqual([['lanes/releases.json']]);
  });
});

describe('a destination that says "not now"', () => {
  test('is asked again by the schedule, in order, and nothing overtakes', async () => {
    const world = createWorld();
    world.answers['releases'] = [busy, busy];
    await world.queue.send([message('e-1'), message('e-2'), message('e-1', 'oncall')]);
    expect((await outcomes(world.deliverOnce())).sort()).toEqual(['e-1 delivered', 'e-1 waiting', 'e-2 waiting']);
    expect(world.take()).toEqual(['oncall: e-1']);
    expect(await world.deliverOnce()).toEqual([]);
    world.clock.ms += 5_000;
    await world.drain();
    world.clock.ms += 29_000;
    expect(await world.drain()).toEqual([]);
    world.clock.ms += 1_000;
    await world.drain();
    expect(world.take()).toEqual(['releases: e-1', 'releases: e-2']);
    expect(world.json('receipts/releases/e-1.json').attempts).toBe(3);
    expect(world.json('lanes/releases.json').failingSince).toBeUndefined();
  });

  test('is never asked earlier than it said', async () => {
    const world = createWorld();
    world.answers['releases'] = [{ ...busy, retryAfterMs: 20 * minute }];
    await world.queue.send([message('e-1')]);
    await world.drain();
    world.clock.ms += 20 * minute - 1;
    expect(await world.drain()).toEqual([]);
    world.clock.ms += 1;
    expect(await outcomes(world.drain())).toEqual(['e-1 delivered']);
  });

  test('is told about after an hour of nothing else, once, and again when it answers', async () => {
    const world = createWorld();
    world.answers['releases'] = Array.from({ length: 8 }, () => busy);
    await world.queue.send([message('e-1'), message('e-2')]);
    for (let i = 0; i < 30; i++) {
      await world.drain();
      world.clock.ms += 10 * minute;
    }
    const since = Date.parse('2026-11-24T03:00:00.000Z');
    expect(world.take()).toEqual([
      `oncall: planwatch-releases-${since}-failing`,
      'releases: e-1',
      'releases: e-2',
      `oncall: planwatch-releases-${since}-recovered`,
    ]);
  });
});

describe('a destination that is set up wrongly', () => {
  test('is told about at once, waits by the hour, and everything arrives in order when it is mended', async () => {
    const world = createWorld();
    world.answers['releases'] = [gone, gone];
    await world.queue.send([message('e-1'), message('e-2')]);
    await world.drain();
    expect(world.told.map((one) => [one.destination, one.message.events[0]])).toMatchObject([
      ['oncall', { type: 'destination.failing', destination: 'releases', reason: gone.reason, advice: gone.advice }],
    ]);
    world.take();
    world.clock.ms += hour;
    await world.drain();
    world.clock.ms += hour;
    await world.drain();
    expect(world.take().map((line) => line.replace(/\d{13}/, 'since'))).toEqual([
      'releases: e-1',
      'releases: e-2',
      'oncall: planwatch-releases-since-recovered',
    ]);
  });

  test('that is the only one for notices cannot be told about by itself: whoever runs planwatch is told', async () => {
    const world = createWorld({ config: { notices: ['releases'] } });
    world.answers['releases'] = [gone];
    await world.queue.send([message('e-1')]);
    const heard: unknown[] = [];
    const deps = { ...world.deps, onNotice: (...all: unknown[]) => void heard.push(all) };
    await deliver(deps, await world.queue.receive(10), () => 60_000);
    expect(heard).toMatchObject([[{ type: 'destination.failing', destination: 'releases', reason: gone.reason }, []]]);
    expect(await world.queue.waiting()).toMatchObject({ messages: 1 });
  });
});

describe('a message that is rejected', () => {
  const wrong = { kind: 'rejected', reason: 'invalid_blocks' } as const;

  test('is tried once more as plain text', async () => {
    const world = createWorld();
    world.answers['releases'] = [wrong];
    await world.queue.send([message('e-1')]);
    await world.drain();
    expect(world.told).toMatchObject([{ plain: true, message: { id: 'e-1' } }]);
  });

  test('becomes a dead letter with the provider’s words, and the next one goes', async () => {
    const world = createWorld();
    world.answers['releases'] = [wrong, wrong];
    await world.queue.send([message('e-1'), message('e-2')]);
    await world.drain();
    expect(world.json('dead-letters/releases/e-1.json')).toMatchObject({
      v: 1,
      answer: 'invalid_blocks',
      attempts: 1,
      delivery: { id: 'e-1' },
    });
    expect(world.json('receipts/releases/e-1.json').outcome).toBe('dead');
    expect(world.take().map((line) => line.replace(/\d{13}/, 'at'))).toEqual([
      'releases: e-2',
      'oncall: planwatch-releases-at-dead',
    ]);
  });
});

describe('giving up', () => {
  test('needs an attempt after the time is over, and takes everything that is overdue together', async () => {
    const world = createWorld();
    world.answers['releases'] = Array.from({ length: 200 }, () => busy);
    await world.queue.send([
      message('e-1'),
      message('e-2'),
      message('e-3', 'releases', { queuedAt: '2026-11-24T23:00:00.000Z' }),
    ]);
    for (let i = 0; i < 72; i++) {
      await world.drain();
      world.clock.ms += hour + 13 * minute;
      if (world.objects.has('dead-letters/releases/e-1.json')) break;
    }
    await world.drain();
    expect([...world.objects.keys()].filter((key) => key.startsWith('dead-letters/'))).toEqual([
      'dead-letters/releases/e-1.json',
      'dead-letters/releases/e-2.json',
    ]);
    const dead = world.told.filter((one) => one.message.id.endsWith('-dead'));
    expect(dead).toMatchObject([{ destination: 'oncall', message: { events: [{ type: 'delivery.dead', count: 2 }] } }]);
    world.answers['releases'] = [];
    world.clock.ms += 2 * hour;
    await world.drain();
    expect(world.take()).toContain('releases: e-3');
  });

  test('what was perhaps seen before it was given up is marked when it is sent again', async () => {
    const world = createWorld();
    const rejected = { kind: 'rejected', reason: 'too long' } as const;
    world.answers['releases'] = [{ kind: 'retry', reason: 'no answer', unsure: true }, rejected, rejected];
    await world.queue.send([message('e-1')]);
    await world.drain();
    world.clock.ms += hour;
    await world.drain();
    expect(world.json('receipts/releases/e-1.json')).toMatchObject({ outcome: 'dead', unsure: true });
    await world.backfill({ deadLetters: true });
    await world.drain();
    const [told] = world.told.filter((one) => one.destination === 'releases');
    expect(told?.message.notes.some((note) => note.startsWith('May be a repeat'))).toBe(true);
  });

  test('the second time within one outage it is told under another id', async () => {
    const world = createWorld();
    world.answers['releases'] = Array.from({ length: 400 }, () => busy);
    const late = '2026-11-24T12:00:00.000Z';
    await world.queue.send([message('e-1'), message('e-2', 'releases', { queuedAt: late })]);
    for (let i = 0; i < 90 && !world.objects.has('dead-letters/releases/e-2.json'); i++) {
      await world.drain();
      world.clock.ms += hour + 13 * minute;
    }
    const ids = world.take().filter((line) => line.endsWith('-dead'));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  test.each([1, 2, 3, 4])(
    'dying at write %i of giving up: one dead letter, one receipt, told once with the right count',
    async (deadly) => {
      let writes = Number.NaN;
      const world = createWorld({
        store: (store) => ({
          ...store,
          put: async (key, body) => {
            if (++writes === deadly) throw new Error('killed');
            return store.put(key, body);
          },
        }),
      });
      const rejected = { kind: 'rejected', reason: 'too long' } as const;
      world.answers['releases'] = [rejected, rejected, rejected, rejected];
      await world.queue.send([message('e-1')]);
      writes = 0;
      await world.drain();
      world.clock.ms += hour;
      await world.drain();
      const dead = world.told.filter((one) => one.message.id.endsWith('-dead'));
      expect(dead).toMatchObject([
        { destination: 'oncall', message: { events: [{ type: 'delivery.dead', count: 1 }] } },
      ]);
      expect(world.json('receipts/releases/e-1.json').outcome).toBe('dead');
      expect(world.json('dead-letters/releases/e-1.json').answer).toBe('too long');
      expect(await world.queue.waiting()).toMatchObject({ messages: 0 });
    },
  );

  test('a message for a destination that is not configured any more is a dead letter, once no deploy can be under way', async () => {
    const world = createWorld();
    await world.queue.send([message('e-1', 'old-chat')]);
    expect(await world.drain()).toMatchObject([{ outcome: 'waiting', reason: expect.stringContaining('deploy') }]);
    world.clock.ms += 15 * minute;
    await world.drain();
    expect(world.json('dead-letters/old-chat/e-1.json').reason).toMatch(/not in the configuration/);
  });
});

describe('a copy that may be one', () => {
  test.each([
    ['whose answer was lost', { kind: 'retry', reason: 'no answer', unsure: true } as const, true],
    ['that was refused in so many words', busy, false],
  ])('a message %s is marked: %s', async (_, first, marked) => {
    const world = createWorld();
    world.answers['releases'] = [first, busy];
    await world.queue.send([message('e-1')]);
    for (let i = 0; i < 3; i++) {
      await world.drain();
      world.clock.ms += minute;
    }
    expect(world.told[0]?.message.notes.some((note) => note.startsWith('May be a repeat'))).toBe(marked);
  });

  test('a message is marked when planwatch died between the answer and the receipt', async () => {
    let dead = true;
    const world = createWorld({
      store: (store) => ({
        ...store,
        put: async (key, body) => {
          if (dead && key.startsWith('receipts/')) throw new Error('killed');
          return store.put(key, body);
        },
      }),
    });
    await world.queue.send([message('e-1')]);
    expect(await outcomes(world.deliverOnce())).toEqual(['e-1 failed']);
    dead = false;
    world.clock.ms += 9_000;
    expect(await world.drain()).toEqual([]);
    world.clock.ms += 1_000;
    await world.drain();
    const marks = world.told.map((one) => one.message.notes.some((note) => note.startsWith('May be a repeat')));
    expect(marks).toEqual([false, true]);
  });
});

describe('pace and time', () => {
  test('a provider’s pace is kept without sleeping long', async () => {
    const world = createWorld();
    const started = world.clock.ms;
    const deps = {
      ...world.deps,
      destination: async (name: string) => {
        const found = await world.deps.destination(name);
        return found && { ...found, pace: { everyMs: 3_000, burst: 2 } };
      },
    };
    await world.queue.send(['e-1', 'e-2', 'e-3', 'e-4'].map((id) => message(id)));
    const first = await deliver(deps, await world.queue.receive(10), () => 60_000);
    expect(first.map((result) => result.outcome)).toEqual(['delivered', 'delivered', 'waiting', 'waiting']);
    expect(world.clock.ms - started).toBe(0);
  });

  test('no send is begun that could not end before the function is stopped', async () => {
    const world = createWorld();
    await world.queue.send([message('e-1')]);
    const results = await deliver(world.deps, await world.queue.receive(10), () => 12_000);
    expect(results).toMatchObject([{ outcome: 'waiting', reason: expect.stringContaining('No time') }]);
    expect(world.objects.size).toBe(0);
  });

  test('a clock that was set back does not hold a lane for a day', async () => {
    const world = createWorld();
    world.clock.ms += 24 * hour;
    world.answers['releases'] = [busy];
    await world.queue.send([message('e-1')]);
    await world.drain();
    world.clock.ms -= 24 * hour;
    const results = await deliver(world.deps, [{ handle: 'h', body: JSON.stringify(message('e-1')) }], () => 60_000);
    expect(results).toMatchObject([{ outcome: 'delivered' }]);
  });
});

describe('what a later version wrote', () => {
  test.each([
    ['a type', { type: 'plan.stalled' }, 'Release plan (plan.stalled)'],
    ['a class', { plan: { ...event('x').plan, class: 'odd' } }, 'Release failed'],
    ['a notice', { type: 'source.paused', plan: undefined }, 'source.paused'],
  ])('with %s that is not known here is told all the same', async (_what, over, words) => {
    const world = createWorld();
    await world.queue.send([message('e-1', 'releases', { events: [{ ...event('e-1'), ...over } as never] })]);
    await world.drain();
    expect(world.told[0]?.message.title).toContain(words);
  });

  test('that cannot be put into words at all is a dead letter, and the next one goes', async () => {
    const world = createWorld();
    world.answers['releases'] = [() => Promise.reject(new TypeError('cannot read properties'))];
    await world.queue.send([message('e-1'), message('e-2')]);
    expect(await outcomes(world.deliverOnce())).toEqual(['e-1 dead', 'e-2 delivered']);
    expect(world.json('dead-letters/releases/e-1.json').answer).toBe(
      'planwatch could not put it into words: cannot read properties',
    );
  });
});

test.each([
  [undefined, 10],
  [0, 10],
  [1, 10],
  [2, 20],
  [8, 1_280],
  [9, 1_500],
  [1_000, 1_500],
])(
  'what failed for reasons of our own, handed out %j times, comes again after %i s: not a thousand times in 14 days',
  (tries, seconds) => {
    expect(againMs(tries) / 1_000).toBe(seconds);
  },
);

describe('what cannot be read', () => {
  test.each([
    ['not JSON', '{"v":1,'],
    ['somebody else’s', '{"hello":"world"}'],
    ['a key that leads out of its folder', JSON.stringify(message('../../x'))],
    ['no events', JSON.stringify(message('e-1', 'releases', { events: [] }))],
  ])('%s: kept aside, and the rest is told', async (_, body) => {
    const world = createWorld();
    const results = await deliver(
      world.deps,
      [
        { handle: '1', body },
        { handle: '2', body: JSON.stringify(message('e-2')) },
      ],
      () => 60_000,
    );
    expect(results.map((result) => result.outcome)).toEqual(['parked', 'delivered']);
    expect([...world.objects].filter(([key]) => key.startsWith('quarantine/queue/')).map(([, kept]) => kept)).toEqual([
      body,
    ]);
  });

  test('a message of a newer version stays in the queue', async () => {
    const world = createWorld();
    const results = await deliver(
      world.deps,
      [{ handle: '1', body: '{"v":2,"destination":"releases"}' }],
      () => 60_000,
    );
    expect(results).toMatchObject([{ outcome: 'failed', reason: expect.stringContaining('newer planwatch') }]);
    expect(world.objects.size).toBe(0);
  });

  test('nothing overtakes a message of a newer version', async () => {
    const world = createWorld();
    const batch = [
      '{"v":2,"destination":"releases"}',
      JSON.stringify(message('e-2')),
      JSON.stringify(message('e-3', 'oncall')),
    ];
    const results = await deliver(
      world.deps,
      batch.map((body, index) => ({ handle: String(index), body })),
      () => 60_000,
    );
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['delivered', 'failed', 'waiting']);
    expect(world.take()).toEqual(['oncall: e-3']);
  });

  test('a send is not begun when reading took the time that was left', async () => {
    const world = createWorld();
    await world.queue.send([message('e-1')]);
    let asked = 0;
    const results = await deliver(world.deps, await world.queue.receive(1), () => (asked++ === 0 ? 60_000 : 5_000));
    expect(results).toMatchObject([{ outcome: 'waiting', reason: expect.stringContaining('No time') }]);
    expect(world.told).toEqual([]);
  });

  test.each(['receipts/releases/e-1.json', 'lanes/releases.json'])(
    'a damaged %s is kept aside, and the message is told',
    async (key) => {
      const world = createWorld();
      world.objects.set(key, '{"v":1,"outc');
      await world.queue.send([message('e-1')]);
      expect(await outcomes(world.deliverOnce())).toEqual(['e-1 delivered']);
      expect([...world.objects.keys()].some((one) => one.startsWith(`quarantine/${key}/`))).toBe(true);
    },
  );
});
