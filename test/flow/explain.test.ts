import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Config } from '../../lib/core/config.ts';
import { type ExplainDeps, type Explanation, explainId } from '../../lib/flow/explain.ts';
import { explainGuess, seenLike } from '../../lib/flow/explain-guess.ts';
import { config, plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';

const routes: Config['routes'] = [
  { match: { class: 'bad', name: 'release-a' }, to: ['releases'], mention: ['here'] },
  { match: { class: 'good' }, to: ['oncall'] },
];

let world: World;
beforeEach(() => {
  world = createWorld({ config: { routes, notices: ['releases'] } });
});

const deps = (routing: Partial<Config> = {}): ExplainDeps => ({
  ledger: world.ledger,
  routing: config({ routes, notices: ['releases'], ...routing }),
});

async function changes(...statuses: readonly string[]): Promise<void> {
  for (const status of statuses) {
    world.clock.ms += 60_000;
    world.cloud.plans = [plan({ id: 'a', status })];
    await world.poll();
  }
}

async function explained(id: string, routing?: Partial<Config>): Promise<Explanation> {
  const found = await explainId(deps(routing), id);
  if (found.kind !== 'events') throw new Error(found.reason);
  const [first] = found.explanations;
  if (!first) throw new Error('nothing explained');
  return first;
}

const of = ({ destinations }: Explanation, name: string) =>
  destinations.find(({ destination }) => destination === name);
const failed = 'shop-000000000002-0';

describe('what became of an event', () => {
  test('told: when, and after how many tries; not routed: which condition did not hold', async () => {
    await changes('CREATED', 'FAILED');
    await world.drain();
    const explanation = await explained(failed);
    expect(of(explanation, 'releases')).toStrictEqual({
      destination: 'releases',
      routed: true,
      mention: ['here'],
      decided: true,
      delivery: failed,
      fate: { kind: 'delivered', at: expect.any(String), attempts: 1 },
    });
    expect(of(explanation, 'oncall')).toStrictEqual({
      destination: 'oncall',
      routed: false,
      mention: [],
      decided: false,
    });
    expect(explanation.verdicts).toStrictEqual([
      { route: 0, matches: true, because: 'class, name match' },
      { route: 1, matches: false, because: 'class is "bad", wanted good' },
    ]);
    expect(explanation.text).toContain('Release failed: release-a');
  });

  test('waiting: the reason, the tries, the next attempt, and what is in front of it', async () => {
    world.answers['releases'] = [{ kind: 'retry', reason: 'HTTP 503' }];
    await changes('CREATED', 'FAILED');
    await world.drain();
    expect(of(await explained('shop-000000000001-0'), 'releases')?.fate).toStrictEqual({
      kind: 'waiting',
      attempts: 1,
      reason: 'HTTP 503',
      nextAt: expect.any(String),
    });
    expect(of(await explained(failed), 'releases')?.fate).toMatchObject({
      kind: 'waiting',
      attempts: 0,
      reason: 'It waits behind shop-000000000001-0: HTTP 503',
    });
  });

  test('in the queue, and begun without an answer', async () => {
    await changes('CREATED', 'FAILED');
    expect(of(await explained(failed), 'releases')?.fate).toStrictEqual({
      kind: 'waiting',
      attempts: 0,
      reason: 'It is in the queue and has not been tried yet.',
    });
    await world.ledger.lanes.save('releases', { v: 1, attempt: { id: failed, n: 2, at: '2026-11-24T03:02:00.000Z' } });
    expect(of(await explained(failed), 'releases')?.fate).toMatchObject({
      attempts: 2,
      reason: expect.stringMatching(/being told/),
    });
  });

  test('given up: in the words of the provider, for as long as the dead letter is there', async () => {
    await changes('CREATED');
    await world.drain();
    world.answers['releases'] = [
      { kind: 'rejected', reason: 'no_text' },
      { kind: 'rejected', reason: 'no_text' },
    ];
    await changes('FAILED');
    await world.drain();
    expect(of(await explained(failed), 'releases')?.fate).toStrictEqual({
      kind: 'dead',
      at: expect.any(String),
      attempts: 1,
      reason: 'The provider rejected it. no_text',
    });
    await world.ledger.deadLetters.remove({ destination: 'releases', id: failed });
    expect(of(await explained(failed), 'releases')?.fate).toMatchObject({
      reason: 'Its dead letter is not there any more.',
    });
  });

  test("today's routes are not those of then: both are told", async () => {
    await changes('CREATED', 'FAILED');
    await world.drain();
    const explanation = await explained(failed, { routes: [{ to: ['oncall'] }] });
    expect(of(explanation, 'releases')).toMatchObject({ routed: false, decided: true, fate: { kind: 'delivered' } });
    expect(of(explanation, 'oncall')).toMatchObject({ routed: true, decided: false });
    const gone = await explained(failed, { destinations: { oncall: { kind: 'webhook' } }, routes: [] });
    expect(of(gone, 'releases')).toMatchObject({ routed: false, decided: true });
  });

  test('a backfill told it where nobody had thought of then', async () => {
    await changes('CREATED', 'FAILED');
    await world.backfill({ destinations: ['oncall'], types: ['plan.status'] });
    await world.drain();
    expect(of(await explained(failed), 'oncall')).toMatchObject({
      routed: false,
      decided: false,
      delivery: failed,
      fate: { kind: 'delivered' },
    });
  });

  test('a digest is explained by its own id, by the one in webhook-id, and by each of its events', async () => {
    world.cloud.plans = Array.from({ length: 12 }, (_, index) => plan({ id: `p${index}` }));
    await world.poll();
    world.cloud.plans = Array.from({ length: 12 }, (_, index) => plan({ id: `p${index}`, status: 'SUCCESS' }));
    await world.poll();
    await world.drain();
    for (const id of ['shop-000000000002-0.d12', 'shop-000000000002-0-d12']) {
      const found = await explainId(deps(), id);
      expect(found).toMatchObject({ kind: 'events', explanations: { length: 12 } });
    }
    expect(of(await explained('shop-000000000002-7'), 'oncall')).toMatchObject({
      delivery: 'shop-000000000002-0.d12',
      fate: { kind: 'delivered' },
    });
  });

  test('of several events of one look each has its own delivery, and its own tries', async () => {
    world.cloud.plans = [plan({ id: 'a' }), plan({ id: 'b' })];
    await world.poll();
    world.cloud.plans = [plan({ id: 'a', status: 'SUCCESS' }), plan({ id: 'b', status: 'SUCCESS' })];
    await world.poll();
    await world.drain();
    for (const id of ['shop-000000000002-0', 'shop-000000000002-1'])
      expect(of(await explained(id), 'oncall')).toMatchObject({ decided: true, delivery: id });
  });

  test('a destination of then that is in no configuration any more calls nobody', async () => {
    await changes('CREATED', 'FAILED');
    const gone = await explained(failed, { destinations: { oncall: { kind: 'webhook' } }, routes: [] });
    expect(of(gone, 'releases')).toMatchObject({ routed: false, mention: [], fate: { kind: 'waiting' } });
  });

  test('given up by a backfill: in the words of the dead letter', async () => {
    await changes('CREATED', 'FAILED');
    world.answers['oncall'] = [{ kind: 'rejected', reason: 'no_text' }];
    await world.backfill({ destinations: ['oncall'], types: ['plan.status'] });
    await world.drain();
    expect(of(await explained(failed), 'oncall')).toMatchObject({
      decided: false,
      fate: { kind: 'dead', reason: 'The provider rejected it. no_text' },
    });
  });

  test('a repeat is explained by what it repeats', async () => {
    await changes('CREATED', 'FAILED');
    expect((await explained(`${failed}-rrun-1`)).event.id).toBe(failed);
  });

  test('a notice about a destination, which no log holds', async () => {
    world.answers['oncall'] = [{ kind: 'misconfigured', reason: 'HTTP 404' }];
    await changes('CREATED', 'SUCCESS');
    await world.drain();
    const notice =
      world.told.find(({ message }) => message.events[0]?.type === 'destination.failing')?.message.id ?? '';
    expect(notice).toMatch(/^planwatch-oncall-\d+-failing$/);
    const explanation = await explained(notice);
    expect(explanation.verdicts).toStrictEqual([]);
    expect(of(explanation, 'releases')).toMatchObject({ routed: true, fate: { kind: 'delivered' } });
    expect(of(explanation, 'oncall')).toStrictEqual({ destination: 'oncall', routed: false, mention: [] });
    const untold = await explained(notice.replace('failing', 'dead'));
    expect(of(untold, 'releases')).toMatchObject({
      fate: { kind: 'waiting', reason: expect.stringMatching(/never was/) },
    });
    expect(untold.event.type).toBe('delivery.dead');
  });

  test.each([
    ['failing', 'destination.failing'],
    ['recovered', 'destination.recovered'],
    ['dead', 'delivery.dead'],
  ])('a notice whose id ends in %s is a %s, at the time in its id', async (what, type) => {
    const { event } = await explained(`planwatch-oncall-1795489380000-${what}`);
    expect(event).toMatchObject({ type, destination: 'oncall', time: new Date(1_795_489_380_000).toISOString() });
  });

  test('a notice about a destination that waits behind a failing one, and one that was given up', async () => {
    const id = 'planwatch-oncall-1795489380000-failing';
    const lane = { v: 1, failingSince: '2026-11-24T03:00:00.000Z', reason: 'HTTP 503' } as const;
    await world.ledger.lanes.save('releases', { ...lane, attempt: { id, n: 3, at: '2026-11-24T03:01:00.000Z' } });
    expect(of(await explained(id), 'releases')).toMatchObject({
      delivery: id,
      fate: { kind: 'waiting', attempts: 3, reason: 'HTTP 503' },
    });
    const notBefore = '2026-11-24T03:10:00.000Z';
    await world.ledger.lanes.save('releases', { ...lane, notBefore });
    expect(of(await explained(id), 'releases')?.fate).toMatchObject({
      attempts: 0,
      reason: 'HTTP 503',
      nextAt: notBefore,
    });
    const events = [(await explained(id)).event];
    const delivery = { v: 1, id, destination: 'releases', events, queuedAt: notBefore } as const;
    const given = { reason: 'Given up.', answer: 'no_text', attempts: 2, firstAt: notBefore, at: notBefore };
    await world.ledger.deadLetters.write({ v: 1, delivery, ...given });
    await world.ledger.receipts.write(delivery, { v: 1, outcome: 'dead', at: notBefore, attempts: 2, content: '' });
    expect(of(await explained(id), 'releases')).toMatchObject({
      delivery: id,
      fate: { kind: 'dead', reason: 'Given up. no_text' },
    });
  });

  test.each([
    ['x', /not an event's id/],
    ['shop-000000000009-0', /Revision 9 of shop, which would hold .*, is not there/],
    ['shop-000000000001-7', /has no event shop-000000000001-7: it has 1/],
    ['shop-list-0123456789ab', /made by a backfill from the list.*no destination of today has a receipt/],
    ['planwatch-oncall-999-failing', /not an event's id/],
    ['see shop-000000000001-0', /not an event's id/],
    ['shop-000000000001-0 above', /not an event's id/],
    ['see planwatch-oncall-1795489380000-dead', /not an event's id/],
    ['planwatch-oncall-1795489380000-dead!', /not an event's id/],
    ['see shop-list-0123456789ab', /not an event's id/],
    ['shop-list-0123456789abc', /not an event's id/],
    ['shop-000000000001-17', /has no event shop-000000000001-17: it has 1/],
    ['x'.repeat(81), /^"x{80}" is not/],
  ])('%s leads nowhere, which is said', async (id, words) => {
    await changes('CREATED');
    expect(await explainId(deps(), id)).toStrictEqual({ kind: 'unknown', reason: expect.stringMatching(words) });
  });

  test('a backfill from the list is known by its receipts', async () => {
    await changes('CREATED');
    await world.backfill({ from: 'list', destinations: ['oncall'] });
    await world.drain();
    const id = world.told.at(-1)?.message.id ?? '';
    expect(await explainId(deps(), id)).toMatchObject({ reason: expect.stringContaining('delivered at oncall') });
  });

  test('a damaged entry is said to be damaged, and nothing is written', async () => {
    await changes('CREATED');
    await world.store.put('log/shop/000000000001.json', '{}');
    expect(await explainId(deps(), 'shop-000000000001-0')).toMatchObject({ reason: expect.stringMatching(/damaged/) });
  });
});

describe('an event that is only described', () => {
  const now = new Date('2026-11-24T03:00:00.000Z');
  const guessed = (guess: Parameters<typeof explainGuess>[0], more: Partial<Config> = {}) => {
    const { destinations, verdicts } = explainGuess(guess, config({ routes, ...more }), now);
    return {
      to: Object.fromEntries(destinations.map(({ destination, routed }) => [destination, routed])),
      because: verdicts.map(({ because }) => because),
      calls: destinations.flatMap(({ mention }) => mention),
    };
  };

  test('what is known decides, what is open is a condition', () => {
    expect(guessed({ status: 'FAILED' })).toStrictEqual({
      to: { releases: 'depends', oncall: false },
      because: ['only if name is release-a', 'class is "bad", wanted good'],
      calls: [],
    });
    expect(guessed({ status: 'FAILED', name: 'release-a' })).toMatchObject({ to: { releases: true }, calls: ['here'] });
    expect(guessed({ status: 'FAILED', name: 'other' })).toMatchObject({ to: { releases: false, oncall: false } });
    expect(guessed({ name: 'release-a' })).toMatchObject({
      to: { releases: 'depends', oncall: 'depends' },
      because: ['only if class is bad', 'only if class is good'],
    });
  });

  test.each([
    [{ type: 'plan.appeared' as const }, false],
    [{ type: 'plan.status' as const }, 'depends' as const],
    [{ type: 'plan.status' as const, from: 'CREATED' }, true],
    [{}, 'depends' as const],
  ])('a status before is of changes of status alone: %j', (guess, reached) => {
    const route = { match: { from: 'CREATED' }, to: ['oncall'] };
    expect(guessed({ name: 'x', ...guess }, { routes: [route] }).to['oncall']).toBe(reached);
  });

  test('without routes everything goes everywhere', () => {
    expect(guessed({ status: 'FAILED' }, { routes: [] })).toMatchObject({ to: { releases: true, oncall: true } });
  });

  test('what was seen like it is found, latest first, with what became of it', async () => {
    await changes('CREATED', 'FAILED', 'SUCCESS', 'FAILED');
    await world.drain();
    const seen = async (guess: Parameters<typeof seenLike>[1]) =>
      (await seenLike({ ...deps(), sources: ['shop'] }, guess)).map(({ event }) => event.id);
    expect(await seen({ name: 'release-a', status: 'FAILED' })).toStrictEqual(['shop-000000000004-0', failed]);
    expect(await seen({ name: 'release-?' })).toHaveLength(3);
    expect(await seen({ from: 'FAILED' })).toStrictEqual(['shop-000000000003-0']);
    expect(await seen({ name: 'release-b' })).toStrictEqual([]);
    expect(await seen({ source: 'other', name: 'release-a' })).toStrictEqual([]);
    const [latest] = await seenLike({ ...deps(), sources: ['shop'] }, { status: 'FAILED' });
    expect(latest && of(latest, 'releases')?.fate).toMatchObject({ kind: 'delivered' });
  });
});
