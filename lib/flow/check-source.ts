import type { Edition } from '../core/config.ts';
import { classOf, type ReleasePlan } from '../core/plan.ts';
import type { PlanSource } from '../ports.ts';
import { amiss, broken, type Finding, ok } from './finding.ts';

export type SourceCheck = {
  readonly name: string;
  readonly edition: Edition;
  readonly source: PlanSource;
  /** Asks for one plan by its id. Throws SourceError. */
  readonly detail: (planId: string, signal: AbortSignal) => Promise<void>;
  /** How many plans the same project has in the other edition. Throws SourceError. */
  readonly elsewhere: (signal: AbortSignal) => Promise<number>;
};

/** As long as a look has. */
const listMs = 30_000;
const oneMs = 10_000;

const otherEdition: Record<Edition, Edition> = { 'release-plans': 'pipelines', pipelines: 'release-plans' };

/**
 * The list first, with one request: where it is refused, nothing more is asked, since bad signatures in a row lock a key.
 * Then what the list alone does not need.
 */
export async function checkSource(check: SourceCheck): Promise<readonly Finding[]> {
  const subject = { area: 'source', name: check.name, what: 'list' } as const;
  let plans: readonly ReleasePlan[];
  try {
    plans = (await check.source.list(undefined, AbortSignal.timeout(listMs))).plans ?? [];
  } catch (error) {
    return [broken('failed', subject, error)];
  }
  const [first] = plans;
  if (first === undefined) return [await checkElsewhere(check)];
  const one = plans.find(({ status }) => classOf(status) === 'bad') ?? first;
  return [
    ok(subject, countOf(plans.length)),
    ...(await Promise.all([checkDetail(check, one), checkWhy(check, one)])).flat(),
  ];
}

/** The two release managements share nothing, so the wrong one is an empty list for ever. */
async function checkElsewhere({ name, edition, elsewhere }: SourceCheck): Promise<Finding> {
  const subject = { area: 'source', name, what: 'list' } as const;
  const other = otherEdition[edition];
  // Whoever may not ask there does not use it.
  const count = await elsewhere(AbortSignal.timeout(oneMs)).catch(() => 0);
  if (count === 0) return ok(subject, 'no release plans yet: what appears from now on is told');
  return amiss(
    'warning',
    subject,
    `no release plans with edition ${edition}, but ${count} with edition ${other}`,
    `Set edition: ${other} for this source, or add one with it: the two release managements share no plans.`,
  );
}

async function checkDetail({ name, detail }: SourceCheck, plan: ReleasePlan): Promise<Finding> {
  const subject = { area: 'source', name, what: 'detail' } as const;
  try {
    await detail(plan.id, AbortSignal.timeout(oneMs));
    return ok(subject, 'one plan can be asked for: a removal can be confirmed');
  } catch (error) {
    return broken('warning', subject, error, 'Without it a plan that leaves the list cannot be confirmed as removed.');
  }
}

async function checkWhy({ name, edition, source }: SourceCheck, plan: ReleasePlan): Promise<Finding[]> {
  // The new edition has no such call.
  if (edition === 'pipelines') return [];
  const subject = { area: 'source', name, what: 'deploy-info' } as const;
  try {
    await source.failures(plan.id, AbortSignal.timeout(oneMs));
    return [ok(subject, 'can be read: messages say which components failed, and why')];
  } catch (error) {
    return [broken('warning', subject, error, 'Without it messages do not say which components failed.')];
  }
}

const countOf = (plans: number): string => `${plans} release ${plans === 1 ? 'plan' : 'plans'}`;
