import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { backfill } from '../../lib/flow/backfill.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import { type DeliveryResult, staysQueued } from '../../lib/flow/delivery-result.ts';
import { poll } from '../../lib/flow/poll.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { parseQueueMessage } from '../../lib/ledger/queue-message.ts';
import { createFileQueue } from '../../lib/queues/file.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { config as configOf, plan } from '../support/build.ts';
import { collect } from '../support/collect.ts';
import { destinations, listOf, shopPlans } from './write-state.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
/** One folder a release; each was written by that release (write-state.ts), and is never written again. */
const releases = (await readdir(fixtures)).filter((name) => name.startsWith('state-'));

const homes: string[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});

/** The code of today on a copy of what a release left, at the time at which it stopped. */
async function open(release: string) {
  const home = await mkdtemp(join(tmpdir(), 'planwatch-upgrade-'));
  homes.push(home);
  await cp(join(fixtures, release), home, { recursive: true });
  const clock = { ms: Date.parse('2026-11-24T06:14:00.000Z') };
  const now = () => new Date(clock.ms);
  const store = createFileStore(join(home, 'store'));
  const queue = createFileQueue(join(home, 'queue'), { now });
  const lists = { shop: listOf('shop'), mall: listOf('mall'), yard: listOf('yard') };
  lists.shop.list.plans = [...shopPlans, plan({ id: 'b', status: 'FAILED' })];
  lists.mall.list.plans = new SourceError('HTTP 503', 'The cloud has trouble of its own.');
  lists.yard.list.plans = [plan({ id: 'y', status: 'RUNNING' })];
  lists.yard.list.endpoint = 'https://elsewhere.test';

  const told: { readonly destination: string; readonly message: Message }[] = [];
  const answers: Record<string, Outcome> = {};
  const config = configOf({ destinations, notices: ['oncall'] });
  const deps = {
    store,
    queue,
    ledger: createLedger(store),
    routing: config,
    giveUpAfterMs: config.giveUpAfterMs,
    now,
    random: () => 0.5,
    sleep: async () => {},
    sources: { shop: lists.shop.source, mall: lists.mall.source, yard: lists.yard.source },
    destination: async (destination: string) => ({
      pace: { everyMs: 10, burst: 10 },
      hasPlain: false,
      channel: {
        async send(message: Message): Promise<Outcome> {
          const outcome = answers[destination] ?? { kind: 'delivered' as const };
          if (outcome.kind === 'delivered') told.push({ destination, message });
          return outcome;
        },
      },
    }),
  };
  const keys = () => collect(store.list(''));
  return {
    clock,
    lists,
    store,
    queue,
    answers,
    ledger: deps.ledger,
    messages: () => readdir(join(home, 'queue/messages')),
    body: (name: string) => readFile(join(home, 'queue/messages', name), 'utf8'),
    keys,
    objects: async () =>
      Object.fromEntries(await Promise.all((await keys()).map(async (key) => [key, await store.get(key)] as const))),
    replace: (name: string, body: string) => writeFile(join(home, 'queue/messages', name), body),
    poll: () => poll(deps, {}, () => 60_000),
    backfill: (request: unknown) => backfill(deps, request, 'run-9'),
    /** Everything that is due: `destination id outcome`. */
    async tellAll(): Promise<DeliveryResult[]> {
      const all: DeliveryResult[] = [];
      for (;;) {
        const batch = await queue.receive(10);
        if (batch.length === 0) return all;
        const results = await deliver(deps, batch, () => 60_000);
        for (const result of results) if (!staysQueued(result)) await queue.done(result.handle);
        all.push(...results);
      }
    },
    told,
  };
}

const lines = (results: readonly DeliveryResult[]) =>
  results.map(({ destination, id, outcome }) => `${destination} ${id} ${outcome}`).sort();

/** Which fields a document has, nested ones as `told.failing`; lists count as one element. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => fieldsOf(one, path));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, one]) => fieldsOf(one, path ? `${path}.${key}` : key));
}

test('there is a state of the release that is out', () => {
  expect(releases).toContain('state-0.1.0');
});

describe.each(releases)('what is stored as of %s', (release) => {
  test.each([
    ['lanes/', ['attempt.unsure', 'notBefore', 'failingSince', 'reason', 'tokens', 'told.failing', 'told.deadAt']],
    ['lanes/', ['told.deadUntold', 'told.lastDead', 'told.notices.advice']],
    ['health/', ['failures', 'since', 'reason', 'told', 'lastGood', 'missing.b']],
    ['checkpoint/', ['revision', 'digest', 'at', 'identity.endpoint', 'plans.executedAt']],
    ['receipts/', ['outcome', 'at', 'attempts', 'content', 'reference', 'unsure']],
    ['dead-letters/', ['delivery.events.id', 'reason', 'answer', 'attempts', 'firstAt', 'at']],
    ['log/', ['identity.edition', 'plans.id', 'deliveries.events', 'events.from', 'events.failures.reason']],
    ['log/', ['events.count', 'events.advice', 'events.plan.class', 'events.plan.executedAt']],
  ])('%s… has %j, so that reading it proves something', async (prefix, fields) => {
    const { store } = await open(release);
    const documents = await Promise.all((await collect(store.list(prefix))).map((key) => store.get(key)));
    const found = new Set(documents.flatMap((body) => fieldsOf(JSON.parse(body ?? ''))));
    expect([...found]).toEqual(expect.arrayContaining(fields));
  });

  test('is read, every object and every message, and nothing is put aside', async () => {
    const { ledger, store, keys, messages, body } = await open(release);
    const before = await keys();
    const read: Record<string, (name: string) => Promise<unknown>> = {
      checkpoint: async (name) => (await ledger.checkpoints.load(name)).kind,
      health: async (name) => ((await ledger.health.load(name)).v === 1 ? 'found' : 'lost'),
      lanes: async (name) => (Object.keys(await ledger.lanes.load(name)).length > 1 ? 'found' : 'lost'),
      log: async (name) => {
        const [source = '', revision] = name.split('/');
        return (await ledger.log.read(source, Number(revision))).kind;
      },
      receipts: async (name) => {
        const [destination = '', id = ''] = name.split('/');
        const { content } = JSON.parse((await store.get(`receipts/${name}.json`)) ?? '');
        return (await ledger.receipts.find({ destination, id, content })) ? 'found' : 'lost';
      },
      'dead-letters': async () => 'found',
      quarantine: async () => 'found',
    };
    for (const key of before) {
      const [, folder = '', name = ''] = /^([^/]+)\/(.*?)(?:\.json)?$/.exec(key) ?? [];
      expect([key, await read[folder]?.(name)]).toEqual([key, 'found']);
    }
    const letters = await collect(ledger.deadLetters.all());
    expect(letters.map(({ reading }) => reading.kind)).toEqual(['found', 'found', 'found', 'found']);
    for (const name of await messages()) expect(parseQueueMessage(await body(name))).toBeDefined();
    expect(await messages()).toHaveLength(9);
    expect(await keys()).toEqual(before);
  });

  test('poll goes on from it: nothing is news that was known, and what is new counts from there', async () => {
    const { poll: look, lists, clock, ledger } = await open(release);
    const quiet = await look();
    expect(quiet.map(({ source, ok, revision, events }) => [source, ok, revision, events])).toEqual([
      ['shop', true, 5, []],
      ['mall', false, 4, []],
      ['yard', true, 4, []],
    ]);
    expect(await ledger.health.load('mall')).toMatchObject({ told: 'mall-000000000004-0' });

    clock.ms += 60_000;
    lists.shop.list.plans = shopPlans.map((one) => (one.id === 'a' ? { ...one, status: 'ROLLBACK_FAILED' } : one));
    lists.mall.list.plans = [];
    await look();
    clock.ms += 60_000;
    lists.yard.list.plans = [];
    const [shop] = await look();
    expect(shop?.events).toMatchObject([{ id: 'shop-000000000007-0', type: 'plan.removed', plan: { id: 'b' } }]);
    expect((await ledger.log.read('shop', 6)) as unknown).toMatchObject({
      value: { events: [{ type: 'plan.status', from: 'SUCCESS', plan: { status: 'ROLLBACK_FAILED' } }] },
    });
    expect((await ledger.log.read('mall', 5)) as unknown).toMatchObject({
      value: { events: [{ id: 'mall-000000000005-0', type: 'source.recovered' }] },
    });
  });

  test('deliver goes on from it: lanes wait as they were told to, and what was sent again on request is told', async () => {
    const { tellAll, told, ledger, clock } = await open(release);
    expect(lines(await tellAll())).toEqual([
      'archive shop-000000000003-0-rrun-1 delivered',
      'archive shop-000000000005-0 delivered',
      'oncall planwatch-pager-1795493460000-failing delivered',
      'oncall planwatch-releases-1795493460000-recovered delivered',
      'oncall shop-000000000003-0 delivered',
      'oncall shop-000000000004-0.d13 delivered',
      'oncall shop-000000000005-0 delivered',
      'pager shop-000000000004-0.d13 waiting',
      'pager shop-000000000005-0 waiting',
      'releases shop-000000000004-0.d13 delivered',
      'releases shop-000000000005-0 delivered',
    ]);
    // archive died between the answer and the receipt of the first, and was asked for the second by hand.
    const archive = told.filter(({ destination }) => destination === 'archive').map(({ message }) => message.notes);
    expect(archive).toEqual([
      expect.arrayContaining([expect.stringMatching(/May be a repeat/)]),
      expect.arrayContaining([expect.stringMatching(/Sent again on request/)]),
    ]);
    const letters = await collect(ledger.deadLetters.all());
    expect(letters.map(({ key }) => key)).toEqual(['dead-letters/archive/shop-000000000003-0.json']);

    clock.ms = Date.parse('2026-11-24T07:14:00.000Z');
    expect(lines(await tellAll())).toEqual([
      'oncall planwatch-pager-1795493460000-recovered delivered',
      'pager shop-000000000004-0.d13 delivered',
      'pager shop-000000000005-0 delivered',
    ]);
    expect(await tellAll()).toEqual([]);
  });

  test('backfill knows by its receipts what was told', async () => {
    const { backfill: fill, tellAll, clock, objects } = await open(release);
    await tellAll();
    clock.ms += 3_600_000;
    await tellAll();
    const entries = Object.entries(await objects()).filter(([key]) => key.startsWith('log/'));
    const decided = entries.flatMap(([, body]) => JSON.parse(body ?? '').deliveries);
    expect(decided.length).toBeGreaterThan(30);
    // The one dead letter that nobody sent again is settled as well.
    expect(await fill({ limit: 1000 })).toMatchObject({ enqueued: 0, skipped: decided.length });
  });

  test('of a later version is refused and left as it is', async () => {
    const { store, keys, objects, messages, replace, body, poll: look, backfill: fill, tellAll } = await open(release);
    const later = (text: string | undefined) => text?.replace(/^\{"v":1,/, '{"v":2,') ?? '';
    for (const key of await keys()) await store.put(key, later(await store.get(key)));
    for (const name of await messages()) await replace(name, later(await body(name)));
    const before = { objects: await objects(), messages: await messages() };

    expect((await look()).map(({ ok, error }) => [ok, /newer planwatch/.test(error ?? '')])).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
    const results = await tellAll();
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['failed']));
    await expect(fill({})).rejects.toThrow('newer planwatch');
    await expect(fill({ deadLetters: true })).rejects.toThrow('newer planwatch');
    expect({ objects: await objects(), messages: await messages() }).toEqual(before);
  });
});
