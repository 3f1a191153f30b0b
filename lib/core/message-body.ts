import type { Style } from './config.ts';
import { consoleLink } from './console-link.ts';
import {
  type Event,
  type Failure,
  isListed,
  isPlanEvent,
  maxFailures,
  type NoticeEvent,
  type PlanEvent,
} from './event.ts';
import { eventOfStep, type Life } from './living.ts';
import type { Fact, Line, Message } from './message.ts';
import { durationWords, mostItTook, readableTime } from './time-words.ts';
import { countWords, lookOf, needsApproval, noticeLook, planWords, skipsStates, transition } from './wording.ts';
import type { Words } from './words.ts';

/** What events say, apart from how and to whom they are told. */
export type Body = Omit<Message, 'id' | 'to' | 'events' | 'mention' | 'language' | 'labels' | 'text'>;

const blank = { facts: [], failures: [], lines: [], notes: [] } satisfies Partial<Body>;

export function bodyOf(events: readonly Event[], words: Words, style: Style): Body {
  const [first, ...rest] = events;
  if (first === undefined) return { ...blank, tone: 'neutral', icon: 'ℹ️', title: words.nothing };
  if (rest.length > 0) return digest(events, words, style);
  return isPlanEvent(first) ? plan(first, words, style) : notice(first, words, style);
}

function plan(event: PlanEvent, words: Words, style: Style): Body {
  const { tone, icon } = lookOf(event);
  const { plan: now, source } = event;
  const { facts: labels } = words;
  const timeFact = timesIn(style);
  return {
    ...blank,
    tone,
    icon,
    // The place at the end, so that a phone shows what and which before it cuts.
    title: `${words.labels.pair(oneLine(planWords(event, words)), nameOf(event))} · ${source}`,
    facts: known([
      { label: labels.status, value: oneLine(transition(event, words)) },
      whereOf(event, words),
      { label: labels.creator, value: oneLine(now.creator) },
      { label: labels.took, value: tookOf(event, words) ?? '' },
      { label: labels.action, value: oneLine(actionOf(event, words)) },
      timeFact(labels.lastRun, now.executedAt),
      timeFact(labels.created, now.createdAt),
      !isListed(event) && timeFact(labels.seen, event.time),
    ]),
    failures: failuresOf(event, words),
    notes: notesOf(event, words),
    link: linkOf([event], words, style),
  };
}

/** A plan's present state, with the way to it below. */
export function lifeBody(life: Life, words: Words, style: Style): Body {
  const body = plan(life.shown, words, style);
  const { steps, earlier } = life;
  if (steps.length + earlier < 2) return body;
  // The history says these of each step.
  const said = new Set([words.facts.status, words.facts.creator, words.facts.seen]);
  const facts = body.facts.filter(({ label }) => !said.has(label));
  const heading = { icon: '🕘', title: words.soFar, detail: earlier > 0 ? words.earlier(earlier) : '' };
  return {
    ...body,
    facts,
    lines: [heading, ...steps.map((step) => lineOfStep(eventOfStep(life, step), words, style))],
  };
}

const lineOfStep = (event: PlanEvent, words: Words, { timezone }: Style): Line => ({
  icon: lookOf(event).icon,
  title: oneLine(transition(event, words)),
  detail: [readableTime(event.time, timezone), oneLine(event.plan.creator)].filter(Boolean).join(' · '),
});

/** A night reader asks "why?" first; where the cloud did not tell, the message says so instead of leaving a gap. */
function notesOf(event: PlanEvent, { notes: words }: Words): string[] {
  const { failures = [], plan: now, type } = event;
  const notes: string[] = [];
  if (now.class === 'bad' && type !== 'plan.removed' && failures.length === 0) notes.push(words.unknownWhy);
  if (failures.length >= maxFailures) notes.push(words.onlyFirst(maxFailures));
  if (needsApproval(event)) notes.push(words.approval);
  if (isListed(event)) notes.push(words.listed);
  if (skipsStates(event)) notes.push(words.skipped);
  return notes;
}

/** A rollback has no time of its own in the list, and a run that goes on has no end yet. */
function tookOf(event: PlanEvent, words: Words): string | undefined {
  const { plan: now, type, time } = event;
  const hasEnded = ['good', 'bad', 'stopped'].includes(now.class) && now.status !== 'ROLLBACK_FAILED';
  if (!hasEnded || type === 'plan.removed' || isListed(event)) return undefined;
  return mostItTook(now.executedAt, time, words);
}

function notice(event: NoticeEvent, words: Words, style: Style): Body {
  const { tone, icon, title, note } = noticeLook(event, words);
  const { details, reason, seen } = words.facts;
  return {
    ...blank,
    tone,
    icon,
    title: oneLine(title),
    facts: known([
      event.reason !== undefined && {
        label: tone === 'good' || tone === 'info' ? details : reason,
        value: oneLine(event.reason),
      },
      timesIn(style)(seen, event.time),
    ]),
    notes: note === undefined ? [] : [note],
    ...(event.advice !== undefined && { advice: oneLine(event.advice) }),
  };
}

function digest(events: readonly Event[], words: Words, style: Style): Body {
  const plans = events.filter(isPlanEvent);
  const failed = plans.some((event) => event.plan.class === 'bad');
  const last = events
    .map((event) => event.time)
    .sort()
    .at(-1);
  const [first] = plans;
  const place = first ? ` · ${first.source}` : '';
  return {
    ...blank,
    tone: failed ? 'bad' : 'info',
    icon: failed ? '❌' : '📋',
    title: oneLine(`${words.labels.pair(words.changes(events.length), countWords(events, words))}${place}`),
    facts: known([first !== undefined && whereOf(first, words), timesIn(style)(words.facts.seen, last)]),
    lines: events.map((event) => lineOf(event, words)),
    ...(first && { link: linkOf(plans, words, style) }),
  };
}

function lineOf(event: Event, words: Words): Line {
  if (!isPlanEvent(event)) {
    const { icon, title } = noticeLook(event, words);
    return { icon, title: oneLine(title), detail: oneLine(event.reason ?? '') };
  }
  const why = failuresOf(event, words).map(({ component, reason }) => words.labels.pair(component, reason));
  return {
    icon: lookOf(event).icon,
    title: nameOf(event),
    detail: [oneLine(transition(event, words)), ...(why.length > 0 ? [why.join('; ')] : [])].join(' · '),
  };
}

/** A name of nothing but blanks is none. */
const nameOf = ({ plan: { name, id } }: PlanEvent): string => oneLine(name) || id;

function actionOf({ plan: { action } }: PlanEvent, { actions }: Words): string {
  const named: Record<string, string> = actions;
  return (Object.hasOwn(named, action) && named[action]) || action;
}

/** A source that reads them adds which version, in which batch, and how long it ran. */
type Detailed = Failure & { readonly version?: string; readonly batch?: string; readonly durationMs?: number };

const failuresOf = (event: PlanEvent, words: Words): Failure[] =>
  (event.failures ?? []).map(({ component, reason, version = '', batch = '', durationMs }: Detailed) => {
    const which = [
      oneLine(version),
      batch === '' ? '' : words.batch(oneLine(batch)),
      durationMs === undefined ? '' : words.after(durationWords(nearest(durationMs), words)),
    ].filter(Boolean);
    const name = oneLine(component) || words.noComponent;
    return {
      component: which.length > 0 ? `${name} (${which.join(', ')})` : name,
      reason: oneLine(reason) || words.noReason,
    };
  });

/** It is exact to begin with, so whole minutes are enough to read. */
const nearest = (ms: number): number => (ms < 60_000 ? ms : Math.round(ms / 60_000) * 60_000);

const whereOf = ({ source, region }: PlanEvent, { facts }: Words): Fact => ({
  label: facts.where,
  value: oneLine(`${source} (${region})`),
});

const timesIn =
  ({ timezone }: Style) =>
  (label: string, time: string | undefined): Fact | false =>
    time !== undefined && { label, value: readableTime(time, timezone), time };

const known = (facts: readonly (Fact | false)[]): Fact[] =>
  facts.filter((fact) => fact !== false).filter(({ value }) => value !== '');

/** To one plan's page where the template has one, else to the list that has them all. */
function linkOf([first, ...rest]: readonly PlanEvent[], { open }: Words, { consoleUrl }: Style) {
  const { region = '', projectId = '', source = '', plan: one } = first ?? {};
  const linked = { region, projectId, source, ...(one && rest.length === 0 && { planId: one.id }) };
  return { label: open, url: consoleLink(linked, consoleUrl) };
}

/**
 * A line break or another control character would forge a line of the message, and a direction override the order of
 * its words; half a surrogate pair is refused by some chats.
 */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    // Split, not one pattern with blanks around the break: that one takes quadratic time on a name full of blanks.
    .split(/[\p{Cc}\u2028\u2029]/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
