import type { Change } from '../core/change.ts';
import type { Failure } from '../core/event.ts';
import { classOf } from '../core/plan.ts';
import type { PlanSource } from '../ports.ts';

const mostPlans = 5;
const atOnce = 3;
const eachMs = 2_000;
const altogetherMs = 5_000;

/**
 * Which components failed, and why, for the changes into a bad class. Best effort, bounded in number and time: a
 * message without the reason now is worth more than one with it later.
 */
export async function explainFailures(
  source: PlanSource,
  changes: readonly Change[],
  remaining: () => number,
): Promise<ReadonlyMap<string, readonly Failure[]>> {
  const found = new Map<string, readonly Failure[]>();
  const waiting = changes
    .filter((change) => change.type !== 'plan.removed' && classOf(change.plan.status) === 'bad')
    .slice(0, mostPlans)
    .map((change) => change.plan.id);
  const until = AbortSignal.timeout(Math.max(1, Math.min(altogetherMs, remaining() - altogetherMs)));
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined && !until.aborted; id = waiting.shift()) {
      try {
        found.set(id, await source.failures(id, AbortSignal.any([until, AbortSignal.timeout(eachMs)])));
      } catch {
        // Told without the reason.
      }
    }
  };
  if (waiting.length > 0) await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
}
