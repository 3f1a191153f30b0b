import type { Failure } from '../core/event.ts';
import type { SourceError } from '../core/source-error.ts';
import type { Health } from '../ledger/health.ts';
import type { PlanSource, Whereabouts } from '../ports.ts';
import type { Decision } from './decide.ts';
import { explainFailures } from './failures.ts';
import { confirmRemovals } from './removals.ts';
import { timeLimit } from './time-limit.ts';

const mostMs = 5_000;

/** What one look asks about single plans beside the list: nothing twice, however many races it takes to commit. */
export type Asides = {
  readonly until: () => AbortSignal;
  readonly reasons: Map<string, readonly Failure[]>;
  readonly whereabouts: Map<string, Whereabouts>;
};

/** Five seconds for all of it, from the first question on: a message now is worth more than a fuller one later. */
export function createAsides(remaining: () => number): Asides {
  let until: AbortSignal | undefined;
  return {
    until: () => {
      until ??= timeLimit(Math.min(mostMs, remaining() - mostMs));
      return until;
    },
    reasons: new Map(),
    whereabouts: new Map(),
  };
}

/**
 * Why plans failed, and whether those that stay away are gone: both at once, so that the commit waits for the longer.
 * `missing`: since when plans were missing, as the look before knew it.
 */
export async function askAside<N extends Omit<Decision, 'identity'> & { readonly error?: SourceError }>(
  source: PlanSource,
  next: N,
  missing: Health['missing'],
  now: Date,
  asides: Asides,
): Promise<N> {
  // A look that failed says nothing of what the list lacks.
  if (next.error) return next;
  const until = next.changes.length > 0 ? asides.until() : AbortSignal.abort();
  const [explained, confirmed] = await Promise.all([
    explainFailures(source, next.changes, next.health.unexplained, until, asides.reasons),
    confirmRemovals(source, { ...next, missing, now }, until, asides.whereabouts),
  ]);
  const { unexplained: _before, ...health } = confirmed.health;
  return {
    ...next,
    changes: confirmed.changes,
    failures: explained.failures,
    notices: [...next.notices, ...explained.notices, ...confirmed.notices],
    health: { ...health, ...(explained.unexplained !== undefined && { unexplained: explained.unexplained }) },
    ...(confirmed.kept.length > 0 && { plans: [...(next.plans ?? []), ...confirmed.kept], digest: '' }),
  };
}
