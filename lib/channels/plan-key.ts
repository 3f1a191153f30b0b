import { createHash } from 'node:crypto';
import { type Event, isPlanEvent } from '../core/event.ts';

/**
 * What belongs together for a reader: all about one plan, and all about one source. At most 255 characters, and the same
 * for ever: providers find a thread, or an alert, by it.
 */
export function keyOf(event: Event): string {
  const { source, destination = 'planwatch' } = isPlanEvent(event)
    ? { source: `${event.source}/${event.plan.id}` }
    : event;
  const key = (source ?? destination).toWellFormed();
  return key.length <= 255 ? key : createHash('sha256').update(key).digest('hex');
}
