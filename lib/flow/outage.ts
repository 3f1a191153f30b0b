import type { Event } from '../core/event.ts';
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

/** `lastGood` alone is no reason to write: a look with nothing new writes nothing. */
export const afterGoodLook = ({ failures, told, lastGood }: Health, at: Date): Health =>
  failures === 0 && told === undefined
    ? { ...healthy, ...(lastGood !== undefined && { lastGood }) }
    : { ...healthy, lastGood: at.toISOString() };

/** Whether an outage is told is read from the log, so that dying before `health/` is written tells nothing twice. */
export function healthAfter(health: Health, events: readonly Event[]): Health {
  let after = health;
  for (const event of events) {
    if (event.type === 'source.unreachable') after = { ...after, told: event.id };
    if (event.type === 'source.recovered') {
      after = { ...healthy, lastGood: event.time, ...(after.missing && { missing: after.missing }) };
    }
  }
  return after;
}

export const sameHealth = (a: Health, b: Health): boolean => JSON.stringify(a) === JSON.stringify(b);

/** For `source.recovered`: how long it lasted, and why. */
export function describeOutage({ since, failures, reason = '' }: Health, at: Date): string {
  const minutes = Math.max(1, Math.round((at.getTime() - Date.parse(since ?? at.toISOString())) / 60_000));
  return `It could not be read for about ${minutes} min (${failures} failed looks). ${reason}`.trim();
}
