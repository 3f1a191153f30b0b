import type { Change } from '../core/change.ts';
import type { SourceNotice } from '../core/event.ts';
import type { ReleasePlan } from '../core/plan.ts';
import type { Health } from '../ledger/health.ts';
import type { PlanSource, Whereabouts } from '../ports.ts';
import { askSome } from './ask-some.ts';

/** How often a list that is known to be cut is asked about: a plan that is really gone is told that much later. */
const askAgainMs = 5 * 60_000;

/** What comparing two lists brought, at `now`. */
type Compared = {
  readonly changes: readonly Change[];
  /** Since when each plan is missing, as `health/` knew it before this look. */
  readonly missing: Health['missing'];
  readonly health: Health;
  readonly now: Date;
};

type Confirmed = {
  /** Without the removals that are not to be told. */
  readonly changes: readonly Change[];
  /** Missing, and not known to be gone: they stay on the list that we know. */
  readonly kept: readonly ReleasePlan[];
  readonly notices: readonly SourceNotice[];
  readonly health: Health;
};

/**
 * Before a plan is told to be gone it is asked for by its id. One that is still there proves that the list is cut: then
 * nothing that it lacks is removed unless its own answer says so. That is told once, and asked again every five minutes.
 * Without such proof, a plan which nobody may ask for, or that does not answer in time, is told as no longer listed.
 *
 * `known`: answers by plan id, of an earlier race of the same look; what is asked now is added.
 */
export async function confirmRemovals(
  source: PlanSource,
  { changes, missing, health, now }: Compared,
  until: AbortSignal,
  known: Map<string, Whereabouts>,
): Promise<Confirmed> {
  const away = changes.filter((change) => change.type === 'plan.removed').map(({ plan }) => plan);
  const { truncated, ...whole } = health;
  // Whatever was missing is back, or still within its half minute.
  if (away.length === 0) return { changes, kept: [], notices: [], health: health.missing ? health : whole };

  const since = now.getTime() - Date.parse(truncated?.asked ?? '');
  const rests = truncated !== undefined && since >= 0 && since < askAgainMs;
  const plans = rests ? [] : inTurn(away, now).map(({ id }) => ({ id, key: id }));
  const answers = await askSome(plans, (id, signal) => source.confirmRemoved(id, signal), until, known);
  const there = away.filter(({ id }) => answers.get(id) === 'there');
  const cut = truncated !== undefined || there.length > 0;
  const kept = cut ? away.filter(({ id }) => answers.get(id) !== 'gone') : [];
  if (kept.length === 0) return { changes, kept, notices: [], health: health.missing ? health : whole };

  const ids = new Set(kept.map(({ id }) => id));
  const waits = kept.map(({ id }) => [id, missing?.[id] ?? now.toISOString()] as const);
  // Where every answer was "gone" there may be more of them: those are asked for at the next look.
  const settled = [...answers.values()].every((answer) => answer === 'gone');
  const [first] = there;
  return {
    changes: changes.filter(({ type, plan }) => type !== 'plan.removed' || !ids.has(plan.id)),
    kept,
    notices: first && !truncated ? [cutNotice(first, kept.length)] : [],
    health: {
      ...health,
      missing: { ...health.missing, ...Object.fromEntries(waits) },
      ...(truncated && { truncated: settled ? truncated : { ...truncated, asked: now.toISOString() } }),
    },
  };
}

/** Another five at each turn, so that one which is really gone is not hidden for ever behind five that are not. */
function inTurn(plans: readonly ReleasePlan[], now: Date): readonly ReleasePlan[] {
  const first = (Math.floor(now.getTime() / askAgainMs) * 5) % plans.length;
  return [...plans.slice(first), ...plans.slice(0, first)];
}

const cutNotice = ({ name }: ReleasePlan, count: number): SourceNotice => ({
  type: 'source.degraded',
  lacks: 'plans',
  count,
  reason: `The list is not whole: it no longer shows ${count === 1 ? `"${name}"` : `${count} plans, "${name}" among them`}, which ServiceStage still has.`,
  advice:
    'They are kept as they were last seen, and changes of what the list leaves out cannot be told: delete release plans that nobody needs, or ask the support of the cloud for the limit of the list.',
});
