import type { Change } from './change.ts';
import type { ReleasePlan } from './plan.ts';

/**
 * What happened between two complete lists, oldest first: the list comes newest first, and people read downwards.
 *
 * Walks both lists while their ids agree, which is nearly always to the end, and makes a Map only for the rest:
 * a look with nothing new costs next to nothing at any size.
 */
export function diffPlans(before: readonly ReleasePlan[], after: readonly ReleasePlan[]): Change[] {
  const changes: Change[] = [];
  let index = 0;
  for (const now of after) {
    const was = before[index];
    if (was?.id !== now.id) break;
    const change = compare(was, now);
    if (change) changes.push(change);
    index++;
  }
  if (index < before.length || index < after.length) {
    const old = new Map(before.slice(index).map((plan) => [plan.id, plan]));
    for (const now of after.slice(index)) {
      const was = old.get(now.id);
      old.delete(now.id);
      const change = was ? compare(was, now) : ({ type: 'plan.appeared', plan: now } as const);
      if (change) changes.push(change);
    }
    for (const plan of old.values()) changes.push({ type: 'plan.removed', plan });
  }
  return changes.sort(byTime);
}

/** A first execution under the same status, and a new name or creator, are not told: `executedAt` from never to a time is no rerun. */
function compare(was: ReleasePlan, now: ReleasePlan): Change | undefined {
  if (was.status !== now.status) return { type: 'plan.status', plan: now, from: was.status };
  return isBefore(was.executedAt, now.executedAt) ? { type: 'plan.rerun', plan: now } : undefined;
}

/** A time that never was is neither before nor after another. */
const isBefore = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && one < other;

const byTime = (a: Change, b: Change): number => {
  const [left, right] = [lastMoved(a.plan), lastMoved(b.plan)];
  if (left !== right) return left < right ? -1 : 1;
  return a.plan.id < b.plan.id ? -1 : 1;
};

const lastMoved = (plan: ReleasePlan): string => plan.executedAt ?? plan.createdAt ?? '';

/**
 * The plans whose `executedAt` lies before what we saw already: an old replica answered, so the list is not compared.
 * From a time to none is let through: whether a rerun resets it is documented nowhere, and a list held back for that
 * would be held back for ever.
 */
export function wentBackwards(before: readonly ReleasePlan[], after: readonly ReleasePlan[]): ReleasePlan[] {
  const old = new Map<string, string | undefined>();
  for (const plan of before) old.set(plan.id, plan.executedAt);
  return after.filter((plan) => isBefore(plan.executedAt, old.get(plan.id)));
}
