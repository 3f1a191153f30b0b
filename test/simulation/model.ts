/**
 * What each destination must hear, in a few lines that share no code with planwatch: the fixed routes of the simulated
 * configuration, and the log folded to the state of each plan.
 */

type Plan = { readonly id: string; readonly status: string; readonly executedAt?: string };
type Entry = { readonly events: readonly Told[]; readonly plans?: readonly Plan[] };
export type Told = {
  readonly id: string;
  readonly type: string;
  readonly plan?: Plan;
  readonly from?: string;
  readonly destination?: string;
};

const bad = ['FAILED', 'PARTIALLY_FAILED', 'ROLLBACK_FAILED'];

/** releases, board and audit hear of every plan, oncall of failures, and of planwatch itself unless it is about oncall. */
export function mustHear(destination: string, event: Told): boolean {
  if (event.plan) return destination !== 'oncall' || bad.includes(event.plan.status);
  return destination === 'oncall' && event.destination !== 'oncall';
}

export function fold(entries: readonly Entry[]): Map<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const entry of entries) {
    for (const { type, plan } of entry.events) {
      if (type === 'plan.removed' && plan) plans.delete(plan.id);
      else if (plan) plans.set(plan.id, plan);
    }
    if (entry.plans) {
      plans.clear();
      for (const plan of entry.plans) plans.set(plan.id, plan);
    }
  }
  return plans;
}

export const statusesOf = (plans: Iterable<Plan>): string =>
  [...plans]
    .map(({ id, status }) => `${id} ${status}`)
    .sort()
    .join(', ');

/** Why an event cannot have come after the plans as they were; undefined: it can. */
export function nonsense(before: ReadonlyMap<string, Plan>, { type, plan, from }: Told): string | undefined {
  if (!plan) return undefined;
  const was = before.get(plan.id);
  switch (type) {
    case 'plan.appeared':
      return was && `${plan.id} appeared, but was there`;
    case 'plan.removed':
      return was ? undefined : `${plan.id} was removed, but was not there`;
    case 'plan.status':
      return was?.status === from && from !== plan.status
        ? undefined
        : `${plan.id} went from ${from}, but was ${was?.status}`;
    case 'plan.rerun':
      return was?.status === plan.status && (was.executedAt ?? '') < (plan.executedAt ?? '')
        ? undefined
        : `${plan.id} ran again, but nothing shows it`;
    default:
      return `${plan.id} has an event of type ${type}`;
  }
}
