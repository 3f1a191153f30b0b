import type { Change } from '../core/change.ts';
import type { Failure, SourceNotice } from '../core/event.ts';
import { classOf } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import type { PlanSource } from '../ports.ts';
import { askSome } from './ask-some.ts';

type Explained = {
  /** By plan id. */
  readonly failures: ReadonlyMap<string, readonly Failure[]>;
  readonly notices: readonly SourceNotice[];
  /** The event that told that nobody may ask, as long as that holds. */
  readonly unexplained: string | undefined;
};

/**
 * Which components failed, and why, for the changes into a bad class. Best effort: what cannot be had is told without.
 * That nobody may ask is told once, and forgotten when it works again. `known`: answers of an earlier race of the same
 * look, by plan, status and time; what is asked now is added.
 */
export async function explainFailures(
  source: PlanSource,
  changes: readonly Change[],
  unexplained: string | undefined,
  until: AbortSignal,
  known: Map<string, readonly Failure[]>,
): Promise<Explained> {
  const bad = changes.filter((change) => change.type !== 'plan.removed' && classOf(change.plan.status) === 'bad');
  // A race later it may have failed in another way.
  const plans = bad.map(({ plan: { id, status, executedAt } }) => ({ id, key: `${id} ${status} ${executedAt}` }));
  const answers = await askSome(plans, (id, signal) => source.failures(id, signal), until, known);
  const failures = new Map<string, readonly Failure[]>();
  let refused: SourceError | undefined;
  for (const [id, answer] of answers) {
    if (!(answer instanceof SourceError)) failures.set(id, answer);
    else if (answer.kind === 'forbidden') refused = answer;
  }
  if (failures.size > 0) return { failures, notices: [], unexplained: undefined };
  const notices = refused && unexplained === undefined ? [refusedNotice(refused)] : [];
  return { failures, notices, unexplained };
}

const refusedNotice = ({ message, advice }: SourceError): SourceNotice => ({
  type: 'source.degraded',
  lacks: 'reasons',
  reason: `Why a release failed cannot be told: ${message}`,
  advice,
});
