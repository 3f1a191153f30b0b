import type { ReleasePlan } from './plan.ts';

/** What happened to one plan between two looks; at most one a plan a look. */
export type Change =
  | { readonly type: 'plan.appeared'; readonly plan: ReleasePlan }
  | { readonly type: 'plan.status'; readonly plan: ReleasePlan; readonly from: string }
  | { readonly type: 'plan.rerun'; readonly plan: ReleasePlan }
  /** Carries the last known plan. */
  | { readonly type: 'plan.removed'; readonly plan: ReleasePlan };

export type ChangeType = Change['type'];

export const changeTypes = [
  'plan.appeared',
  'plan.status',
  'plan.rerun',
  'plan.removed',
] as const satisfies readonly ChangeType[];
