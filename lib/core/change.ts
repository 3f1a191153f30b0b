import type { ReleasePlan } from './plan.ts';

/** What happened to one plan between two looks; at most one a plan a look. */
export type Change =
  | { readonly type: 'plan.appeared'; readonly plan: ReleasePlan }
  | { readonly type: 'plan.status'; readonly plan: ReleasePlan; readonly from: string }
  | { readonly type: 'plan.rerun'; readonly plan: ReleasePlan }
  /** Carries the last known plan. */
  | { readonly type: 'plan.removed'; readonly plan: ReleasePlan };

export type ChangeType = Change['type'];

/** A record, so that the compiler misses one that is left out. */
const types: Record<ChangeType, true> = {
  'plan.appeared': true,
  'plan.status': true,
  'plan.rerun': true,
  'plan.removed': true,
};

export const changeTypes = Object.keys(types) as ChangeType[];
