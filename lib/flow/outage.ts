import type { Event, NoticeEvent } from '../core/event.ts';
import type { SourceError } from '../core/source-error.ts';
import { type Health, healthy } from '../ledger/health.ts';

/** Failed looks in a row before people hear of it: one bad minute is nobody's business. */
export const unreachableAfter = 3;

export const afterFailedLook = (health: Health, error: SourceError, at: Date): Health => ({
  ...health,
  failures: health.failures + 1,
  since: health.since ?? at.toISOString(),
  reason: error.message,
});

/** `lastGood` alone is no reason to write: a look with nothing new writes nothing. What the list lacks is another matter. */
export const afterGoodLook = ({ failures, told, lastGood, truncated, unexplained }: Health, at: Date): Health => ({
  ...(failures === 0 && told === undefined
    ? { ...healthy, ...(lastGood !== undefined && { lastGood }) }
    : { ...healthy, lastGood: at.toISOString() }),
  ...(truncated && { truncated }),
  ...(unexplained !== undefined && { unexplained }),
});

/** What is told and not taken back is read from the log, so that dying before `health/` is written tells nothing twice. */
export function healthAfter(health: Health, events: readonly Event[]): Health {
  let after = health;
  for (const event of events) {
    if (event.type === 'source.unreachable') after = { ...after, told: event.id };
    if (event.type === 'source.recovered') {
      const { missing, truncated, unexplained } = after;
      after = {
        ...healthy,
        lastGood: event.time,
        ...(truncated && { truncated }),
        ...(unexplained !== undefined && { unexplained }),
        ...(missing && { missing }),
      };
    }
    if (event.type === 'source.degraded') after = { ...after, ...degradedBy(event) };
    // Another list: nothing of what the one before it lacked holds for it.
    if (event.type === 'source.changed') after = withoutLacks(after);
  }
  return after;
}

const degradedBy = ({ id, time, lacks }: NoticeEvent): Partial<Health> =>
  lacks === 'plans' ? { truncated: { told: id, asked: time } } : { unexplained: id };

const withoutLacks = ({ truncated: _plans, unexplained: _reasons, ...health }: Health): Health => health;

/** In whichever order it was put together. */
export const sameHealth = (a: Health, b: Health): boolean => spelled(a) === spelled(b);

const spelled = (health: Health): string => JSON.stringify(Object.entries(health).sort());

/** For `source.recovered`: how long it lasted, and why. */
export function describeOutage({ since, failures, reason = '' }: Health, at: Date): string {
  const minutes = Math.max(1, Math.round((at.getTime() - Date.parse(since ?? at.toISOString())) / 60_000));
  return `It could not be read for about ${minutes} min (${failures} failed looks). ${reason}`.trim();
}
