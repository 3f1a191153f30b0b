import { cut, type Event, isPlanEvent, type PlanEvent } from '../core/event.ts';
import { composeMessage, type Message } from '../core/message.ts';
import { createFit, inJsonBytes } from './fit.ts';
import { outlineOf } from './outline.ts';
import { keyOf } from './plan-key.ts';

/** An alert event, but for the routing key: https://developer.pagerduty.com/docs/send-alert-event. Nothing in it is markup. */
export type PagerDutyEvent = { dedup_key: string } & (
  | { event_action: 'resolve' }
  | { event_action: 'trigger'; payload: Alert; links?: { href: string; text: string }[]; client: 'planwatch' }
);

type Alert = {
  summary: string;
  source: string;
  severity: 'critical' | 'error';
  timestamp: string;
  component?: string;
  group: string;
  class: string;
  custom_details: Readonly<Record<string, string | string[]>>;
};

/** Bytes of JSON, but for the summary, which may have 1024 characters; a whole event may have 512 kB. */
const most = { summary: 1024, text: 500, facts: 8000, fact: 3000, lines: 20_000, notes: 3000 } as const;

/** One for each event that pages or ends a page: a plan's alert is its own, also where the plan stands in a digest. */
export const pagerDutyEvents = (message: Message): PagerDutyEvent[] =>
  message.events.flatMap((event) => {
    const action = actionOf(event);
    if (action === undefined || !isPlanEvent(event)) return [];
    const dedup_key = keyOf(event);
    return [action === 'resolve' ? { dedup_key, event_action: action } : triggerOf(event, message, dedup_key)];
  });

/** A plan that is no longer listed did not fail just now, and did not get well either. */
function actionOf(event: Event): PagerDutyEvent['event_action'] | undefined {
  if (!isPlanEvent(event) || event.type === 'plan.removed') return undefined;
  if (event.plan.class === 'bad') return 'trigger';
  return event.plan.class === 'good' || event.plan.class === 'recovered' ? 'resolve' : undefined;
}

function triggerOf(event: PlanEvent, message: Message, dedup_key: string): PagerDutyEvent {
  const { events, language, link } = message;
  const told = events.length === 1 ? message : composeMessage({ id: event.id, events: [event] }, { language });
  const { failures, title, labels } = told;
  const why = failures.map(({ component, reason }) => labels.pair(component, reason));
  return {
    dedup_key,
    event_action: 'trigger',
    payload: {
      // What a phone shows or a voice reads: no icon.
      summary: cut([title, ...why].join(' · '), most.summary),
      source: cut(`${event.source} (${event.region})`, most.text).toWellFormed(),
      // Neither the new version runs nor the old one.
      severity: event.plan.status === 'ROLLBACK_FAILED' ? 'critical' : 'error',
      timestamp: event.time,
      ...(failures.length > 0 && { component: cut(failures.map(({ component }) => component).join(', '), most.text) }),
      group: event.source,
      class: cut(event.plan.status, most.text).toWellFormed(),
      custom_details: detailsOf(told),
    },
    ...(link && { links: [{ href: link.url, text: link.label }] }),
    client: 'planwatch',
  };
}

/** PagerDuty shows a table of them. */
function detailsOf(told: Message): Readonly<Record<string, string | string[]>> {
  const fit = createFit({ measure: inJsonBytes, more: told.labels.more });
  const { heading, lines, notes, id } = outlineOf(told);
  const values = fit.all(
    told.facts.map(({ value }) => value),
    most.facts,
    most.fact,
  );
  return {
    ...(heading !== undefined && { [heading]: fit.all(lines, most.lines) }),
    ...Object.fromEntries(told.facts.map(({ label }, index) => [label, values[index] ?? ''])),
    planwatch: [...fit.all(notes, most.notes), fit.cut(id, most.text)],
  };
}
