import { createHash } from 'node:crypto';
import type { Change, ChangeType } from './change.ts';
import { changeTypes } from './change.ts';
import { classOf, type ReleasePlan, type StatusClass } from './plan.ts';

/** One watched list, as events name it. */
export type Place = { readonly source: string; readonly region: string; readonly projectId: string };

/** Why one component of a plan failed, in the vendor's words. */
export type Failure = {
  readonly component: string;
  readonly reason: string;
  readonly version?: string;
  /** Which batch of the plan it was in, as the cloud counts them. */
  readonly batch?: string;
  /** From its start to its end, where both are known: of the rollback, where that is what failed. */
  readonly durationMs?: number;
};

export type PlanEvent = {
  readonly id: string;
  readonly type: ChangeType;
  readonly source: string;
  /** When planwatch saw it (RFC 3339 UTC, milliseconds). */
  readonly time: string;
  readonly plan: ReleasePlan & { readonly class: StatusClass };
  /** The status before; `plan.status` only. */
  readonly from?: string;
  readonly region: string;
  readonly projectId: string;
  readonly failures?: readonly Failure[];
};

export const noticeTypes = [
  'source.watching',
  'source.unreachable',
  'source.recovered',
  'source.changed',
  'source.degraded',
  'state.lost',
  'destination.failing',
  'destination.recovered',
  'delivery.dead',
] as const;

export type NoticeType = (typeof noticeTypes)[number];

/** What happened to planwatch itself. */
export type NoticeEvent = {
  readonly id: string;
  readonly type: NoticeType;
  readonly source?: string;
  readonly destination?: string;
  readonly time: string;
  /** What happened, in the far end's words where there are any. */
  readonly reason?: string;
  /** What to do about it. */
  readonly advice?: string;
  readonly count?: number;
  /** `source.degraded` only. */
  readonly lacks?: Lack;
};

export type Event = PlanEvent | NoticeEvent;

export const eventTypes: readonly Event['type'][] = [...changeTypes, ...noticeTypes];

export const isPlanEvent = (event: Event): event is PlanEvent => 'plan' in event;

/** A notice about a source, before the log gives it an id. */
export type SourceNotice = Pick<NoticeEvent, 'type' | 'reason' | 'advice' | 'count' | 'lacks'>;

/** Padded, so that object keys list in the order in which things happened. */
export const revisionKey = (revision: number): string => String(revision).padStart(12, '0');

/** The same on every retry, overlap and replay: the log decides who is the `index`th event of a revision. */
export const eventId = (source: string, revision: number, index: number): string =>
  `${source}-${revisionKey(revision)}-${index}`;

/** For backfill from the list, where no log gives a number: the same plan in the same state is the same event. */
export function listedEventId(source: string, { id, status, executedAt }: ReleasePlan): string {
  const state = createHash('sha256')
    .update(JSON.stringify([id, status, executedAt ?? null]))
    .digest('hex');
  return `${source}-list-${state.slice(0, 12)}`;
}

/** Not observed, but asked for by backfill: its time is the plan's own. */
export const isListed = ({ id, source }: PlanEvent): boolean => id.startsWith(`${source}-list-`);

/** What a `source.degraded` says is missing: plans that the list does not show, or the reasons of failures. */
type Lack = 'plans' | 'reasons';

export const maxFailures = 20;
export const maxReason = 500;
const maxText = 500;
const maxWord = 100;

export function planEvent(
  change: Change,
  id: string,
  time: string,
  place: Place,
  failures: readonly Failure[] = [],
): PlanEvent {
  return {
    id,
    type: change.type,
    source: place.source,
    time,
    plan: { ...bounded(change.plan), class: classOf(change.plan.status) },
    ...(change.type === 'plan.status' && { from: change.from }),
    region: place.region,
    projectId: place.projectId,
    ...(failures.length > 0 && {
      failures: failures.slice(0, maxFailures).map(({ component, reason, version, batch, durationMs }) => ({
        component: cut(component, maxText),
        reason: cut(reason, maxReason),
        ...(version && { version: cut(version, maxWord) }),
        ...(batch && { batch: cut(batch, maxWord) }),
        ...(durationMs !== undefined && { durationMs }),
      })),
    }),
  };
}

/** The cloud allows far shorter names. One that no queue would carry must not stop everything that comes after it. */
const bounded = (plan: ReleasePlan): ReleasePlan => ({
  ...plan,
  name: cut(plan.name, maxText),
  action: cut(plan.action, maxText),
  creator: cut(plan.creator, maxText),
});

/** At most `most` UTF-16 units, the last of them an ellipsis where something was cut; never half a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most < 1) return '';
  // One unit is kept for the ellipsis; a high surrogate as the last one kept would be half a character.
  const before = text.charCodeAt(most - 2);
  const split = before >= 0xd800 && before <= 0xdbff;
  return `${text.slice(0, split ? most - 2 : most - 1)}…`;
}
