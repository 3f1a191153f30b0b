import { isListed, type PlanEvent } from './event.ts';
import { classOf } from './plan.ts';
import { needsApproval } from './wording.ts';

/** One thing that happened to a plan, as a line of its history. */
export type LifeStep = {
  /** The event's id. */
  readonly id: string;
  readonly type: PlanEvent['type'];
  readonly time: string;
  readonly status: string;
  readonly from?: string;
};

/** What a living message shows: the present state of one plan, and how it came to it. */
export type Life = {
  /** The newest event that was told here. */
  readonly shown: PlanEvent;
  /** In the order in which things happened, the newest last. */
  readonly steps: readonly LifeStep[];
  /** How many before them are not shown any more. */
  readonly earlier: number;
  /** The last time that it was broken: since when, and when it was seen whole again. */
  readonly broken?: { readonly since: string; readonly until?: string };
};

/** More than a day's work on one plan; a message that shows them is still read at a glance. */
const mostSteps = 12;

/**
 * The life with one more event in it. The same object where it is in it already, or is from before all that is shown: that
 * it was counted cannot be known. An older event never becomes the one shown.
 */
export function withEvent(before: Life | undefined, event: PlanEvent): Life {
  const step = stepOf(event);
  if (before === undefined) {
    return { shown: event, steps: [step], earlier: 0, ...(isBad(event) && { broken: { since: event.time } }) };
  }
  if (isIn(before, event)) return before;
  const place = before.steps.findLastIndex((one) => isOlder(one, step)) + 1;
  if (place === 0 && before.earlier > 0) return before;
  const all = before.steps.toSpliced(place, 0, step);
  const steps = all.slice(-mostSteps);
  const earlier = before.earlier + all.length - steps.length;
  if (place < before.steps.length) return { ...before, steps, earlier };
  const broken = brokenAfter(before.broken, event);
  return { shown: event, steps, earlier, ...(broken && { broken }) };
}

/** Whether it is one of the steps that are shown. By its time as well: after a lost log the same id can mean something else. */
export const isStepOf = ({ steps }: Life, event: PlanEvent): boolean =>
  steps.some(({ id, time }) => id === event.id && time === event.time);

/** The same, or the list says what is shown anyway. */
export const isIn = (life: Life, event: PlanEvent): boolean =>
  isStepOf(life, event) || (isListed(event) && isStateOf(life.shown, event));

const isStateOf = ({ type, plan }: PlanEvent, listed: PlanEvent): boolean =>
  type !== 'plan.removed' && plan.status === listed.plan.status && plan.executedAt === listed.plan.executedAt;

/** How long it was broken, in ms, where the event is the one that ended it, and no clock was set back meanwhile. */
export function brokenFor({ shown, broken }: Pick<Life, 'shown' | 'broken'>, event = shown): number | undefined {
  if (broken?.until !== event.time) return undefined;
  const ms = Date.parse(broken.until) - Date.parse(broken.since);
  return ms >= 0 ? ms : undefined;
}

/** An edit rings no bell, so what somebody has to know, or to act on, is said as well; and what the message does not show. */
export const mustRing = (event: PlanEvent, life: Life): boolean =>
  isBad(event) || needsApproval(event) || life.broken?.until === event.time || !isIn(life, event);

/** A step as the event that it was, for the words of its line. */
export function eventOfStep({ shown }: Life, { id, type, time, status, from }: LifeStep): PlanEvent {
  const { from: _, failures: __, ...rest } = shown;
  const plan = { ...shown.plan, status, class: classOf(status) };
  return { ...rest, id, type, time, plan, ...(from !== undefined && { from }) };
}

const stepOf = ({ id, type, time, plan: { status }, from }: PlanEvent): LifeStep => ({
  id,
  type,
  time,
  status,
  ...(from !== undefined && { from }),
});

const isBad = ({ type, plan }: PlanEvent): boolean => plan.class === 'bad' && type !== 'plan.removed';

function brokenAfter(broken: Life['broken'], event: PlanEvent): Life['broken'] {
  const open = broken && broken.until === undefined ? broken : undefined;
  if (isBad(event)) return open ?? { since: event.time };
  const mended = event.plan.class === 'good' || event.plan.class === 'recovered';
  return open && mended && event.type !== 'plan.removed' ? { ...open, until: event.time } : broken;
}

/**
 * The log numbers what it decides, and what backfill takes from a list has only its time. Where the two disagree the
 * later word wins: a clock was set back, or a lost log began to count anew.
 */
function isOlder(a: LifeStep, b: LifeStep): boolean {
  const [one, other] = [numberOf(a.id), numberOf(b.id)];
  if (a.time < b.time) return true;
  return one === undefined || other === undefined ? a.time === b.time : one < other;
}

/** Revision and index as text of one length, which sorts as they do. */
function numberOf(id: string): string | undefined {
  const [, revision, index = ''] = /-(\d{12})-(\d{1,12})$/.exec(id) ?? [];
  return revision && `${revision}-${index.padStart(12, '0')}`;
}
