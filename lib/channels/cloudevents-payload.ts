import { type Event, isPlanEvent } from '../core/event.ts';
import type { Message } from '../core/message.ts';

/** In structured mode the whole event is the body, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md The charset in small letters: the SDKs compare it as it is. */
export const cloudEventsType = 'application/cloudevents+json; charset=utf-8';

/**
 * A message as a CloudEvent 1.0. `source` and `id` together are the receiver's key against copies. `data`: what a plain
 * webhook gets. Its names are ASCII: a plan's own, which may be anything, stands in `data` only.
 */
export function cloudEvent({ id, events }: Message, data: unknown, typePrefix: string): object {
  const [first, ...rest] = events;
  const single = rest.length === 0 ? first : undefined;
  const subject = single && subjectOf(single);
  return {
    specversion: '1.0',
    id,
    source: first ? sourceOf(first) : '/planwatch',
    type: `${typePrefix}.${single?.type ?? 'digest'}`,
    ...(subject && { subject }),
    ...(first && { time: first.time }),
    datacontenttype: 'application/json',
    data,
  };
}

/** A URI reference: the list that was looked at, or planwatch itself. */
function sourceOf(event: Event): string {
  if (isPlanEvent(event)) return path('regions', event.region, 'projects', event.projectId);
  if (event.source !== undefined) return path('planwatch', 'sources', event.source);
  return path('planwatch', 'destinations', event.destination ?? 'unknown');
}

const subjectOf = (event: Event): string | undefined =>
  isPlanEvent(event) ? event.plan.id : (event.source ?? event.destination);

const path = (...parts: string[]): string =>
  parts.map((part) => `/${encodeURIComponent(part.toWellFormed())}`).join('');
