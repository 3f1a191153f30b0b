import type { Event, NoticeEvent, PlanEvent } from './event.ts';
import { isPlanEvent } from './event.ts';
import { classOf, type StatusClass } from './plan.ts';
import type { Words } from './words.ts';

/** How things look and what they are called when people read them, in any language. Colour is never the only sign: every tone has an icon and every title a word. */

/** How bad it is. */
export type Tone = 'good' | 'bad' | 'warning' | 'info' | 'neutral';

type Look = { readonly tone: Tone; readonly icon: string; readonly counted: keyof Words['counted'] };

const looks: Record<StatusClass, Look> = {
  bad: { tone: 'bad', icon: '❌', counted: 'bad' },
  recovered: { tone: 'warning', icon: '↩️', counted: 'recovered' },
  stopped: { tone: 'warning', icon: '⏹️', counted: 'stopped' },
  moving: { tone: 'info', icon: '🔄', counted: 'moving' },
  waiting: { tone: 'neutral', icon: '🕒', counted: 'waiting' },
  good: { tone: 'good', icon: '✅', counted: 'good' },
};

const removed: Look = { tone: 'neutral', icon: '🗑️', counted: 'removed' };
/** It waits for a person, so it must not look like one that waits for its turn. */
const approval: Look = { tone: 'warning', icon: '✋', counted: 'approval' };

export const needsApproval = ({ type, plan }: PlanEvent): boolean =>
  type !== 'plan.removed' && plan.status === 'AWAITING_APPROVAL';

/** A class that a later version knows is shown as one that moves: neither success nor failure. */
export function lookOf(event: PlanEvent): Look {
  if (event.type === 'plan.removed') return removed;
  return needsApproval(event)
    ? approval
    : Object.hasOwn(looks, event.plan.class)
      ? looks[event.plan.class]
      : looks.moving;
}

/** What is in a digest, worst first: `3 failed, 36 succeeded, 1 about planwatch`. */
export function countWords(events: readonly Event[], words: Words): string {
  const counts = new Map<Look['counted'], number>();
  for (const event of events) {
    const counted = isPlanEvent(event) ? lookOf(event).counted : 'planwatch';
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  const order = Object.keys(words.counted) as Look['counted'][];
  return words.counts(
    order.flatMap((counted) => {
      const count = counts.get(counted);
      return count === undefined ? [] : [{ count, what: words.counted[counted] }];
    }),
  );
}

/** The statuses that have a name; any other is shown as it came. */
function statusWords(status: string, { statuses, isNow }: Words): { label: string; verb: string; state: string } {
  const known: Record<string, { label: string; verb: string; state: string }> = statuses;
  return (Object.hasOwn(known, status) && known[status]) || { label: status, verb: isNow(status), state: status };
}

/** What happened, without the plan's name: `Release failed`. */
export function planWords({ type, plan: { status } }: PlanEvent, words: Words): string {
  const { verb, state } = statusWords(status, words);
  switch (type) {
    case 'plan.appeared':
      return words.appeared(status === 'CREATED' ? undefined : state);
    case 'plan.status':
      return words.changed(verb);
    case 'plan.rerun':
      return words.ranAgain(verb);
    case 'plan.removed':
      return words.removed;
    // Of a later version, before a deploy was rolled back: told in its own words rather than not at all.
    default:
      return words.ofLaterVersion(type satisfies never, state);
  }
}

/** From which status to which, as the console names them. */
export function transition(event: PlanEvent, words: Words): string {
  const { type, from, plan } = event;
  const name = (status: string) => statusWords(status, words).label;
  const now = name(plan.status);
  if (type === 'plan.appeared') return `${words.fresh} → ${now}`;
  if (type === 'plan.rerun') return `${now} → … → ${now}`;
  if (type === 'plan.removed') return words.lastSeen(now);
  if (from === undefined) return now;
  return skipsStates(event) ? `${name(from)} → … → ${now}` : `${name(from)} → ${now}`;
}

/** What a plan can come to without running first. */
const withoutRunning = new Set(['AWAITING_APPROVAL', 'SKIPPED']);

/** From one state of rest to another a plan nearly always passes through one that moves. */
export const skipsStates = ({ from, plan }: PlanEvent): boolean =>
  from !== undefined &&
  classOf(from) !== 'moving' &&
  plan.class !== 'moving' &&
  !(from === 'CREATED' && withoutRunning.has(plan.status));

const noticeLooks: Record<NoticeEvent['type'], { readonly tone: Tone; readonly icon: string }> = {
  'source.watching': { tone: 'info', icon: '👀' },
  'source.unreachable': { tone: 'bad', icon: '🔌' },
  'source.recovered': { tone: 'good', icon: '✅' },
  'source.changed': { tone: 'warning', icon: '🔀' },
  'source.degraded': { tone: 'warning', icon: '⚠️' },
  'state.lost': { tone: 'warning', icon: '🧭' },
  'destination.failing': { tone: 'bad', icon: '📵' },
  'destination.recovered': { tone: 'good', icon: '✅' },
  'delivery.dead': { tone: 'bad', icon: '📪' },
};

/** `note`: what it means for the reader. */
export function noticeLook(
  { type, source, destination, count, lacks }: NoticeEvent,
  words: Words,
): { readonly tone: Tone; readonly icon: string; readonly title: string; readonly note?: string } {
  const known = Object.hasOwn(words.notices, type) ? words.notices[type] : undefined;
  if (known === undefined) return { tone: 'info', icon: 'ℹ️', title: words.laterNotice(type) };
  const title = known.title(words.source(source), words.destination(destination), count, lacks);
  return { ...noticeLooks[type], title, ...(known.note !== undefined && { note: known.note }) };
}
