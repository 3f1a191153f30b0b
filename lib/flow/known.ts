import type { Event } from '../core/event.ts';
import type { FailureCause } from '../core/failure-cause.ts';
import type { ReleasePlan } from '../core/plan.ts';
import type { Routing } from '../core/route.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Identity, PlanSource, Queue } from '../ports.ts';

export type LookDeps = {
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly sources: Readonly<Record<string, PlanSource>>;
  readonly routing: Routing;
  readonly giveUpAfterMs: number;
  readonly now: () => Date;
};

/** How one look at one source went. */
export type Look = {
  readonly source: string;
  readonly ok: boolean;
  readonly revision: number;
  readonly plans: number;
  /** What this look decided. */
  readonly events: readonly Event[];
  /** What an earlier or a parallel look had decided, and this one passed on. */
  readonly adopted: readonly Event[];
  readonly contended?: true;
  readonly error?: string;
  /** Of `error`: what sort of failure. */
  readonly cause?: FailureCause;
  /** How long it took; absent where there was no time to begin. */
  readonly ms?: number;
};

/** What we hold to be true before the list is read. `plans` is absent until there was a first complete look. */
export type Known = {
  readonly revision: number;
  /** Empty: the list must be read whatever it holds. */
  readonly digest: string;
  readonly identity?: Identity;
  readonly plans?: readonly ReleasePlan[];
  /** Something was lost or damaged on the way here: to be told with the next commit. */
  readonly lost?: string;
};

/** Saves what is known, once there is a list to know. Always the last write: it is only a cache of the log's end. */
export async function saveCheckpoint({ ledger, now }: LookDeps, name: string, known: Known): Promise<void> {
  const { revision, digest, identity, plans } = known;
  if (!identity || !plans) return;
  await ledger.checkpoints.save(name, { v: 1, revision, digest, at: now().toISOString(), identity, plans });
}
