import { diffPlans, wentBackwards } from '../core/diff.ts';
import type { SourceNotice } from '../core/event.ts';
import type { ReleasePlan } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import type { CheckpointHead } from '../ledger/checkpoint.ts';
import type { Health } from '../ledger/health.ts';
import { sameIdentity } from '../ledger/log.ts';
import type { Identity, Listing, PlanSource } from '../ports.ts';
import { type Asides, askAside, createAsides } from './asides.ts';
import { catchUp } from './catch-up.ts';
import { type Decision, decide } from './decide.ts';
import { errorText } from './error-text.ts';
import { nothingNew } from './glance.ts';
import { type Known, type Look, type LookDeps, saveCheckpoint } from './known.ts';
import { holdMissing } from './missing.ts';
import { afterFailedLook, afterGoodLook, describeOutage, sameHealth, unreachableAfter } from './outage.ts';
import { recover } from './recover.ts';
import { timeLimit } from './time-limit.ts';

const mostRaces = 5;

/** Time kept for committing, queueing and saving once the list is there. */
export const reserveMs = 8_000;
const mostListMs = 30_000;

/** Looks at one source: what is new is committed, queued and saved before this returns. */
export async function look(deps: LookDeps, name: string, remaining: () => number): Promise<Look> {
  const asides = createAsides(remaining);
  for (let race = 0; race < mostRaces; race++) {
    const result = await lookOnce(deps, name, remaining, asides);
    if (result) return result;
  }
  return { source: name, ok: true, revision: 0, plans: 0, events: [], adopted: [], contended: true };
}

/** undefined: another run committed first, so begin again from what it decided. */
async function lookOnce(
  deps: LookDeps,
  name: string,
  remaining: () => number,
  asides: Asides,
): Promise<Look | undefined> {
  const { ledger, now } = deps;
  const source = deps.sources[name];
  if (!source) throw new Error(`There is no source "${name}".`);

  const [stored, loaded] = await Promise.all([ledger.checkpoints.fetch(name), ledger.health.load(name)]);
  const { head } = stored;
  // The list is asked for only now: one that is older than the checkpoint would report changes backwards.
  const glance = head && (await glanceAt(deps, name, source, head, remaining));
  if (head && glance && nothingNew(glance, loaded)) {
    return { source: name, ok: true, revision: head.revision, plans: head.count, events: [], adopted: [] };
  }
  const checkpoint = await stored.open();
  const start: Known = checkpoint.kind === 'found' ? checkpoint.value : await recover(deps, name, loaded.told);
  // For what was recovered a list that was read before is too old.
  const seen = checkpoint.kind === 'found' ? glance : undefined;
  const { known, health, adopted } = await catchUp(deps, name, start, loaded, seen?.next);
  // And so it may be for what we adopted.
  const answer = seen && adopted.length === 0 ? seen.list : await readList(source, known, remaining);
  const at = now();
  const listed =
    answer instanceof SourceError ? failedLook(known, health, answer, at) : goodLook(known, health, answer, at);
  const next = await askAside(source, listed, health.missing, at, asides);

  const base = { source: name, adopted: adopted.flatMap((entry) => entry.events), plans: next.plans?.length ?? 0 };
  const outcome = next.error
    ? { ...base, ok: false, error: errorText(next.error), cause: next.error.failure }
    : { ...base, ok: true };
  // Health was read beside the checkpoint, and may be the older of the two: what it calls untold may have been told since.
  if (next.notices.length > 0 && !sameHealth(health, await ledger.health.load(name))) return undefined;
  const unheard = next.notices.length > 0 || next.changes.length > 0 || (known.lost !== undefined && outcome.ok);
  if (unheard) {
    const decided = await decide(
      deps,
      name,
      source,
      { known, health },
      { ...next, identity: next.identity ?? (await source.identity().catch(() => nowhere(source))) },
    );
    return decided && { ...outcome, ...decided };
  }
  if (!sameHealth(health, next.health)) await ledger.health.save(name, next.health);
  // A new name, creator or first run is kept though it is not told.
  const renewed = next.digest !== known.digest || (next.digest === '' && !samePlans(next.plans, known.plans));
  if (renewed) {
    await saveCheckpoint(deps, name, { ...known, digest: next.digest, ...(next.plans && { plans: next.plans }) });
  }
  return { ...outcome, revision: known.revision, events: [] };
}

const samePlans = (a: readonly ReleasePlan[] | undefined, b: readonly ReleasePlan[] | undefined): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

type Next = Omit<Decision, 'identity'> & {
  readonly identity: Identity | undefined;
  readonly error?: SourceError;
};

function failedLook(known: Known, before: Health, error: SourceError, at: Date): Next {
  const health = afterFailedLook(before, error, at);
  const due = health.failures >= unreachableAfter && health.told === undefined;
  const notice: SourceNotice = { type: 'source.unreachable', reason: error.message, advice: error.advice };
  const { plans, digest, identity } = known;
  return { notices: due ? [notice] : [], changes: [], plans, digest, identity, baseline: false, health, error };
}

function goodLook(known: Known, before: Health, list: GoodListing, at: Date): Next {
  const { identity, digest } = list;
  const notices: SourceNotice[] =
    before.told === undefined ? [] : [{ type: 'source.recovered', reason: describeOutage(before, at) }];
  const health = afterGoodLook(before, at);
  const next = { notices, changes: [], digest, identity, health, baseline: false };

  if (!known.plans || !known.identity || !sameIdentity(known.identity, identity)) {
    // What exists already is not news.
    const plans = list.plans ?? [];
    notices.push({ type: known.plans ? 'source.changed' : 'source.watching', count: plans.length });
    return { ...next, plans, baseline: true };
  }
  // The list that we know, with every plan on it: whatever was missing is back.
  if (!list.plans) return { ...next, plans: known.plans };

  const [older] = wentBackwards(known.plans, list.plans);
  if (older) return failedLook(known, before, oldCopy(older), at);
  const held = holdMissing(known.plans, list.plans, before.missing, at);
  return {
    ...next,
    changes: diffPlans(known.plans, held.plans),
    plans: held.plans,
    // While a plan is held the next look must read the list even if it is the same to the byte.
    digest: held.missing ? '' : digest,
    health: { ...health, ...(held.missing && { missing: held.missing }) },
  };
}

const oldCopy = ({ id }: ReleasePlan): SourceError =>
  new SourceError(
    `The list shows an earlier run of plan ${id} than was seen before: an old copy answered.`,
    'Nothing to do if it passes: the next look asks again.',
    { kind: 'incomplete' },
  );

type GoodListing = Listing & { readonly identity: Identity };

async function glanceAt(
  { ledger }: LookDeps,
  name: string,
  source: PlanSource,
  head: CheckpointHead,
  remaining: () => number,
) {
  const [list, next] = await Promise.all([readList(source, head, remaining), ledger.log.read(name, head.revision + 1)]);
  return { list, next };
}

async function readList(
  source: PlanSource,
  known: Pick<Known, 'identity' | 'digest'>,
  remaining: () => number,
): Promise<GoodListing | SourceError> {
  try {
    const identity = await source.identity();
    const same = known.identity !== undefined && sameIdentity(known.identity, identity);
    const digest = same && known.digest !== '' ? known.digest : undefined;
    const signal = timeLimit(Math.min(mostListMs, remaining() - reserveMs));
    return { ...(await source.list(digest, signal)), identity };
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

/** An outage can be worth telling before the address could ever be read. */
const nowhere = ({ place }: PlanSource): Identity => ({ endpoint: '', projectId: place.projectId, edition: '' });
