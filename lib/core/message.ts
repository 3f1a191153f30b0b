import type { Failure, NoticeEvent, PlanEvent } from './event.ts';
import { type Event, isPlanEvent } from './event.ts';
import { classOf, type StatusClass } from './plan.ts';

/** How bad it is. Never shown by colour alone: every tone has an icon and every title a word. */
export type Tone = 'good' | 'bad' | 'warning' | 'info' | 'neutral';

/** `time` (RFC 3339) where the value is one: a chat that can shows it in the reader's own zone. */
export type Fact = { readonly label: string; readonly value: string; readonly time?: string };

/** One line of a digest. */
export type Line = { readonly icon: string; readonly title: string; readonly detail: string };

/**
 * An event in words, before any destination dresses them. Everything here is plain text and may hold whatever people
 * typed into a plan's name: each channel escapes it for its own markup.
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
  /** All of it in plain text: the fallback, the notification on a phone, the terminal. */
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

const tones: Record<StatusClass, Tone> = {
  good: 'good',
  bad: 'bad',
  recovered: 'warning',
  stopped: 'warning',
  waiting: 'neutral',
  moving: 'info',
};

const icons: Record<Tone, string> = { good: '✅', bad: '❌', warning: '⚠️', info: '🔄', neutral: '🆕' };

/** What the documented statuses are called; any other is shown as it came. */
const words: ReadonlyMap<string, string> = new Map([
  ['CREATED', 'waiting to run'],
  ['SUCCESS', 'succeeded'],
  ['FAILED', 'failed'],
  ['PARTIALLY_FAILED', 'partly failed'],
  ['ABORTED', 'stopped'],
  ['ROLLBACK_SUCCEED', 'rolled back'],
  ['ROLLBACK_FAILED', 'rollback failed'],
]);

const describe = (status: string): string => words.get(status) ?? `is now ${status}`;

/** Puts one delivery into words. */
export function composeMessage(telling: Telling): Message {
  const { id, events, mention = [], unsure = false, repeat = false } = telling;
  const [first, ...rest] = events;
  const body =
    first === undefined ? empty : rest.length > 0 ? digest(events) : isPlanEvent(first) ? plan(first) : notice(first);
  const notes = [
    ...body.notes,
    ...(repeat ? ['Sent again on request.'] : []),
    ...(unsure ? ['May be a repeat: the answer to an earlier try was lost.'] : []),
  ];
  const message = { id, events, mention, ...body, notes };
  return { ...message, text: plainText(message) };
}

type Body = Omit<Message, 'id' | 'events' | 'mention' | 'text'>;

const empty: Body = {
  tone: 'neutral',
  icon: 'ℹ️',
  title: 'Nothing to tell',
  facts: [],
  failures: [],
  lines: [],
  notes: [],
};

function plan(event: PlanEvent): Body {
  const tone = event.type === 'plan.removed' ? 'neutral' : tones[event.plan.class];
  return {
    tone,
    icon: iconOf(event),
    title: titleOf(event),
    facts: factsOf(event),
    failures: event.failures ?? [],
    lines: [],
    notes: skippedStates(event) ? ['States between two looks were not seen.'] : [],
    link: { label: 'Open ServiceStage', url: consoleUrl(event.region) },
  };
}

const iconOf = (event: PlanEvent): string => (event.type === 'plan.removed' ? '🗑️' : icons[tones[event.plan.class]]);

function titleOf({ type, plan: { name, status } }: PlanEvent): string {
  switch (type) {
    case 'plan.appeared':
      return status === 'CREATED' ? `New release plan: ${name}` : `New release plan: ${name} ${describe(status)}`;
    case 'plan.status':
      return `Release ${describe(status)}: ${name}`;
    case 'plan.rerun':
      return `Release ran again and ${describe(status)}: ${name}`;
    case 'plan.removed':
      return `Release plan no longer listed: ${name}`;
  }
}

function factsOf(event: PlanEvent): Fact[] {
  const { plan: now, source, region } = event;
  const facts: (Fact | false)[] = [
    { label: 'Status', value: transition(event) },
    now.action !== '' && { label: 'Action', value: now.action },
    { label: 'Source', value: `${source} (${region})` },
    now.creator !== '' && { label: 'Creator', value: now.creator },
    timeFact('Created', now.createdAt),
    timeFact('Run', now.executedAt),
    timeFact('Seen', event.time),
  ];
  return facts.filter((fact) => fact !== false);
}

const timeFact = (label: string, time: string | undefined): Fact | false =>
  time !== undefined && { label, value: readableTime(time), time };

/** `2026-11-24T03:04:05.678Z` → `2026-11-24 03:04:05 UTC` */
export const readableTime = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;

function transition(event: PlanEvent): string {
  const { type, from, plan: now } = event;
  if (type === 'plan.removed') return `${now.status} when last seen`;
  if (from === undefined) return now.status;
  return skippedStates(event) ? `${from} → … → ${now.status}` : `${from} → ${now.status}`;
}

/** From one state of rest to another a plan always passes through one that moves. */
const skippedStates = ({ from, plan: now }: PlanEvent): boolean =>
  from !== undefined && classOf(from) !== 'moving' && now.class !== 'moving';

/** The fragment of one task's page is documented nowhere, so the link goes to the service in the right region. */
const consoleUrl = (region: string): string =>
  `https://console.huaweicloud.com/servicestage/?region=${encodeURIComponent(region)}`;

const noticeWords: Record<NoticeEvent['type'], readonly [Tone, string, (event: NoticeEvent) => string]> = {
  'source.watching': ['info', '👀', (e) => `Now watching ${plural(e.count ?? 0, 'release plan')} in ${e.source}`],
  'source.unreachable': ['bad', '🔌', (e) => `Cannot read the release plans of ${e.source}`],
  'source.recovered': ['good', '✅', (e) => `The release plans of ${e.source} can be read again`],
  'source.changed': [
    'warning',
    '🔀',
    (e) => `${e.source} now watches another list: ${plural(e.count ?? 0, 'release plan')}`,
  ],
  'source.degraded': ['warning', '⚠️', (e) => `${e.source} is watched, but not in full`],
  'state.lost': ['warning', '🧭', (e) => `What planwatch knew of ${e.source} was lost or damaged`],
  'destination.failing': ['bad', '📵', (e) => `Messages do not get through to ${e.destination}`],
  'destination.recovered': ['good', '✅', (e) => `Messages get through to ${e.destination} again`],
  'delivery.dead': ['bad', '📪', (e) => `${plural(e.count ?? 1, 'message')} for ${e.destination} given up`],
};

function notice(event: NoticeEvent): Body {
  const [tone, icon, title] = noticeWords[event.type];
  const facts: (Fact | false)[] = [
    event.reason !== undefined && { label: 'What happened', value: event.reason },
    timeFact('Seen', event.time),
  ];
  return {
    tone,
    icon,
    title: title(event),
    facts: facts.filter((fact) => fact !== false),
    failures: [],
    lines: [],
    notes: [],
    ...(event.advice !== undefined && { advice: event.advice }),
  };
}

function digest(events: readonly Event[]): Body {
  const plans = events.filter(isPlanEvent);
  const bad = plans.filter((event) => event.plan.class === 'bad').length;
  const place = plans[0];
  return {
    tone: bad > 0 ? 'bad' : 'info',
    icon: bad > 0 ? icons.bad : '📋',
    title: `${events.length} changes${place ? ` in ${place.source}` : ''}${bad > 0 ? `, ${bad} failed` : ''}`,
    facts: [],
    failures: [],
    lines: events.map(lineOf),
    notes: [],
    ...(place && { link: { label: 'Open ServiceStage', url: consoleUrl(place.region) } }),
  };
}

function lineOf(event: Event): Line {
  if (!isPlanEvent(event)) {
    const [, icon, title] = noticeWords[event.type];
    return { icon, title: title(event), detail: event.reason ?? '' };
  }
  const why = event.failures?.map(({ component, reason }) => `${component}: ${reason}`).join('; ');
  return { icon: iconOf(event), title: event.plan.name, detail: [transition(event), why].filter(Boolean).join(' · ') };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** One line first, since that is all a phone shows. */
function plainText(message: Omit<Message, 'text'>): string {
  return [
    `${message.icon} ${message.title}`,
    ...message.failures.map(({ component, reason }) => `  ${component}: ${reason}`),
    ...message.lines.map(({ icon, title, detail }) => `  ${icon} ${title}: ${detail}`),
    ...message.facts.map(({ label, value }) => `  ${label}: ${value}`),
    ...(message.advice ? [`  What to do: ${message.advice}`] : []),
    ...message.notes.map((note) => `  ${note}`),
    `  ${message.id}`,
  ].join('\n');
}
