import { useMemo, useRef, useState } from 'preact/hooks';
import type { PlanView } from '../../inbox/view.ts';
import { useNow } from '../clock.tsx';
import { filterOf, isFiltering } from '../filter.ts';
import { FilterBar } from '../filter-bar.tsx';
import type { ViewProps } from '../view-props.ts';
import { createPlanMatcher } from './plan-filter.ts';
import { PlanRows } from './plan-rows.tsx';
import { RangeSwitch } from './range-switch.tsx';
import { segmentsOf } from './segments.ts';
import { StateTip } from './state-tip.tsx';
import { fittingRange, isRange, ranges } from './time-axis.ts';
import { TimeTicks } from './time-ticks.tsx';
import { type Pointed, segmentId } from './timeline.tsx';
import { nextStop, type Stop } from './walk.ts';

/** More rows than anybody reads; the filter finds the rest. */
const mostRows = 200;
/** The chart is as wide as what these went through. */
const mostFitted = 8;

export function PlansView({ overview, address }: ViewProps) {
  const now = useNow();
  const [pointed, point] = useState<Pointed>();
  const [walked, walkTo] = useState<string>();
  const table = useRef<HTMLTableElement>(null);
  const filter = filterOf(address.query);
  // In this view `plan` opens one, and hides no other.
  const wanted = { ...filter, plan: '' };
  const plans = useMemo(() => overview.plans.filter(createPlanMatcher(wanted)), [overview, JSON.stringify(wanted)]);
  const rows = withPointed(plans, overview.plans, filter.plan);
  const asked = address.query.get('range') ?? '';
  const fitting = fittingRange(oldestOf(rows, now), now);
  const from = now - ranges[isRange(asked) ? asked : fitting].ms;

  const stops = rows.flatMap((plan, row): Stop[] =>
    segmentsOf(plan, from, now).map((segment) => ({ id: segmentId(plan, segment), row, left: segment.left })),
  );
  const stop = stops.find(({ id }) => id === walked) ?? stops[0];

  function press(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['segment'] === undefined) return;
    const next = stop && nextStop(stops, stop, event.key);
    if (next === undefined) {
      if (event.key === 'Escape') point(undefined);
      return;
    }
    event.preventDefault();
    walkTo(next.id);
    table.current?.querySelector<HTMLElement>(`[data-segment="${CSS.escape(next.id)}"]`)?.focus();
  }

  return (
    <div class="plans">
      <div class="plan-bar">
        <FilterBar
          address={address}
          filter={wanted}
          sources={overview.sources}
          plans={overview.plans}
          countOf={(group) => overview.plans.filter(createPlanMatcher({ ...wanted, groups: [group] })).length}
          found={plans.length}
          noun="plan"
        />
        <RangeSwitch address={address} asked={asked} fitting={fitting} />
      </div>
      {rows.length === 0 && (
        <p class="empty">
          {isFiltering(wanted) ? <b>No plan fits.</b> : <b>No release plan is listed yet.</b>}{' '}
          {!isFiltering(wanted) && 'Make one in ServiceStage: it appears here at the next look.'}
        </p>
      )}
      {rows.length > 0 && (
        <table class="plan-table" ref={table} onKeyDown={press}>
          <caption class="unseen">Release plans as they are now, and what each went through</caption>
          <thead>
            <tr>
              <th scope="col">Plan</th>
              <th scope="col">Now</th>
              <th scope="col" class="axis">
                <span class="unseen">Timeline</span>
                <TimeTicks from={from} to={now} />
              </th>
            </tr>
          </thead>
          <PlanRows
            plans={rows}
            address={address}
            opened={filter.plan}
            showSource={overview.sources.length > 1}
            living={overview.destinations.find(({ style }) => style === 'living')?.kind ?? 'slack-bot'}
            chart={{ from, now, stop: stop?.id, point }}
          />
        </table>
      )}
      {plans.length > mostRows && (
        <p class="quiet foot">{(plans.length - mostRows).toLocaleString()} more: search for one to see it.</p>
      )}
      {overview.morePlans > 0 && (
        <p class="quiet foot">{overview.morePlans.toLocaleString()} more have not moved lately, and are not shown.</p>
      )}
      <StateTip pointed={pointed} />
    </div>
  );
}

/** The one that the address opens is there, whatever else is filtered. */
function withPointed(plans: readonly PlanView[], all: readonly PlanView[], id: string): readonly PlanView[] {
  const rows = plans.slice(0, mostRows);
  const pointed = id === '' || rows.some((plan) => plan.id === id) ? undefined : all.find((plan) => plan.id === id);
  return pointed ? [pointed, ...rows] : rows;
}

function oldestOf(plans: readonly PlanView[], now: number): number {
  const moved = plans.filter(({ steps }) => steps.length > 1).slice(0, mostFitted);
  return Math.min(now, ...moved.map(({ steps }) => Date.parse(steps[0]?.time ?? '')).filter((ms) => !Number.isNaN(ms)));
}
