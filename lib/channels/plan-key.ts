import { createHash } from 'node:crypto';
import type { Event } from '../core/event.ts';
import { isPlanEvent } from '../core/event.ts';

/**
 * What belongs together for a reader: everything about one plan, and everything about one source. At most 255 characters,
 * and the same for ever: providers find a thread, or an alert, by it.
 */
export function keyOf(event: Event): string {
  const about = isPlanEvent(event)
    ? `${event.source}/${event.plan.id}`
    : (event.source ?? event.destination ?? 'planwatch');
  return about.length <= 255 ? about : createHash('sha256').update(about.toWellFormed()).digest('hex');
}
