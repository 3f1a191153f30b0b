import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlanEvent } from '../../lib/core/event.ts';
import { createLedger, type Ledger } from '../../lib/ledger/ledger.ts';
import { applyEntry, type LogEntry, sameIdentity } from '../../lib/ledger/log.ts';
import { parseQueueMessage } from '../../lib/ledger/queue-message.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { collect } from '../support/collect.ts';

const at = '2026-11-24T03:04:05.678Z';
const identity = { endpoint: 'https://servicestage.test', projectId: 'p', edition: 'release-plans' };
const plan = { id: 'a', name: 'release-a', action: 'create', status: 'FAILED', creator: 'wzh' };
const event = {
  id: 'shop-000000000001-0',
  type: 'plan.status',
  source: 'shop',
  time: at,
  plan: { ...plan, createdAt: at, executedAt: at, class: 'bad' },
  from: 'CREATED',
  region: 'r',
  projectId: 'p',
  failures: [{ component: 'cart', reason: 'image pull failed' }],
};
const notice = {
  id: 'n',
  type: 'source.paused',
  source: 's',
  destination: 'd',
  time: at,
  reason: 'r',
  advice: 'a',
  count: 0,
};
const inPlan = (over: object) => ({ ...event, plan: { ...event.plan, ...over } });

const queued = { v: 1, id: 'e-1', destination: 'releases', events: [event], queuedAt: at };

const step = { id: event.id, type: event.type, time: at, status: 'FAILED', from: 'CREATED' };
const life = { shown: event, steps: [step], earlier: 2, broken: { since: at, until: at } };

type Kind = {
  readonly key: string;
  readonly whole: Record<string, unknown>;
  /** What the ledger makes of the key: the document, or undefined where it is lost or treated so. */
  readonly read: (ledger: Ledger) => Promise<unknown>;
  readonly write: (ledger: Ledger, document: never) => Promise<unknown>;
  /** What may be left out, all at once. */
  readonly least: Record<string, unknown>;
  /** Each of these in place of the field's value makes the whole unreadable. */
  readonly wrong: Record<string, readonly unknown[]>;
};

const text = [1, null, {}];
const optionalText = [1, null, {}];
const count = ['1', 1.5, -1, null];
const found = async (reading: Promise<{ kind: string; value?: unknown }>) => (await reading).value;

const kinds: Record<string, Kind> = {
  'a log entry': {
    key: 'log/shop/000000000001.json',
    whole: {
      v: 1,
      revision: 1,
      at,
      identity,
      events: [event, notice],
      deliveries: [{ id: 'x', destination: 'd', events: [event.id, 'n'] }],
      plans: [plan],
    },
    read: (ledger) => found(ledger.log.read('shop', 1)),
    write: (ledger, entry) => ledger.log.commit('shop', entry),
    least: { v: 1, revision: 1, at, identity, events: [{ id: 'n', type: 'state.lost', time: at }], deliveries: [] },
    wrong: {
      revision: [...count, 2],
      at: text,
      identity: [
        undefined,
        null,
        {},
        { ...identity, endpoint: 1 },
        { ...identity, projectId: 1 },
        { ...identity, edition: 1 },
      ],
      events: [
        undefined,
        {},
        [1],
        [{ ...event, id: 1 }],
        [{ ...event, type: 1 }],
        [{ ...event, time: 1 }],
        [{ ...event, plan: {} }],
        [{ ...event, plan: { ...plan, name: 1 } }],
        [{ ...event, plan: { ...plan, status: 1 } }],
        [event, 1],
        [inPlan({ action: undefined })],
        [inPlan({ creator: 1 })],
        [inPlan({ createdAt: 1 })],
        [inPlan({ executedAt: null })],
        [inPlan({ class: undefined })],
        [{ ...event, source: 1 }],
        [{ ...event, source: undefined }],
        [{ ...event, region: undefined }],
        [{ ...event, projectId: undefined }],
        [{ ...event, from: 1 }],
        [{ ...event, failures: 5 }],
        [{ ...event, failures: [null] }],
        [{ ...event, failures: [event.failures[0], { component: 'x' }] }],
        [{ ...event, failures: [{ reason: 'x' }] }],
        [{ ...notice, destination: 1 }],
        [{ ...notice, reason: 1 }],
        [{ ...notice, advice: 1 }],
        [{ ...notice, count: 'x' }],
      ],
      deliveries: [
        undefined,
        {},
        [1],
        [{ destination: 'd', events: [] }],
        [{ id: 'x', events: [] }],
        [{ id: 'x', destination: 'd' }],
        [{ id: 'x', destination: 'd', events: [1] }],
        [{ id: 'x', destination: 'd', events: ['of another entry'] }],
        [{ id: 'x', destination: 'On Call', events: [event.id] }],
        [{ id: 'x', destination: 1, events: [event.id] }],
      ],
      plans: [null, {}, [1], [{ ...plan, id: 1 }]],
    },
  },
  'a checkpoint': {
    key: 'checkpoint/shop.json',
    whole: { v: 1, revision: 1, digest: 'd', at, identity, count: 1, plans: [plan] },
    read: (ledger) => found(ledger.checkpoints.load('shop')),
    write: (ledger, checkpoint) => ledger.checkpoints.save('shop', checkpoint),
    least: { v: 1, revision: 0, digest: '', at, identity, count: 0, plans: [] },
    wrong: { revision: count, digest: text, at: text, identity: [undefined, {}], plans: [undefined, [{}]] },
  },
  'which message is a plan’s': {
    key: 'messages/releases/shop/a.json',
    whole: { v: 1, reference: 'C1/1.2', opened: 'hash', last: event.id, at, life, unsaid: event.id },
    read: async (ledger) => (await ledger.messages.find('releases', event as PlanEvent)).posted,
    write: (ledger, posted) => ledger.messages.save('releases', event as PlanEvent, posted),
    least: {
      v: 1,
      reference: '',
      opened: '',
      last: '',
      at,
      life: { shown: inPlan({ createdAt: at }), steps: [], earlier: 0 },
    },
    wrong: {
      reference: text,
      opened: text,
      last: text,
      at: text,
      unsaid: optionalText,
      life: [
        undefined,
        [],
        { ...life, shown: notice },
        { ...life, shown: { ...event, time: 1 } },
        { ...life, shown: { ...event, source: 'other' } },
        { ...life, shown: inPlan({ id: 'b' }) },
        { ...life, earlier: -1 },
        { ...life, steps: {} },
        ...['id', 'type', 'time', 'status', 'from'].map((field) => ({ ...life, steps: [{ ...step, [field]: 1 }] })),
        { ...life, steps: [step, null] },
        { ...life, broken: 1 },
        { ...life, broken: {} },
        { ...life, broken: { since: at, until: 1 } },
      ],
    },
  },
  'a health record': {
    key: 'health/shop.json',
    whole: { v: 1, failures: 3, since: at, reason: 'HTTP 502', told: 'id', lastGood: at, missing: { a: at } },
    read: async (ledger) => {
      const health = await ledger.health.load('shop');
      return health.failures === 0 ? undefined : health;
    },
    write: (ledger, health) => ledger.health.save('shop', health),
    least: { v: 1, failures: 1 },
    wrong: {
      failures: count,
      since: optionalText,
      reason: optionalText,
      told: optionalText,
      lastGood: optionalText,
      missing: [null, [], { a: 1 }, { a: at, b: 1 }],
    },
  },
  'a receipt': {
    key: 'receipts/releases/e-1.json',
    whole: { v: 1, outcome: 'delivered', at, attempts: 1, content: 'c', reference: 'r' },
    read: (ledger) => ledger.receipts.find({ destination: 'releases', id: 'e-1', content: 'c' }),
    write: (ledger, receipt) => ledger.receipts.write({ destination: 'releases', id: 'e-1' }, receipt),
    least: { v: 1, outcome: 'dead', at, attempts: 0, content: 'c' },
    wrong: {
      outcome: ['told', null, 1],
      at: text,
      attempts: count,
      content: [...text, 'other'],
      reference: optionalText,
    },
  },
  'a lane': {
    key: 'lanes/releases.json',
    whole: {
      v: 1,
      attempt: { id: 'e-1', n: 1, at, since: at },
      notBefore: at,
      tokensAt: at,
      failingSince: at,
      reason: 'HTTP 429',
      told: { failing: true, notices: [event] },
      tokens: 0.5,
      memory: 'chat -100',
    },
    read: async (ledger) => {
      const lane = await ledger.lanes.load('releases');
      return Object.keys(lane).length === 1 ? undefined : lane;
    },
    write: (ledger, lane) => ledger.lanes.save('releases', lane),
    least: { v: 1, told: {} },
    wrong: {
      attempt: [
        null,
        1,
        { n: 1, at },
        { id: 'e-1', at },
        { id: 'e-1', n: 1 },
        { id: 'e-1', n: 1, at: 'soon' },
        { id: 'e-1', n: 1, at, since: 'soon' },
      ],
      tokensAt: [null, 1, 'soon'],
      notBefore: [null, 1, 'soon'],
      failingSince: [null, 1, 'soon'],
      reason: optionalText,
      told: [null, 1, { notices: [1] }],
      tokens: ['1', null],
      memory: [7, null],
    },
  },
  'a dead letter': {
    key: 'dead-letters/releases/e-1.json',
    whole: { v: 1, delivery: queued, reason: 'r', answer: 'a', attempts: 1, firstAt: at, at },
    read: async (ledger) => {
      const [one] = await collect(ledger.deadLetters.all());
      return one?.reading.kind === 'found' ? one.reading.value : undefined;
    },
    write: (ledger, letter) => ledger.deadLetters.write(letter),
    least: { v: 1, delivery: queued, reason: '', answer: '', attempts: 0, firstAt: at, at },
    wrong: {
      delivery: [undefined, null, {}, { ...queued, id: 1 }],
      reason: text,
      answer: text,
      attempts: count,
      firstAt: text,
      at: text,
    },
  },
};

const ledgerWith = (key: string, body: string) => {
  const objects = new Map([[key, body]]);
  return { ledger: createLedger(createMemoryStore(objects)), objects };
};

describe.each(Object.entries(kinds))('%s', (_name, { key, whole, least, read, write, wrong }) => {
  test.each([whole, least])('that is written is read again: %j', async (document) => {
    const { ledger, objects } = ledgerWith('other', '');
    await write(ledger, document as never);
    expect([...objects.keys()]).toEqual(['other', key]);
    expect(JSON.parse(objects.get(key) ?? '')).toEqual(document);
    expect(await read(ledger)).toEqual(document);
  });

  test('that is whole is read as it was written', async () => {
    const { ledger, objects } = ledgerWith(key, JSON.stringify(whole));
    expect(await read(ledger)).toEqual(whole);
    expect([...objects.keys()]).toEqual([key]);
  });

  const rows = Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const));
  test.each(rows)('whose %s is %j is treated as lost', async (field, value) => {
    const { ledger } = ledgerWith(key, JSON.stringify({ ...whole, [field]: value }));
    expect(await read(ledger)).toBeUndefined();
  });

  test.each(['', '{', 'null', '[]', '1', '"x"', '{}', '{"v":0}', '{"v":"2"}'])(
    'that reads %j is kept aside and treated as lost',
    async (body) => {
      const { ledger, objects } = ledgerWith(key, body);
      expect(await read(ledger)).toBeUndefined();
      expect(objects.get(`quarantine/${key}/${createHash('sha256').update(body).digest('hex')}`)).toBe(body);
    },
  );

  test('of a newer version is refused, and kept as it is', async () => {
    const { ledger, objects } = ledgerWith(key, '{"v":2}');
    await expect(read(ledger)).rejects.toThrow(`${key} was written by a newer planwatch (v: 2)`);
    expect([...objects]).toEqual([[key, '{"v":2}']]);
  });

  test('that is not there is no fault', async () => {
    const { ledger, objects } = ledgerWith('other', '');
    expect(await read(ledger)).toBeUndefined();
    expect(objects.size).toBe(1);
  });
});

describe('the head of a checkpoint', () => {
  const head = { v: 1, revision: 1, digest: 'd', at, identity, count: 1 };
  const written = JSON.stringify({ ...head, plans: [plan] });
  test.each([
    ['is read without the plans', written, head],
    ['is read whatever stands in the plans', written.replace('"FAILED"', 'FAILED'), head],
    [
      'ends where the plans begin, whatever a text in it says',
      written.replace('"d"', '",\\"plans\\":[1]}"'),
      { ...head, digest: ',"plans":[1]}' },
    ],
    ['is not there without a count, as an earlier version wrote it', written.replace('"count":1,', ''), undefined],
    ['is not there where the end is missing', written.slice(0, -1), undefined],
    ['is not there where it is not whole', written.replace('"revision":1,', ''), undefined],
    ['is not there in another version', written.replace('"v":1', '"v":2'), undefined],
    ['is not there where nothing is', undefined, undefined],
  ])('%s', async (_, body, expected) => {
    const ledger = createLedger(createMemoryStore(new Map(body === undefined ? [] : [['checkpoint/shop.json', body]])));
    expect((await ledger.checkpoints.fetch('shop')).head).toStrictEqual(expected);
  });
});

describe('a queue message', () => {
  test.each([{ ...queued }, { ...queued, run: 'r', repeat: true }])('that is whole is read: %j', (message) => {
    expect(parseQueueMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each<[string, unknown]>([
    ['v', 0],
    ['id', 1],
    ['id', '../x'],
    ['id', 'x'.repeat(201)],
    ['id', ''],
    ['destination', 1],
    ['destination', 'Upper'],
    ['destination', 'a/b'],
    ['destination', 'x'.repeat(41)],
    ['events', []],
    ['events', {}],
    ['events', [1]],
    ['queuedAt', 'soon'],
    ['queuedAt', 1],
    ['run', 1],
    ['repeat', false],
  ])('whose %s is %j is not ours', (field, value) => {
    expect(parseQueueMessage(JSON.stringify({ ...queued, [field]: value }))).toBeUndefined();
  });

  test.each(['', '{', 'null', '[]', '1', '{"v":"2"}'])('that reads %j is not ours', (body) => {
    expect(parseQueueMessage(body)).toBeUndefined();
  });

  test('of a newer version is refused, and its destination named at no great length', () => {
    const destination = 'releases'.repeat(10);
    expect(() => parseQueueMessage(JSON.stringify({ v: 2, destination }))).toThrow(
      `a queue message for ${destination.slice(0, 40)} was written by a newer planwatch (v: 2)`,
    );
  });
});

describe('receipts', () => {
  test.each(['delivered', 'accepted', 'dead'])('%s is an outcome', async (outcome) => {
    const { key, whole } = kinds['a receipt'] as Kind;
    const { ledger } = ledgerWith(key, JSON.stringify({ ...whole, outcome }));
    expect(await ledger.receipts.find({ destination: 'releases', id: 'e-1', content: 'c' })).toMatchObject({ outcome });
  });
});

describe('dead letters', () => {
  test('are listed for one destination or for all, and removed', async () => {
    const { deadLetters } = createLedger(createMemoryStore());
    const letter = (destination: string) =>
      ({ ...kinds['a dead letter']?.whole, delivery: { ...queued, destination } }) as never;
    await deadLetters.write(letter('a'));
    await deadLetters.write(letter('b'));
    const keys = async (destination?: string) => (await collect(deadLetters.all(destination))).map(({ key }) => key);
    expect(await keys()).toEqual(['dead-letters/a/e-1.json', 'dead-letters/b/e-1.json']);
    expect(await keys('b')).toEqual(['dead-letters/b/e-1.json']);
    await deadLetters.remove({ destination: 'a', id: 'e-1' });
    expect(await keys()).toEqual(['dead-letters/b/e-1.json']);
  });

  test('that are damaged are listed as such, with where they are kept', async () => {
    const { ledger } = ledgerWith('dead-letters/a/e-1.json', '{');
    expect(await collect(ledger.deadLetters.all())).toMatchObject([
      {
        key: 'dead-letters/a/e-1.json',
        reading: { kind: 'damaged', kept: expect.stringMatching(/^quarantine\/dead-letters/) },
      },
    ]);
  });
});

describe('a log entry applied', () => {
  const b = { ...plan, id: 'b' };
  const entryOf = (over: object) =>
    ({ v: 1, revision: 1, at, identity, events: [], deliveries: [], ...over }) as unknown as LogEntry;
  const happened = (type: string, about: object) => ({ id: 'e', type, time: at, plan: { ...about, class: 'bad' } });
  test.each<[string, object, unknown[]]>([
    ['a baseline replaces everything', { plans: [b] }, [b]],
    ['nothing that happened changes nothing', {}, [plan]],
    ['a plan that appeared is added', { events: [happened('plan.appeared', b)] }, [plan, b]],
    [
      'a plan that changed is the new one, without its class',
      { events: [happened('plan.status', { ...plan, status: 'X' })] },
      [{ ...plan, status: 'X' }],
    ],
    ['a plan that was removed is gone', { events: [happened('plan.removed', plan)] }, []],
    ['a notice is about no plan', { events: [{ id: 'e', type: 'state.lost', time: at }] }, [plan]],
  ])('%s', (_rule, over, expected) => {
    expect(applyEntry([plan], entryOf(over))).toEqual(expected);
  });

  test.each([
    [{}, true],
    [{ endpoint: 'x' }, false],
    [{ projectId: 'x' }, false],
    [{ edition: 'x' }, false],
  ])('an identity that differs in %j is the same: %s', (over, same) => {
    expect(sameIdentity(identity, { ...identity, ...over })).toBe(same);
  });
});

describe('the log', () => {
  test('commits once, and lists its revisions in order, whatever else lies beside', async () => {
    const objects = new Map<string, string>([
      ['log/shop/notes.txt', ''],
      ['log/shop/000000000003.json.bak', ''],
      ['log/shop-two/000000000009.json', ''],
    ]);
    const { log } = createLedger(createMemoryStore(objects));
    const entry = (revision: number, when = at) =>
      ({ v: 1, revision, at: when, identity, events: [], deliveries: [] }) as const;
    expect(await log.commit('shop', entry(2))).toBe(true);
    expect(await log.commit('shop', entry(1))).toBe(true);
    expect(await log.commit('shop', entry(2, '2026-11-24T03:04:06.000Z'))).toBe(false);
    expect(await collect(log.revisions('shop'))).toEqual([1, 2]);
    expect(await log.read('shop', 3)).toEqual({ kind: 'absent' });
  });
});

test.each([
  ['4cf4d39e-c11a-41b0-82eb-30defc376d52', '4cf4d39e-c11a-41b0-82eb-30defc376d52'],
  ['a.b_c-d', 'a.b_c-d'],
  ['a'.repeat(101), 'a'.repeat(101)],
  ...['a'.repeat(102), 'A', '.', '..', '../x', 'x/y', 'é', 'a b', '\n'].map((id) => [id, hashed(id)]),
])('the message of the plan %j lies in a file of its own: %s', async (id, name) => {
  const objects = new Map<string, string>();
  const about = inPlan({ id }) as PlanEvent;
  await createLedger(createMemoryStore(objects)).messages.open('releases', about, { v: 1 } as never);
  expect([...objects.keys()]).toEqual([`messages/releases/shop/${name}.json`]);
});

function hashed(id: string): string {
  return `sha256-${createHash('sha256').update(id).digest('hex')}`;
}

describe('an object that was cut inside a character', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'planwatch-cut-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test.each<[string, (ledger: Ledger) => Promise<unknown>]>([
    ['lanes/releases.json', (ledger) => ledger.lanes.load('releases')],
    ['health/shop.json', (ledger) => ledger.health.load('shop')],
    ['checkpoint/shop.json', (ledger) => ledger.checkpoints.load('shop')],
    ['receipts/releases/e-0.json', (ledger) => ledger.receipts.read({ destination: 'releases', id: 'e-0' })],
  ])('%s is kept aside as it is, and treated as lost', async (key, load) => {
    const bytes = Buffer.from('{"v":1,"reason":"发布').subarray(0, -1);
    await mkdir(dirname(join(root, key)), { recursive: true });
    await writeFile(join(root, key), bytes);
    const store = createFileStore(root);
    await load(createLedger(store));
    const kept: string[] = [];
    for await (const one of store.list(`quarantine/${key}/`)) kept.push((await store.get(one)) ?? '');
    expect(kept.map((text) => Buffer.from(text, 'base64'))).toEqual([bytes]);
  });
});
