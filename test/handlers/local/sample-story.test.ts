import { describe, expect, test } from '@jest/globals';
import { roundMs, type Scene, sceneAt } from '../../../handlers/local/sample/story.ts';
import { createStoryClock, type StoryState } from '../../../handlers/local/sample/story-clock.ts';
import { diffPlans, wentBackwards } from '../../../lib/core/diff.ts';
import { parsePlanList, type ReleasePlan } from '../../../lib/core/plan.ts';

const start = Date.parse('2026-11-24T03:04:05.678Z');
const wallTime = (elapsed: number) => start + elapsed;
const sceneAfter = (ms: number): Scene => sceneAt(ms, wallTime);

const parsed = ({ plans }: Pick<Scene, 'plans'>): readonly ReleasePlan[] => {
  const list = parsePlanList({ count: plans.length, release_plans: plans });
  if ('fault' in list) throw new Error(list.fault);
  return list.plans;
};

/** What a planwatch that looks every second would notice, as `second type status`. */
function changesUntil(ms: number, from = 0) {
  const changes: { at: number; type: string; status: string; id: string }[] = [];
  let before = parsed(sceneAfter(from));
  for (let at = from + 1_000; at <= ms; at += 1_000) {
    const after = parsed(sceneAfter(at));
    expect(wentBackwards(before, after)).toEqual([]);
    for (const { type, plan } of diffPlans(before, after)) changes.push({ at, type, status: plan.status, id: plan.id });
    before = after;
  }
  return changes;
}

describe('the story', () => {
  test('opens with three plans that are settled', () => {
    expect(parsed(sceneAfter(0)).map(({ status }) => status)).toEqual(['SUCCESS', 'ROLLBACK_SUCCEED', 'SUCCESS']);
  });

  test('shows one of everything in its first round', () => {
    expect(changesUntil(roundMs).map(({ at, type, status }) => `${at / 1_000} ${type} ${status}`)).toEqual([
      '4 plan.appeared CREATED',
      '10 plan.status RELEASING',
      '16 plan.status SUCCESS',
      '22 plan.appeared CREATED',
      '28 plan.removed SUCCESS',
      '34 plan.status RELEASING',
      '40 plan.status FAILED',
      '47 plan.status ROLLING_BACK',
      '53 plan.status ROLLBACK_SUCCEED',
      '59 plan.appeared CREATED',
      '65 plan.status RELEASING',
      '71 plan.status ABORTED',
      '78 plan.rerun SUCCESS',
    ]);
  });

  test('goes on for ever: never more than twelve plans, none that comes back, no id twice', () => {
    const changes = changesUntil(12 * roundMs);
    const removed = changes.filter(({ type }) => type === 'plan.removed').map(({ id }) => id);
    const appeared = changes.filter(({ type }) => type === 'plan.appeared').map(({ id }) => id);
    expect(new Set(removed).size).toBe(removed.length);
    expect(new Set(appeared).size).toBe(36);
    expect(changes.filter(({ status }) => status === 'FAILED')).toHaveLength(12);
    for (let at = 0; at < 12 * roundMs; at += 1_000) expect(sceneAfter(at).plans.length).toBeLessThanOrEqual(12);
    expect(sceneAfter(12 * roundMs).plans).toHaveLength(12);
  });

  test('looks the same whenever one moment is looked at, and goes on after a year as on the first day', () => {
    const year = 365 * 86_400_000;
    expect(sceneAfter(year)).toEqual(sceneAfter(year));
    expect(changesUntil(year + roundMs, year).filter(({ type }) => type === 'plan.status')).toHaveLength(8);
  });

  test('lists the newest first, under names that differ', () => {
    for (const at of [0, roundMs, 5.5 * roundMs]) {
      const { plans } = sceneAfter(at);
      expect(plans.map(({ create_time }) => create_time)).toEqual(
        plans.map(({ create_time }) => create_time).toSorted((a, b) => b - a),
      );
      expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
    }
  });

  test('says of a failed plan which two components failed, and why', () => {
    const { plans, deployInfos } = sceneAfter(41_000);
    const failed = plans.find(({ status }) => status === 'FAILED');
    const messages = deployInfos[failed?.id ?? '']?.components.flatMap(({ fail_message = [] }) => fail_message);
    expect(messages).toEqual([
      expect.stringMatching(/^ImagePullBackOff: /),
      expect.stringMatching(/^readiness probe failed/),
    ]);
  });
});

describe('the story’s clock', () => {
  const clockOf = (state: StoryState, now: number) => createStoryClock(state, now, 1);
  const look = (clock: ReturnType<typeof clockOf>, at: number) => parsed(sceneAt(clock.elapsed(at), clock.wallTime));

  test('stops while nobody runs it: nothing that was shown changes over a night', () => {
    let clock = clockOf({ startedAt: start }, start);
    let now = start + 30_000;
    for (let night = 0; night < 60; night++) {
      now += 17_000;
      const before = look(clock, now);
      const state = JSON.parse(JSON.stringify(clock.state(now)));
      now += 9 * 3_600_000;
      clock = clockOf(state, now);
      expect(look(clock, now)).toEqual(before);
    }
    expect(clock.state(now).pauses?.length).toBeLessThanOrEqual(50);
  });

  test('goes on from there, with the times of the new day', () => {
    const state = clockOf({ startedAt: start }, start).state(start + 9_000);
    const morning = start + 8 * 3_600_000;
    const [plan] = look(clockOf(state, morning), morning + 2_000);
    expect(plan).toMatchObject({
      status: 'RELEASING',
      createdAt: new Date(start + 4_000).toISOString(),
      executedAt: new Date(morning + 1_000).toISOString(),
    });
  });

  test('knows where it is with nothing but the start', () => {
    expect(clockOf({ startedAt: start }, start + 5_000).elapsed(start + 6_000)).toBe(6_000);
  });

  test('goes as fast as it is told', () => {
    const clock = createStoryClock({ startedAt: start }, start, 10);
    expect(clock.elapsed(start + 1_000)).toBe(10_000);
    expect(clock.wallTime(10_000)).toBe(start + 1_000);
  });
});
