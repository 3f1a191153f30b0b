import type { PlanEvent } from '../../../lib/core/event.ts';
import { classOf, type ReleasePlan } from '../../../lib/core/plan.ts';
import type { Checkpoint } from '../../../lib/ledger/checkpoint.ts';
import { applyEntry, type LogEntry } from '../../../lib/ledger/log.ts';
import type { PlanStep, PlanView } from './view.ts';
import { namesOf, wordingOf } from './wording.ts';

const mostSteps = 50;
const mostRemoved = 20;
const mostReasons = 5;

/** A source's plans as they are now, each with what was seen of it. */
export function plansOf(source: string, checkpoint: Checkpoint | undefined, entries: readonly LogEntry[]): PlanView[] {
  const steps = new Map<string, PlanStep[]>();
  const gone = new Map<string, ReleasePlan>();
  const add = (step: PlanStep, plan: ReleasePlan) => steps.set(plan.id, [...(steps.get(plan.id) ?? []), step]);
  for (const entry of entries) {
    for (const plan of entry.plans ?? []) {
      if (steps.get(plan.id)?.at(-1)?.status !== plan.status) add(foundStep(entry.at, plan), plan);
    }
    for (const event of entry.events) {
      if (!('plan' in event)) continue;
      add(stepOf(event), event.plan);
      if (event.type === 'plan.removed') gone.set(event.plan.id, event.plan);
    }
  }

  // The checkpoint is written last, so the log's end can know more.
  const newer = entries.filter((entry) => entry.revision > (checkpoint?.revision ?? 0));
  const listed = newer.reduce(applyEntry, checkpoint?.plans ?? []);
  for (const plan of listed) gone.delete(plan.id);
  const view = (plan: ReleasePlan, isListed: boolean): PlanView => ({
    source,
    id: plan.id,
    ...namesOf(plan),
    group: isListed ? classOf(plan.status) : 'removed',
    listed: isListed,
    steps: (steps.get(plan.id) ?? []).slice(-mostSteps),
  });
  const removed = [...gone.values()].slice(-mostRemoved);
  return [
    ...byLastMove(listed, steps).map((plan) => view(plan, true)),
    ...byLastMove(removed, steps).map((plan) => view(plan, false)),
  ];
}

/** Latest first; the many that a baseline found at the same moment by their own times. */
function byLastMove(plans: readonly ReleasePlan[], steps: ReadonlyMap<string, PlanStep[]>): ReleasePlan[] {
  const keys = new Map(
    plans.map((plan) => [plan, `${steps.get(plan.id)?.at(-1)?.time ?? ''} ${plan.executedAt ?? plan.createdAt ?? ''}`]),
  );
  const keyOf = (plan: ReleasePlan) => keys.get(plan) ?? '';
  return [...plans].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : keyOf(a) > keyOf(b) ? -1 : 0));
}

function stepOf(event: PlanEvent): PlanStep {
  const { group, words, reasons } = wordingOf(event);
  const { id, time, plan } = event;
  return { time, words, group, status: namesOf(plan).status, reasons: reasons.slice(0, mostReasons), event: id };
}

/** In the list at the first look, which is announced to nobody. */
const foundStep = (time: string, plan: ReleasePlan): PlanStep => ({
  time,
  words: 'There when planwatch first looked',
  group: classOf(plan.status),
  status: namesOf(plan).status,
  reasons: [],
});
