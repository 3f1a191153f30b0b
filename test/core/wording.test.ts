import { describe, expect, test } from '@jest/globals';
import type { ChangeType } from '../../lib/core/change.ts';
import type { Event, NoticeEvent, NoticeType, PlanEvent } from '../../lib/core/event.ts';
import { classOf, type StatusClass } from '../../lib/core/plan.ts';
import { countWords, lookOf, noticeLook, planWords, skipsStates, transition } from '../../lib/core/wording.ts';
import { en } from '../../lib/core/words/en.ts';

const event = (type: ChangeType, status: string, from?: string): PlanEvent => ({
  id: 'e-0',
  type,
  source: 'shop-prod',
  time: '2026-11-24T03:04:05.678Z',
  plan: { id: 'p1', name: 'release-1zws2j', action: 'create', status, class: classOf(status), creator: 'wzh' },
  ...(from !== undefined && { from }),
  region: 'ap-southeast-3',
  projectId: '0123456789abcdef0123456789abcdef',
});
const notice: NoticeEvent = { id: 'n-0', type: 'state.lost', time: '2026-11-24T03:04:05.678Z' };

describe('a plan in this state looks and reads like this', () => {
  test.each([
    ['CREATED', 'neutral', '🕒', 'New release plan', 'is waiting to run'],
    ['SUCCESS', 'good', '✅', 'New release plan, succeeded', 'succeeded'],
    ['FAILED', 'bad', '❌', 'New release plan, failed', 'failed'],
    ['PARTIALLY_FAILED', 'bad', '❌', 'New release plan, partly failed', 'partly failed'],
    ['ABORTED', 'warning', '⏹️', 'New release plan, stopped', 'was stopped'],
    ['ROLLBACK_SUCCEED', 'warning', '↩️', 'New release plan, rolled back', 'was rolled back'],
    ['ROLLBACK_FAILED', 'bad', '❌', 'New release plan, rollback failed', 'could not be rolled back'],
    // A status that nobody documented is shown as it came.
    ['DEPLOYING', 'info', '🔄', 'New release plan, DEPLOYING', 'is now DEPLOYING'],
    ['constructor', 'info', '🔄', 'New release plan, constructor', 'is now constructor'],
    ['', 'info', '🔄', 'New release plan, ', 'is now '],
  ])('%s: %s %s, %s, %s', (status, tone, icon, appeared, verb) => {
    expect(lookOf(event('plan.status', status))).toMatchObject({ tone, icon });
    expect(planWords(event('plan.appeared', status), en)).toBe(appeared);
    expect(planWords(event('plan.status', status), en)).toBe(`Release ${verb}`);
    expect(planWords(event('plan.rerun', status), en)).toBe(`Release ran again and ${verb}`);
    // Where it ended does not matter any more to one that is gone.
    expect(lookOf(event('plan.removed', status))).toMatchObject({ tone: 'neutral', icon: '🗑️' });
    expect(planWords(event('plan.removed', status), en)).toBe('Release plan no longer listed');
  });
});

describe('a digest’s title counts what is in it, the worst first', () => {
  test.each<[string, Event[]]>([
    [
      '3 failed, 1 rolled back, 1 stopped, 1 under way, 1 waiting to run, 2 succeeded, 1 no longer listed, 2 about planwatch',
      [
        notice,
        event('plan.removed', 'FAILED'),
        event('plan.appeared', 'SUCCESS'),
        event('plan.rerun', 'SUCCESS'),
        event('plan.status', 'CREATED'),
        event('plan.status', 'RELEASING'),
        event('plan.status', 'ABORTED'),
        event('plan.status', 'ROLLBACK_SUCCEED'),
        event('plan.status', 'FAILED'),
        event('plan.status', 'PARTIALLY_FAILED'),
        event('plan.status', 'ROLLBACK_FAILED'),
        notice,
      ],
    ],
    ['1 succeeded', [event('plan.status', 'SUCCESS')]],
    ['', []],
  ])('%s', (words, events) => {
    expect(countWords(events, en)).toBe(words);
  });
});

describe('the status line names the statuses as the console does', () => {
  test.each<[ChangeType, from: string | undefined, status: string, line: string, skips: boolean]>([
    ['plan.appeared', undefined, 'SUCCESS', 'new → Released', false],
    ['plan.rerun', undefined, 'SUCCESS', 'Released → … → Released', false],
    ['plan.removed', undefined, 'FAILED', 'Release failed when last seen', false],
    ['plan.status', 'CREATED', 'RELEASING', 'To release → Releasing', false],
    ['plan.status', 'RELEASING', 'SUCCESS', 'Releasing → Released', false],
    ['plan.status', 'RELEASING', 'ROLLING_BACK', 'Releasing → Rolling back', false],
    // From one state of rest to another, something lay in between.
    ['plan.status', 'CREATED', 'SUCCESS', 'To release → … → Released', true],
    ['plan.status', 'FAILED', 'CREATED', 'Release failed → … → To release', true],
    // An approval is asked for before anything runs, and what is skipped never runs.
    ['plan.status', 'CREATED', 'AWAITING_APPROVAL', 'To release → Awaiting approval', false],
    ['plan.status', 'CREATED', 'SKIPPED', 'To release → Skipped', false],
    ['plan.status', 'AWAITING_APPROVAL', 'SUCCESS', 'Awaiting approval → … → Released', true],
    // A status that has no name is shown as it came.
    ['plan.status', 'CREATED', 'DEPLOYING', 'To release → DEPLOYING', false],
    // An entry by a newer planwatch, or by hand.
    ['plan.status', undefined, 'SUCCESS', 'Released', false],
  ])('%s from %s to %s: %s', (type, from, status, line, skips) => {
    expect(transition(event(type, status, from), en)).toBe(line);
    expect(skipsStates(event(type, status, from))).toBe(skips);
  });
});

describe('what a later version left in the log, before a deploy was rolled back, is told all the same', () => {
  test.each([
    ['SUCCESS', 'Release plan (plan.archived), succeeded'],
    ['ODD', 'Release plan (plan.archived), ODD'],
  ])('a change of a plan that is %s: %s', (status, words) => {
    expect(planWords(event('plan.archived' as ChangeType, status), en)).toBe(words);
  });

  test.each(['odd', '__proto__', 'toString'])('%s, a class of status, as neither success nor failure', (name) => {
    const odd = { ...event('plan.status', 'FAILED').plan, class: name as StatusClass };
    expect(lookOf({ ...event('plan.status', 'FAILED'), plan: odd })).toMatchObject({ tone: 'info', icon: '🔄' });
    expect(countWords([{ ...event('plan.status', 'FAILED'), plan: odd }], en)).toBe('1 under way');
  });

  test.each(['source.renamed', 'toString', '__proto__'])('%s, a notice, by the name of its type', (type) => {
    const look = noticeLook({ ...notice, type: type as NoticeType }, en);
    expect(look).toStrictEqual({ tone: 'info', icon: 'ℹ️', title: `${type} (of a later planwatch)` });
  });
});
