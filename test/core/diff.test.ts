import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Change } from '../../lib/core/change.ts';
import { diffPlans, wentBackwards } from '../../lib/core/diff.ts';
import type { ReleasePlan } from '../../lib/core/plan.ts';

const [early, late] = ['2026-11-24T01:00:00.000Z', '2026-11-24T02:00:00.000Z'];

const plan = (over: Partial<ReleasePlan> = {}): ReleasePlan => ({
  id: 'p1',
  name: 'checkout',
  action: 'create',
  status: 'CREATED',
  creator: 'wzh',
  ...over,
});

describe('what happened to one plan', () => {
  test.each<[string, ReleasePlan | undefined, ReleasePlan | undefined, string | undefined]>([
    ['nothing', plan(), plan(), undefined],
    ['it appeared', undefined, plan(), 'plan.appeared'],
    ['it is gone', plan(), undefined, 'plan.removed'],
    ['its status is another', plan(), plan({ status: 'SUCCESS' }), 'plan.status'],
    ['its status is another and it ran', plan(), plan({ status: 'SUCCESS', executedAt: late }), 'plan.status'],
    [
      'its status is another and it ran again',
      plan({ executedAt: early }),
      plan({ status: 'FAILED', executedAt: late }),
      'plan.status',
    ],
    ['it ran again', plan({ executedAt: early }), plan({ executedAt: late }), 'plan.rerun'],
    ['it ran for the first time', plan(), plan({ executedAt: late }), undefined],
    ['its run was taken back', plan({ executedAt: late }), plan(), undefined],
    ['its run is an earlier one', plan({ executedAt: late }), plan({ executedAt: early }), undefined],
    ['it has another name and creator', plan(), plan({ name: 'pay', creator: 'x', action: 'upgrade' }), undefined],
  ])('%s', (_, before, after, type) => {
    const changes = diffPlans(before ? [before] : [], after ? [after] : []);
    const last = after ?? before;
    const from = type === 'plan.status' ? { from: before?.status } : {};
    expect(changes).toStrictEqual(type ? [{ type, plan: last, ...from }] : []);
  });
});

test('changes are told oldest first, by the last time that the plan moved', () => {
  const list = [
    plan({ id: 'c', createdAt: early, executedAt: late }),
    plan({ id: 'b', createdAt: late }),
    plan({ id: 'a', createdAt: early }),
    plan({ id: 'never' }),
  ];
  expect(diffPlans([], list).map(({ plan: { id } }) => id)).toStrictEqual(['never', 'a', 'b', 'c']);
});

/** Any list of distinct plans over few ids, so that two of them have much in common. */
const anyPlan = fc.record(
  {
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '__proto__'),
    name: fc.constantFrom('one', 'two'),
    action: fc.constant('create'),
    creator: fc.constant('wzh'),
    status: fc.constantFrom('CREATED', 'SUCCESS', 'FAILED'),
    createdAt: fc.constantFrom(early, late),
    executedAt: fc.constantFrom(early, late),
  },
  { requiredKeys: ['id', 'name', 'action', 'creator', 'status'], noNullPrototype: true },
);
const anyList = fc.uniqueArray(anyPlan, { selector: ({ id }) => id }) as fc.Arbitrary<ReleasePlan[]>;

/** The same, one id after another, without a thought for speed or order. */
function simpleDiff(before: readonly ReleasePlan[], after: readonly ReleasePlan[]): Map<string, Change> {
  const [old, now] = [before, after].map((plans) => new Map(plans.map((one) => [one.id, one])));
  const changes = new Map<string, Change>();
  for (const id of new Set([...before, ...after].map((one) => one.id))) {
    const [was, is] = [old?.get(id), now?.get(id)];
    if (was === undefined && is !== undefined) changes.set(id, { type: 'plan.appeared', plan: is });
    else if (was !== undefined && is === undefined) changes.set(id, { type: 'plan.removed', plan: was });
    else if (was !== undefined && is !== undefined) {
      if (was.status !== is.status) changes.set(id, { type: 'plan.status', plan: is, from: was.status });
      else if (was.executedAt && is.executedAt && Date.parse(is.executedAt) > Date.parse(was.executedAt)) {
        changes.set(id, { type: 'plan.rerun', plan: is });
      }
    }
  }
  return changes;
}

describe('between any two lists', () => {
  test('it finds what comparing plan by plan finds, each once', () => {
    fc.assert(
      fc.property(anyList, anyList, (before, after) => {
        const changes = diffPlans(before, after);
        const expected = simpleDiff(before, after);
        expect(changes).toHaveLength(expected.size);
        for (const change of changes) expect(change).toStrictEqual(expected.get(change.plan.id));
      }),
      { numRuns: 2_000 },
    );
  });

  test('the order of the lists does not matter to what is told, nor to the order in which it is told', () => {
    const pair = fc
      .tuple(anyList, anyList)
      .chain(([before, after]) =>
        fc.tuple(
          fc.constant([before, after] as const),
          fc.shuffledSubarray(before, { minLength: before.length }),
          fc.shuffledSubarray(after, { minLength: after.length }),
        ),
      );
    fc.assert(
      fc.property(pair, ([[before, after], otherBefore, otherAfter]) => {
        expect(diffPlans(otherBefore, otherAfter)).toStrictEqual(diffPlans(before, after));
      }),
    );
  });

  test('a list has no changes against itself', () => {
    fc.assert(fc.property(anyList, (list) => expect(diffPlans(list, list)).toStrictEqual([])));
  });

  test('neither list is touched', () => {
    fc.assert(
      fc.property(anyList, anyList, (before, after) => {
        const copies = structuredClone([before, after]);
        diffPlans(before, after);
        expect([before, after]).toStrictEqual(copies);
      }),
    );
  });
});

describe('an old replica answered', () => {
  test.each<[string, ReleasePlan[], ReleasePlan[], string[]]>([
    ['a run that lies before the one we saw', [plan({ executedAt: late })], [plan({ executedAt: early })], ['p1']],
    ['a later run', [plan({ executedAt: early })], [plan({ executedAt: late })], []],
    ['the same run', [plan({ executedAt: late })], [plan({ executedAt: late })], []],
    ['a run taken back', [plan({ executedAt: late })], [plan()], []],
    ['a first run', [plan()], [plan({ executedAt: early })], []],
    ['a plan we did not know', [], [plan({ executedAt: early })], []],
    ['a plan that is gone', [plan({ executedAt: late })], [], []],
    [
      'one of two',
      [plan({ id: 'a', executedAt: early }), plan({ id: 'b', executedAt: late })],
      [plan({ id: 'b', executedAt: early }), plan({ id: 'a', executedAt: late })],
      ['b'],
    ],
  ])('%s', (_, before, after, ids) => {
    expect(wentBackwards(before, after).map(({ id }) => id)).toStrictEqual(ids);
  });
});
