import type { ReleasePlan } from '../core/plan.ts';

/** A plan that is missing once may be a list that was being rebuilt: it is gone when it is missing again this much later. */
const missingForMs = 30_000;

type Missing = Readonly<Record<string, string>>;

/**
 * Puts the plans that are missing for the first time back among the listed ones, so that comparing says nothing of
 * them yet, and says since when each is missing. Those that stay away are left out: comparing finds them removed.
 */
export function holdMissing(
  before: readonly ReleasePlan[],
  listed: readonly ReleasePlan[],
  known: Missing = {},
  now: Date,
): { readonly plans: readonly ReleasePlan[]; readonly missing?: Missing } {
  const here = new Set(listed.map((plan) => plan.id));
  const missing = new Map<string, string>();
  const held = before.filter((plan) => {
    if (here.has(plan.id)) return false;
    const since = Date.parse(known[plan.id] ?? '');
    const away = now.getTime() - since;
    if (away >= missingForMs) return false;
    // A clock that was set back starts the wait again rather than holding the plan until it has caught up.
    missing.set(plan.id, away >= 0 ? new Date(since).toISOString() : now.toISOString());
    return true;
  });
  return held.length > 0 ? { plans: [...listed, ...held], missing: Object.fromEntries(missing) } : { plans: listed };
}
