import { describe, expect, test } from '@jest/globals';
import { type PlanEvent, planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { readableTime, timezoneFault } from '../../lib/core/time-words.ts';

describe('a time reads the same for everybody, in the zone of the configuration', () => {
  test.each([
    ['2026-11-24T03:04:05.678Z', undefined, '2026-11-24 03:04:05 UTC'],
    ['2026-11-24T03:04:05.678Z', 'UTC', '2026-11-24 03:04:05 UTC'],
    ['2026-11-24T03:04:05.678Z', 'Asia/Shanghai', '2026-11-24 11:04:05 UTC+08:00'],
    ['2026-11-24T20:04:05.678Z', 'Asia/Kolkata', '2026-11-25 01:34:05 UTC+05:30'],
    ['2026-01-01T00:00:00.000Z', 'America/New_York', '2025-12-31 19:00:00 UTC-05:00'],
    ['2026-07-01T04:00:00.000Z', 'America/New_York', '2026-07-01 00:00:00 UTC-04:00'],
    ['2026-07-01T04:00:00.000Z', 'Etc/UTC', '2026-07-01 04:00:00 UTC'],
    // The hour that comes twice when summer time ends is told apart.
    ['2026-10-25T00:30:00.000Z', 'Europe/Berlin', '2026-10-25 02:30:00 UTC+02:00'],
    ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', '2026-10-25 02:30:00 UTC+01:00'],
    // From a log that somebody wrote by hand.
    ['not a time', 'Asia/Shanghai', 'not a time  UTC'],
  ])('%s in %s is %s', (time, zone, text) => {
    expect(readableTime(time, zone)).toBe(text);
  });

  test.each(['UTC', 'Asia/Shanghai', 'Europe/Berlin'])('%s is a zone', (name) => {
    expect(timezoneFault(name)).toBeUndefined();
  });

  test.each(['CST+8', 'Asia/Nowhere', '', 'Beijing'])('%j is none, and is told how to write one', (name) => {
    expect(timezoneFault(name)).toMatch(/is not a time zone: .*Asia\/Shanghai/);
  });
});

describe('how long a run took is at most from its start to when its end was seen', () => {
  const seen = '2026-11-24T03:04:05.000Z';
  const took = (status: string, executedAt: string | undefined, over: Partial<PlanEvent> = {}) => {
    const plan = { id: 'p', name: 'a', action: '', creator: '', status, ...(executedAt && { executedAt }) };
    const place = { source: 'shop', region: 'r', projectId: 'p' };
    const event = planEvent({ type: 'plan.status', plan, from: 'RELEASING' }, 'shop-1-0', seen, place);
    return composeMessage({ id: 'a', events: [{ ...event, ...over }] }).facts.find(({ label }) => label === 'Took')
      ?.value;
  };

  test.each([
    ['2026-11-24T03:04:04.500Z', 'at most 1 s'],
    ['2026-11-24T03:03:06.000Z', 'at most 59 s'],
    ['2026-11-24T03:03:05.000Z', 'at most 1 min'],
    ['2026-11-24T02:59:04.000Z', 'at most 6 min'],
    ['2026-11-24T02:04:05.000Z', 'at most 1 h 0 min'],
    ['2026-11-23T03:04:06.000Z', 'at most 24 h 0 min'],
    // Somebody looked after a day or more: that says nothing about the run. Nor does a clock that is ahead.
    ['2026-11-23T03:04:05.000Z', undefined],
    ['2026-11-24T03:04:06.000Z', undefined],
    [undefined, undefined],
  ])('begun at %s: %s', (executedAt, value) => {
    expect(took('SUCCESS', executedAt)).toBe(value);
  });

  test.each([
    ['FAILED', 'at most 1 min'],
    ['PARTIALLY_FAILED', 'at most 1 min'],
    ['ABORTED', 'at most 1 min'],
    // Still on its way, or about a rollback, whose own start the list does not have.
    ['RELEASING', undefined],
    ['CREATED', undefined],
    ['ROLLBACK_SUCCEED', undefined],
    ['ROLLBACK_FAILED', undefined],
  ])('%s: %s', (status, value) => {
    expect(took(status, '2026-11-24T03:03:05.000Z')).toBe(value);
  });

  test('not of one that is gone, nor of one that was only found in the list', () => {
    const [start, id] = ['2026-11-24T03:03:05.000Z', 'shop-list-0123456789ab'];
    expect(took('SUCCESS', start, { type: 'plan.removed' })).toBeUndefined();
    expect(took('SUCCESS', start, { id })).toBeUndefined();
  });
});
