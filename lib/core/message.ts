import type { Failure, NoticeEvent, PlanEvent } from './event.ts';
import { type Event, isListed, isPlanEvent, maxFailures } from './event.ts';
import { countWords, lookOf, noticeLook, planWords, skipsStates, type Tone, transition } from './wording.ts';

export type { Tone } from './wording.ts';

/** `time` (RFC 3339) where the value is one: a chat that can shows it in the reader's own zone. */
export type Fact = { readonly label: string; readonly value: string; readonly time?: string };

/** One line of a digest. */
export type Line = { readonly icon: string; readonly title: string; readonly detail: string };

/**
 * An event in words, before any destination dresses them. Every text is plain, well-formed and on one line, of any
 * length, and may hold whatever people typed into a plan's name: each channel escapes it for its own markup, and cuts it.
 */
export type Message = {
  /** The delivery's id: shown small, and the receiver's key against copies. */
  readonly id: string;
  /** What is told, for destinations that read data instead of words. */
  readonly events: readonly Event[];
  readonly tone: Tone;
  readonly icon: string;
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly failures: readonly Failure[];
  /** A digest's events, failures first; empty otherwise. */
  readonly lines: readonly Line[];
  readonly advice?: string;
  /** What a reader must know to take it right: "may be a repeat", a state not seen. */
  readonly notes: readonly string[];
  readonly link?: { readonly label: string; readonly url: string };
  readonly mention: readonly string[];
  /** All of it in plain text, the headline first: the fallback, the notification on a phone, the terminal. */
  readonly text: string;
};

export type Telling = {
  readonly id: string;
  readonly events: readonly Event[];
  readonly mention?: readonly string[];
  /** An earlier try may have been seen already. */
  readonly unsure?: boolean;
  /** Asked for again by hand. */
  readonly repeat?: boolean;
};

/** Puts one delivery into words. */
export function composeMessage(telling: Telling): Message {
  const { id, events, mention = [], unsure = false, repeat = false } = telling;
  const body = bodyOf(events);
  const notes = [
    ...body.notes,
    ...(repeat ? ['Sent again on request.'] : []),
    ...(unsure ? ['May be a repeat: the answer to an earlier try was lost.'] : []),
  ];
  const message = { id, events, mention, ...body, notes };
  return { ...message, text: plainText(message) };
}

type Body = Omit<Message, 'id' | 'events' | 'mention' | 'text'>;

const blank = { facts: [], failures: [], lines: [], notes: [] } satisfies Partial<Body>;

function bodyOf(events: readonly Event[]): Body {
  const [first, ...rest] = events;
  if (first === undefined) return { ...blank, tone: 'neutral', icon: 'ℹ️', title: 'Nothing to tell' };
  if (rest.length > 0) return digest(events);
  return isPlanEvent(first) ? plan(first) : notice(first);
}

function plan(event: PlanEvent): Body {
  const { tone, icon } = lookOf(event);
  const { plan: now, source } = event;
  return {
    ...blank,
    tone,
    icon,
    // The place at the end, so that a phone shows what and which before it cuts.
    title: `${oneLine(planWords(event))}: ${nameOf(event)} · ${source}`,
    facts: known([
      { label: 'Status', value: oneLine(transition(event)) },
      where(event),
      { label: 'Creator', value: oneLine(now.creator) },
      { label: 'Action', value: oneLine(now.action) },
      timeFact('Last run', now.executedAt),
      timeFact('Created', now.createdAt),
      !isListed(event) && timeFact('Seen', event.time),
    ]),
    failures: failuresOf(event),
    notes: notesOf(event),
    link: consoleOf(event),
  };
}

/** A night reader asks "why?" first; where the cloud did not tell, the message says so instead of leaving a gap. */
function notesOf(event: PlanEvent): string[] {
  const { failures = [], plan: now, type } = event;
  const notes: string[] = [];
  if (now.class === 'bad' && type !== 'plan.removed' && failures.length === 0) {
    notes.push('Which component failed is not known: ServiceStage has the details.');
  }
  if (failures.length >= maxFailures) notes.push(`Only the first ${maxFailures} failing components are listed.`);
  if (isListed(event)) notes.push('As it is listed now; what it went through before was not looked at.');
  if (skipsStates(event)) notes.push('States in between were not seen.');
  return notes;
}

function notice(event: NoticeEvent): Body {
  const { tone, icon, title, note } = noticeLook(event);
  return {
    ...blank,
    tone,
    icon,
    title: oneLine(title(event)),
    facts: known([
      event.reason !== undefined && {
        label: tone === 'good' || tone === 'info' ? 'Details' : 'Reason',
        value: oneLine(event.reason),
      },
      timeFact('Seen', event.time),
    ]),
    notes: note === undefined ? [] : [note],
    ...(event.advice !== undefined && { advice: oneLine(event.advice) }),
  };
}

function digest(events: readonly Event[]): Body {
  const plans = events.filter(isPlanEvent);
  const failed = plans.some((event) => event.plan.class === 'bad');
  const last = events
    .map((event) => event.time)
    .sort()
    .at(-1);
  const [first] = plans;
  return {
    ...blank,
    tone: failed ? 'bad' : 'info',
    icon: failed ? '❌' : '📋',
    title: oneLine(`${events.length} changes: ${countWords(events)}${first ? ` · ${first.source}` : ''}`),
    facts: known([first !== undefined && where(first), timeFact('Seen', last)]),
    lines: events.map(lineOf),
    ...(first && { link: consoleOf(first) }),
  };
}

function lineOf(event: Event): Line {
  if (!isPlanEvent(event)) {
    const { icon, title } = noticeLook(event);
    return { icon, title: oneLine(title(event)), detail: oneLine(event.reason ?? '') };
  }
  const why = failuresOf(event).map(({ component, reason }) => `${component}: ${reason}`);
  return {
    icon: lookOf(event).icon,
    title: nameOf(event),
    detail: [oneLine(transition(event)), ...(why.length > 0 ? [why.join('; ')] : [])].join(' · '),
  };
}

/** A name of nothing but blanks is none. */
const nameOf = ({ plan: { name, id } }: PlanEvent): string => oneLine(name) || id;

const failuresOf = (event: PlanEvent): Failure[] =>
  (event.failures ?? []).map(({ component, reason }) => ({
    component: oneLine(component) || 'a component without a name',
    reason: oneLine(reason) || 'no reason given',
  }));

const where = ({ source, region }: PlanEvent): Fact => ({ label: 'Where', value: oneLine(`${source} (${region})`) });

const timeFact = (label: string, time: string | undefined): Fact | false =>
  time !== undefined && { label, value: readableTime(time), time };

const known = (facts: readonly (Fact | false)[]): Fact[] =>
  facts.filter((fact) => fact !== false).filter(({ value }) => value !== '');

/** `2026-11-24T03:04:05.678Z` → `2026-11-24 03:04:05 UTC` */
export const readableTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

/** The fragment of one task's page is documented nowhere, so the link goes to the service in the right region. */
const consoleOf = ({ region }: PlanEvent): NonNullable<Message['link']> => ({
  label: 'Open ServiceStage',
  url: `https://console.huaweicloud.com/servicestage/?region=${encodeURIComponent(region.toWellFormed())}`,
});

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

/** What and where, why, the rest: a phone shows the first two lines. */
function plainText(message: Omit<Message, 'text'>): string {
  return [
    `${message.icon} ${message.title}`,
    ...message.failures.map(({ component, reason }) => `  ${component}: ${reason}`),
    ...message.lines.map(({ icon, title, detail }) => `  ${icon} ${title}${detail && `: ${detail}`}`),
    ...message.facts.map(({ label, value }) => `  ${label}: ${value}`),
    ...(message.advice ? [`  What to do: ${message.advice}`] : []),
    ...message.notes.map((note) => `  ${note}`),
    ...(message.link ? [`  ${message.link.label}: ${message.link.url}`] : []),
    `  ${message.id}`,
  ].join('\n');
}
