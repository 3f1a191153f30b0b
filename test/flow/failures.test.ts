import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../lib/core/change.ts';
import type { Failure } from '../../lib/core/event.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { createAsides } from '../../lib/flow/asides.ts';
import { explainFailures } from '../../lib/flow/failures.ts';
import type { PlanSource } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

const sourceOf = (failures: PlanSource['failures']): PlanSource => ({
  place: { source: 's', region: 'r', projectId: 'p' },
  identity: async () => ({ endpoint: '', projectId: '', edition: '' }),
  list: async () => ({ digest: '' }),
  failures,
  confirmRemoved: async () => 'unknown',
});
const change = (id: string, over: object = {}): Change =>
  ({ type: 'plan.status', from: 'CREATED', plan: plan({ id, status: 'FAILED' }), ...over }) as Change;
const soon = () => AbortSignal.timeout(60_000);
const forbidden = new SourceError('HTTP 403 APIGW.0302: no', 'Allow servicestage::getReleasePlan.', {
  kind: 'forbidden',
});

describe('why plans failed', () => {
  test('is asked for changes into a bad class, and for no others', async () => {
    const asked: string[] = [];
    const source = sourceOf(async (id) => {
      asked.push(id);
      return [{ component: id, reason: 'r' }];
    });
    const changes = [
      change('failed'),
      change('good', { plan: plan({ id: 'good', status: 'SUCCESS' }) }),
      change('new', { type: 'plan.appeared' }),
      change('gone', { type: 'plan.removed' }),
    ];
    const { failures } = await explainFailures(source, changes, undefined, soon(), new Map());
    expect(asked).toEqual(['failed', 'new']);
    expect([...failures]).toEqual([
      ['failed', [{ component: 'failed', reason: 'r' }]],
      ['new', [{ component: 'new', reason: 'r' }]],
    ]);
  });

  test('is asked for five plans a look, three at once, and one that cannot be had does not stop the others', async () => {
    let [now, most] = [0, 0];
    const asked: string[] = [];
    const source = sourceOf(async (id) => {
      asked.push(id);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      if (id === 'p1') throw new SourceError('HTTP 502', 'x');
      if (id === 'p2') throw new TypeError('a fault of ours');
      return [];
    });
    const six = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].map((id) => change(id));
    const { failures } = await explainFailures(source, six, undefined, soon(), new Map());
    expect(asked.sort()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
    expect(most).toBe(3);
    expect([...failures.keys()].sort()).toEqual(['p0', 'p3', 'p4']);
  });

  test('is not waited for where no time is left', async () => {
    const signals: AbortSignal[] = [];
    const source = sourceOf((_id, signal) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new SourceError('late', 'x'))));
    });
    const four = ['p0', 'p1', 'p2', 'p3'].map((id) => change(id));
    const until = createAsides(() => 5_010).until();
    expect(await explainFailures(source, four, undefined, until, new Map())).toEqual({
      failures: new Map(),
      notices: [],
      unexplained: undefined,
    });
    expect(signals.length).toBe(3);
    expect(signals.every((signal) => signal.aborted)).toBe(true);
  });

  test('is not asked for again in the next race of a look, unless the plan failed in another way by then', async () => {
    const asked: string[] = [];
    const source = sourceOf(async (id) => {
      asked.push(id);
      return [];
    });
    const known = new Map<string, readonly Failure[]>();
    await explainFailures(source, [change('p')], undefined, soon(), known);
    await explainFailures(source, [change('p')], undefined, soon(), known);
    expect(asked).toEqual(['p']);
    const worse = change('p', { plan: plan({ id: 'p', status: 'ROLLBACK_FAILED' }) });
    const later = change('p', { plan: plan({ id: 'p', status: 'FAILED', executedAt: '2026-11-24T02:00:00.000Z' }) });
    await explainFailures(source, [worse], undefined, soon(), known);
    await explainFailures(source, [later], undefined, soon(), known);
    expect(asked).toHaveLength(3);
  });

  test.each<[rule: string, told: string | undefined, answer: SourceError | readonly Failure[], expected: object]>([
    [
      'nobody may ask: told, with what would allow it',
      undefined,
      forbidden,
      {
        unexplained: undefined,
        notices: [
          {
            type: 'source.degraded',
            lacks: 'reasons',
            reason: 'Why a release failed cannot be told: HTTP 403 APIGW.0302: no',
            advice: 'Allow servicestage::getReleasePlan.',
          },
        ],
      },
    ],
    ['nobody may ask, and that was told: silence', 'e1', forbidden, { unexplained: 'e1', notices: [] }],
    ['it works again: forgotten', 'e1', [], { unexplained: undefined, notices: [] }],
    [
      'trouble that passes: silence',
      undefined,
      new SourceError('HTTP 502', 'x'),
      { unexplained: undefined, notices: [] },
    ],
    ['trouble says nothing of the permission', 'e1', new SourceError('HTTP 502', 'x'), { unexplained: 'e1' }],
  ])('%s', async (_rule, told, answer, expected) => {
    const source = sourceOf(async () => {
      if (answer instanceof SourceError) throw answer;
      return answer as readonly Failure[];
    });
    expect(await explainFailures(source, [change('p')], told, soon(), new Map())).toMatchObject(expected);
  });

  test('costs nothing where nothing failed', async () => {
    const source = sourceOf(async () => Promise.reject(new Error('asked')));
    expect(await explainFailures(source, [], 'e1', soon(), new Map())).toEqual({
      failures: new Map(),
      notices: [],
      unexplained: 'e1',
    });
  });
});

describe('the time that a look has for single plans', () => {
  test('is one for all its races, and begins with the first question', () => {
    const { until } = createAsides(() => 60_000);
    expect(until()).toBe(until());
    expect(until().aborted).toBe(false);
  });
});

describe('a look at a plan that failed', () => {
  const failing = (id: string, run: number) =>
    plan({ id, status: 'FAILED', executedAt: new Date(Date.UTC(2026, 10, 24, 2, run)).toISOString() });
  const typesOf = (events: readonly { type: string }[]) => events.map(({ type }) => type);

  test('without the permission to ask why tells the failure, says once what is missing, and again after it worked', async () => {
    const world = createWorld();
    world.cloud.plans = [plan({ id: 'a' })];
    await world.poll();
    world.cloud.failures = { a: forbidden };
    world.cloud.plans = [failing('a', 1)];
    const first = await world.poll();
    expect(typesOf(first.events)).toEqual(['source.degraded', 'plan.status']);
    expect(first.events[1]).not.toHaveProperty('failures');
    expect(world.json('health/shop.json')).toMatchObject({ unexplained: 'shop-000000000002-0' });

    world.cloud.plans = [failing('a', 2)];
    expect(typesOf((await world.poll()).events)).toEqual(['plan.rerun']);

    world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed', version: '1.0', durationMs: 5 }] };
    world.cloud.plans = [failing('a', 3)];
    expect((await world.poll()).events).toMatchObject([
      { type: 'plan.rerun', failures: [{ component: 'cart', version: '1.0', durationMs: 5 }] },
    ]);
    expect(world.json('health/shop.json')).not.toHaveProperty('unexplained');

    world.cloud.failures = { a: forbidden };
    world.cloud.plans = [failing('a', 4)];
    expect(typesOf((await world.poll()).events)).toEqual(['source.degraded', 'plan.rerun']);
  });

  test('that died before it wrote down what it told does not tell it twice', async () => {
    const world = createWorld();
    world.cloud.plans = [plan({ id: 'a' })];
    await world.poll();
    const kept = new Map(world.objects);
    world.cloud.failures = { a: forbidden };
    world.cloud.plans = [failing('a', 1)];
    await world.poll();
    world.objects.delete('health/shop.json');
    world.objects.set('checkpoint/shop.json', kept.get('checkpoint/shop.json') ?? '');
    await world.poll();
    expect(world.json('health/shop.json')).toMatchObject({ unexplained: 'shop-000000000002-0' });
    world.cloud.plans = [failing('a', 2)];
    expect(typesOf((await world.poll()).events)).toEqual(['plan.rerun']);
  });
});
