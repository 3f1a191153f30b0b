import type { Event } from '../../lib/core/event.ts';
import type { LogEntry } from '../../lib/ledger/log.ts';
import type { SlackBody, Taken, WebhookBody } from '../support/chat-server.ts';
import { gone } from './shown.ts';

/** All that is left when everything is over. */
type Evidence = {
  /** Every state of each plan, in the order in which the cloud showed them. */
  readonly shown: ReadonlyMap<string, readonly string[]>;
  /** Whether a good look came between any two of them; otherwise what nobody looked at need not be known. */
  readonly everyState: boolean;
  readonly log: readonly LogEntry[];
  readonly slack: readonly Taken<SlackBody>[];
  readonly webhook: readonly Taken<WebhookBody>[];
  /** Whether there is a reason for a second copy: planwatch died with this message in hand. */
  readonly mayRepeat: (destination: string, id: string) => boolean;
};

/** What people saw at one destination: which delivery, and whether it said that it may be a repeat. */
type Copy = { readonly id: string; readonly marked: boolean };

/**
 * Compares what people saw with what happened. Written apart from the product and much simpler: it knows nothing of
 * checkpoints, lanes or receipts. Empty: the promise was kept.
 */
export function brokenPromises({ shown, everyState, log, slack, webhook, mayRepeat }: Evidence): string[] {
  const events = log.flatMap((entry) => entry.events);
  const copies = {
    slack: slack.map(({ body: { text } }) => ({ id: lastLine(text), marked: text.includes('May be a repeat') })),
    webhook: webhook.map(({ body }) => ({ id: body.id, marked: false })),
  };
  return [
    ...log.filter(({ revision }, index) => revision !== index + 1).map((one) => `the log has a hole: ${one.revision}`),
    ...[...shown].flatMap(([plan, states]) => wrongSteps(plan, states, aboutPlan(events, plan), everyState)),
    ...aboutNobody(events, shown),
    ...Object.entries(copies).flatMap(([name, seen]) => [
      ...wrongOrder(name, decided(log, name), seen),
      ...needless(name, seen, mayRepeat),
    ]),
    ...twiceUnmarked(copies.slack),
    ...wrongWords(log, slack, webhook),
  ];
}

type PlanEvent = Extract<Event, { plan: unknown }>;

const aboutPlan = (events: readonly Event[], plan: string): PlanEvent[] =>
  events.filter((event): event is PlanEvent => 'plan' in event && event.plan.id === plan);

const aboutNobody = (events: readonly Event[], shown: Evidence['shown']): string[] =>
  events.flatMap((event) => ('plan' in event && !shown.has(event.plan.id) ? [`${event.id} is about no plan`] : []));

/** One plan's events must lead from its first state to its last, each from where the one before ended. */
function wrongSteps(plan: string, states: readonly string[], told: readonly PlanEvent[], every: boolean): string[] {
  const faults: string[] = [];
  let at = -1;
  for (const event of told) {
    const from =
      event.type === 'plan.status' ? event.from : event.type === 'plan.removed' ? event.plan.status : undefined;
    const to = event.type === 'plan.removed' ? gone : event.plan.status;
    if (from !== states[at]) faults.push(`${event.id}: ${plan} was never ${from} just then`);
    const next = states.indexOf(to, at + 1);
    if (next < 0) faults.push(`${event.id}: ${plan} was never ${to} after that`);
    else if (every && next !== at + 1) faults.push(`${event.id}: skips a state of ${plan}`);
    at = Math.max(at, next);
  }
  const unseen = told.length === 0 && !every && states.at(-1) === gone;
  if (states[at] !== states.at(-1) && !unseen) faults.push(`nobody was told that ${plan} is ${states.at(-1)}`);
  return faults;
}

const decided = (log: readonly LogEntry[], destination: string): string[] =>
  log.flatMap(({ deliveries }) => deliveries.filter((one) => one.destination === destination).map(({ id }) => id));

/** A repeat comes right after what it repeats; without the repeats there is exactly what the log decided, in its order. */
function wrongOrder(name: string, expected: readonly string[], copies: readonly Copy[]): string[] {
  const ids = copies.map(({ id }) => id).filter((id) => !id.startsWith('planwatch-'));
  const once = ids.filter((id, index) => id !== ids[index - 1]);
  const index = Array.from({ length: Math.max(once.length, expected.length) }).findIndex(
    (_, place) => once[place] !== expected[place],
  );
  if (index < 0) return [];
  return [
    `${name}: after ${once[index - 1]} came ${once[index] ?? 'nothing'} instead of ${expected[index] ?? 'nothing'}`,
  ];
}

const needless = (name: string, copies: readonly Copy[], mayRepeat: Evidence['mayRepeat']): string[] =>
  [...Map.groupBy(copies, ({ id }) => id)]
    .filter(([id, all]) => (all.length > 1 || all.some(({ marked }) => marked)) && !mayRepeat(name, id))
    .map(([id]) => `${name}: ${id} was repeated, or called a repeat, without a reason`);

const twiceUnmarked = (copies: readonly Copy[]): string[] =>
  [...Map.groupBy(copies, ({ id }) => id)]
    .filter(([, all]) => all.filter(({ marked }) => !marked).length > 1)
    .map(([id]) => `slack: ${id} was told twice as if for the first time`);

/** The webhook gets the log's own events under one `webhook-id`, Slack names each plan. */
function wrongWords(log: readonly LogEntry[], slack: Evidence['slack'], webhook: Evidence['webhook']): string[] {
  const byId = new Map(log.flatMap((entry) => entry.events).map((event) => [event.id, event]));
  const byDelivery = new Map(log.flatMap((entry) => entry.deliveries).map(({ id, events }) => [id, events]));
  const eventsOf = (id: string) => (byDelivery.get(id) ?? []).map((event) => byId.get(event));
  const wrongBodies = webhook.filter(({ headers, body, raw }) => {
    if (headers['webhook-id'] !== body.id.replaceAll('.', '-')) return true;
    const told = body.type === 'digest' ? body['events'] : [JSON.parse(raw)];
    return !body.id.startsWith('planwatch-') && JSON.stringify(told) !== JSON.stringify(eventsOf(body.id));
  });
  const wrongTexts = slack.filter(({ body: { text } }) =>
    eventsOf(lastLine(text)).some((event) => event && 'plan' in event && !text.includes(event.plan.name)),
  );
  return [
    ...wrongBodies.map(({ raw }) => `webhook: not what the log says: ${raw.slice(0, 300)}`),
    ...wrongTexts.map(({ body }) => `slack: not what the log says: ${body.text.slice(0, 300)}`),
  ];
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf('\n') + 1).trim();
