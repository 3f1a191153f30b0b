import { describe, expect, test } from '@jest/globals';
import type { ChangeType } from '../../lib/core/change.ts';
import { type PlanEvent, planEvent } from '../../lib/core/event.ts';
import { brokenFor, eventOfStep, isIn, type Life, mustRing, withEvent } from '../../lib/core/living.ts';
import { composeLife } from '../../lib/core/message.ts';
import { plan } from '../support/build.ts';

const place = { source: 'shop', region: 'ap-southeast-3', projectId: 'p' };
const time = (minutes: number) => new Date(Date.parse('2026-11-24T03:00:00.000Z') + minutes * 60_000).toISOString();

/** The `revision`th thing that happens to the plan, that many minutes past three, unless `at` says otherwise. */
function happens(revision: number, status: string, from?: string, at = time(revision)): PlanEvent {
  const now = plan({ id: 'a', name: 'cart', status, creator: 'wzh' });
  const id = `shop-${String(revision).padStart(12, '0')}-0`;
  if (from === undefined) return planEvent({ type: 'plan.appeared', plan: now }, id, at, place);
  const change = from === 'rerun' ? ({ type: 'plan.rerun', plan: now } as const) : undefined;
  return planEvent(change ?? { type: 'plan.status', plan: now, from }, id, at, place);
}

const removed = (revision: number, status: string): PlanEvent => ({
  ...happens(revision, status, 'CREATED'),
  type: 'plan.removed' satisfies ChangeType,
});

function lifeOf(...events: readonly PlanEvent[]): Life {
  const [first, ...rest] = events;
  if (!first) throw new Error('no life without an event');
  return rest.reduce(withEvent, withEvent(undefined, first));
}

const [appeared, failed, runs, succeeded] = [
  happens(1, 'CREATED'),
  happens(2, 'FAILED', 'CREATED'),
  happens(3, 'RELEASING', 'FAILED'),
  happens(4, 'SUCCESS', 'RELEASING'),
];
const all = [appeared, failed, runs, succeeded];

describe('the life of a plan', () => {
  test.each<[string, readonly PlanEvent[], number, readonly number[]]>([
    ['in order', all, 4, [1, 2, 3, 4]],
    ['an older one late', [appeared, runs, failed, succeeded], 4, [1, 2, 3, 4]],
    ['the oldest last', [failed, runs, succeeded, appeared], 4, [1, 2, 3, 4]],
    ['one twice', [appeared, failed, failed, appeared], 2, [1, 2]],
    ['the clock was set back', [appeared, happens(2, 'FAILED', 'CREATED', time(-60))], 2, [1, 2]],
    ['the log began anew', [happens(7, 'CREATED', undefined, time(0)), happens(2, 'FAILED', 'CREATED')], 2, [7, 2]],
  ])('%s: the newest is shown, the way to it is in order', (_name, events, shown, steps) => {
    const life = lifeOf(...events);
    expect(Number(life.shown.id.split('-')[1])).toBe(shown);
    expect(life.steps.map(({ id }) => Number(id.split('-')[1]))).toEqual(steps);
  });

  test('that holds an event already is the same life', () => {
    const life = lifeOf(...all);
    for (const event of all) expect(withEvent(life, event)).toBe(life);
  });

  test('under the same id, after a lost log, is another event', () => {
    const life = lifeOf(appeared, failed);
    const other = happens(2, 'SUCCESS', 'CREATED', time(90));
    expect(withEvent(life, other).shown).toBe(other);
  });

  test('of two in one revision the second index is the later one', () => {
    const second = { ...happens(2, 'SUCCESS', 'FAILED'), id: `${failed.id.slice(0, -1)}1` };
    const tenth = { ...happens(2, 'ABORTED', 'SUCCESS'), id: `${failed.id.slice(0, -1)}10` };
    expect(lifeOf(failed, tenth, second).shown).toBe(tenth);
  });

  test('what backfill lists stands by its time', () => {
    const listed = { ...happens(0, 'SUCCESS'), id: 'shop-list-0123456789ab' };
    expect(lifeOf(appeared, { ...listed, time: time(5) }).shown.id).toBe(listed.id);
    expect(lifeOf(appeared, failed, { ...listed, time: time(1.5) }).shown).toBe(failed);
  });

  test.each<[string, Partial<PlanEvent['plan']>, PlanEvent, boolean]>([
    ['the state that is shown', {}, succeeded, true],
    ['another status', { status: 'FAILED' }, succeeded, false],
    ['another run', { executedAt: time(9) }, succeeded, false],
    ['a plan that is told to be gone', {}, removed(4, 'SUCCESS'), false],
  ])('backfill lists %s: it is news or not', (_what, over, shown, isKnown) => {
    const life = lifeOf(appeared, shown);
    const listed = { ...shown, type: 'plan.appeared' as const, id: 'shop-list-0123456789ab', time: time(8) };
    const event = { ...listed, plan: { ...listed.plan, ...over } };
    expect(isIn(life, event)).toBe(isKnown);
    expect(withEvent(life, event) === life).toBe(isKnown);
  });

  test('of two that backfill lists at the same time the later one in hand is shown', () => {
    const one = { ...happens(0, 'CREATED'), id: 'shop-list-000000000001' };
    const other = { ...happens(0, 'SUCCESS'), id: 'shop-list-000000000002' };
    expect(lifeOf(one, other).shown).toBe(other);
    expect(lifeOf({ ...failed, time: one.time }, other).shown).toBe(other);
  });

  test('keeps twelve steps and counts the others; one from before them is in that count', () => {
    const turns = Array.from({ length: 20 }, (_, index) =>
      happens(index + 1, index % 2 ? 'FAILED' : 'RELEASING', index % 2 ? 'RELEASING' : 'FAILED'),
    );
    const life = lifeOf(...turns);
    expect(life.steps.length).toBe(12);
    expect(life.earlier).toBe(8);
    const [older] = turns;
    expect(older && withEvent(life, older)).toBe(life);
  });
});

describe('how long it was broken', () => {
  const minutes = (life: Life) => (brokenFor(life) ?? Number.NaN) / 60_000;
  test.each<[string, readonly PlanEvent[], number]>([
    ['from the failure to success, over what lies between', all, 2],
    ['from the first of several failures', [failed, happens(3, 'PARTIALLY_FAILED', 'FAILED'), succeeded], 2],
    ['rolled back', [appeared, failed, happens(4, 'ROLLBACK_SUCCEED', 'FAILED')], 2],
    ['seen failed at first', [happens(1, 'FAILED'), happens(5, 'SUCCESS', 'FAILED')], 4],
    ['broken a second time', [...all, happens(7, 'FAILED', 'rerun'), happens(8, 'SUCCESS', 'FAILED')], 1],
    ['never broken', [appeared, happens(2, 'SUCCESS', 'CREATED')], Number.NaN],
    ['still broken', [appeared, failed, runs], Number.NaN],
    ['whole for some time already', [...all, happens(5, 'SUCCESS', 'rerun')], Number.NaN],
    [
      'whole at an earlier time than broken, by a clock that was set back',
      [failed, happens(3, 'SUCCESS', 'FAILED', time(-9))],
      Number.NaN,
    ],
    ['only taken off the list', [failed, removed(3, 'SUCCESS')], Number.NaN],
  ])('%s', (_name, events, expected) => {
    expect(minutes(lifeOf(...events))).toBe(expected);
  });
});

describe('what an edit must not say in silence', () => {
  test.each<[string, readonly PlanEvent[], boolean]>([
    ['a failure', [appeared, failed], true],
    ['another failure', [appeared, failed, happens(3, 'ROLLBACK_FAILED', 'FAILED')], true],
    ['the same one again', [failed, happens(3, 'FAILED', 'rerun')], true],
    ['an approval waits', [appeared, happens(2, 'AWAITING_APPROVAL', 'CREATED')], true],
    ['a recovery', all, true],
    ['a success that nothing was wrong before', [appeared, happens(2, 'SUCCESS', 'CREATED')], false],
    ['it runs', [appeared, happens(2, 'RELEASING', 'CREATED')], false],
    ['it was stopped', [appeared, happens(2, 'ABORTED', 'RELEASING')], false],
    ['a failed one is taken off the list', [failed, removed(3, 'FAILED')], false],
  ])('%s: %#', (_name, events, rings) => {
    const event = events.at(-1) as PlanEvent;
    expect(mustRing(event, lifeOf(...events))).toBe(rings);
  });

  test('what is too old to be shown is said', () => {
    const turns = Array.from({ length: 14 }, (_, index) => happens(index + 2, 'RELEASING', 'CREATED'));
    const life = withEvent(lifeOf(...turns), appeared);
    expect(mustRing(appeared, life)).toBe(true);
  });
});

describe('the message that shows it', () => {
  const lines = (life: Life) =>
    composeLife(life, { id: life.shown.id }).lines.map(({ icon, title, detail }) => `${icon} ${title}: ${detail}`);

  test('shows the present state first and the way to it below, with times and who', () => {
    const message = composeLife(lifeOf(...all), { id: succeeded.id });
    expect(message).toMatchObject({ tone: 'good', icon: '✅', title: 'Release succeeded: cart · shop', mention: [] });
    expect(message.facts[0]).toEqual({ label: 'Was broken for', value: '2 min' });
    expect(message.facts.map(({ label }) => label)).toEqual(['Was broken for', 'Where', 'Action', 'Created']);
    expect(lines(lifeOf(...all))).toEqual([
      '🕘 So far: ',
      '🕒 new → To release: 2026-11-24 03:01:00 UTC · wzh',
      '❌ To release → … → Release failed: 2026-11-24 03:02:00 UTC · wzh',
      '🔄 Release failed → Releasing: 2026-11-24 03:03:00 UTC · wzh',
      '✅ Releasing → Released: 2026-11-24 03:04:00 UTC · wzh',
    ]);
    expect(message.text.split('\n').at(-1)).toBe(`  ${succeeded.id}`);
  });

  test('is like any other while only one thing happened', () => {
    expect(lines(lifeOf(appeared))).toEqual([]);
    expect(composeLife(lifeOf(appeared), { id: 'x' }).facts.map(({ label }) => label)).toContain('Status');
  });

  test('says how many are not shown, in the reader’s language and zone', () => {
    const life = { ...lifeOf(appeared, failed), earlier: 3 };
    expect(lines(life)[0]).toBe('🕘 So far: 3 earlier changes not shown');
    const message = composeLife(life, { id: failed.id }, { language: 'zh', timezone: 'Asia/Shanghai' });
    expect(message.lines[0]).toEqual({ icon: '🕘', title: '经过', detail: '另有更早的 3 个变化未显示' });
    expect(message.lines[1]?.detail).toContain('2026-11-24 11:01:00 UTC+08:00');
  });

  test('a step stands for the event that it was, without the failures of the one shown', () => {
    const shown = { ...succeeded, failures: [{ component: 'x', reason: 'y' }] };
    const life = lifeOf(failed, shown);
    expect(life.steps.map((step) => eventOfStep(life, step).plan.class)).toEqual(['bad', 'good']);
    expect(life.steps.map((step) => eventOfStep(life, step).failures)).toEqual([undefined, undefined]);
  });
});
