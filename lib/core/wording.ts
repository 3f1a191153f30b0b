import type { Event, NoticeEvent, PlanEvent } from './event.ts';
import { isPlanEvent } from './event.ts';
import { classOf, type StatusClass } from './plan.ts';

/** What things are called when people read them. Colour is never the only sign: every tone has an icon and every title a word. */

/** How bad it is. */
export type Tone = 'good' | 'bad' | 'warning' | 'info' | 'neutral';

type Look = { readonly tone: Tone; readonly icon: string; readonly counted: string };

/** `counted`: what a digest's title calls several of them. */
const looks: Record<StatusClass, Look> = {
  bad: { tone: 'bad', icon: '❌', counted: 'failed' },
  recovered: { tone: 'warning', icon: '↩️', counted: 'rolled back' },
  stopped: { tone: 'warning', icon: '⏹️', counted: 'stopped' },
  moving: { tone: 'info', icon: '🔄', counted: 'under way' },
  waiting: { tone: 'neutral', icon: '🕒', counted: 'waiting to run' },
  good: { tone: 'good', icon: '✅', counted: 'succeeded' },
};

const removed: Look = { tone: 'neutral', icon: '🗑️', counted: 'no longer listed' };

/** A class that a later version knows is shown as one that moves: neither success nor failure. */
export const lookOf = ({ type, plan }: PlanEvent): Look =>
  type === 'plan.removed' ? removed : (looks[plan.class] ?? looks.moving);

/** What is in a digest, worst first: `3 failed, 36 succeeded, 1 about planwatch`. */
export function countWords(events: readonly Event[]): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const word = isPlanEvent(event) ? lookOf(event).counted : 'about planwatch';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const order = [...Object.values(looks), removed].map((look) => look.counted).concat('about planwatch');
  return order
    .filter((word) => counts.has(word))
    .map((word) => `${counts.get(word)} ${word}`)
    .join(', ');
}

/** The documented statuses as the verb after "Release" and as a state; any other is shown as it came. */
const statuses: ReadonlyMap<string, readonly [verb: string, state: string]> = new Map([
  ['CREATED', ['is waiting to run', 'waiting to run']],
  ['SUCCESS', ['succeeded', 'succeeded']],
  ['FAILED', ['failed', 'failed']],
  ['PARTIALLY_FAILED', ['partly failed', 'partly failed']],
  ['ABORTED', ['was stopped', 'stopped']],
  ['ROLLBACK_SUCCEED', ['was rolled back', 'rolled back']],
  ['ROLLBACK_FAILED', ['could not be rolled back', 'rollback failed']],
]);

/** What happened, without the plan's name: `Release failed`. */
export function planWords({ type, plan: { status } }: PlanEvent): string {
  const [verb, state] = statuses.get(status) ?? [`is now ${status}`, status];
  switch (type) {
    case 'plan.appeared':
      return status === 'CREATED' ? 'New release plan' : `New release plan, ${state}`;
    case 'plan.status':
      return `Release ${verb}`;
    case 'plan.rerun':
      return `Release ran again and ${verb}`;
    case 'plan.removed':
      return 'Release plan no longer listed';
    // Of a later version, before a deploy was rolled back: told in its own words rather than not at all.
    default:
      return `Release plan (${type satisfies never}), ${state}`;
  }
}

/** The statuses themselves, as the console and the API spell them. */
export function transition(event: PlanEvent): string {
  const { type, from, plan } = event;
  if (type === 'plan.appeared') return `new → ${plan.status}`;
  if (type === 'plan.rerun') return `${plan.status} → … → ${plan.status}`;
  if (type === 'plan.removed') return `${plan.status} when last seen`;
  if (from === undefined) return plan.status;
  return skipsStates(event) ? `${from} → … → ${plan.status}` : `${from} → ${plan.status}`;
}

/** From one state of rest to another a plan always passes through one that moves. */
export const skipsStates = ({ from, plan }: PlanEvent): boolean =>
  from !== undefined && classOf(from) !== 'moving' && plan.class !== 'moving';

type NoticeLook = {
  readonly tone: Tone;
  readonly icon: string;
  readonly title: (event: NoticeEvent) => string;
  /** What it means for the reader. */
  readonly note?: string;
};

const source = (event: NoticeEvent): string => event.source ?? 'a source';
const destination = (event: NoticeEvent): string => event.destination ?? 'a destination';
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const noticeLook = (event: NoticeEvent): NoticeLook =>
  notices[event.type] ?? { tone: 'info', icon: 'ℹ️', title: () => `${event.type} (of a later planwatch)` };

const notices: Record<NoticeEvent['type'], NoticeLook> = {
  'source.watching': {
    tone: 'info',
    icon: '👀',
    title: (event) => `Now watching ${plural(event.count ?? 0, 'release plan')} in ${source(event)}`,
    note: 'What is there already is not announced; every change from now on is.',
  },
  'source.unreachable': {
    tone: 'bad',
    icon: '🔌',
    title: (event) => `Cannot read the release plans of ${source(event)}`,
    note: 'Until they can be read, nobody hears of changes there; then the latest status of each plan is told.',
  },
  'source.recovered': {
    tone: 'good',
    icon: '✅',
    title: (event) => `The release plans of ${source(event)} can be read again`,
  },
  'source.changed': {
    tone: 'warning',
    icon: '🔀',
    title: (event) => `${source(event)} now watches another list: ${plural(event.count ?? 0, 'release plan')}`,
    note: 'What is in it already is not announced; every change from now on is.',
  },
  'source.degraded': {
    tone: 'warning',
    icon: '⚠️',
    title: (event) => `${source(event)} is watched, but not in full`,
  },
  'state.lost': {
    tone: 'warning',
    icon: '🧭',
    title: (event) => `What planwatch remembered of ${source(event)} was lost or damaged`,
  },
  'destination.failing': {
    tone: 'bad',
    icon: '📵',
    title: (event) => `Messages do not get through to ${destination(event)}`,
    note: 'They are kept, in order, and tried again; what is given up is told as well.',
  },
  'destination.recovered': {
    tone: 'good',
    icon: '✅',
    title: (event) => `Messages get through to ${destination(event)} again`,
  },
  'delivery.dead': {
    tone: 'bad',
    icon: '📪',
    title: (event) => `Gave up ${plural(event.count ?? 1, 'message')} for ${destination(event)}`,
    note: 'They are kept as dead letters, and a backfill with deadLetters sends them again.',
  },
};
