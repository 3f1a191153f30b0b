import type { PlanStep, PlanView } from '../../inbox/view.ts';

/** A state as long as it lasted, placed on a chart: `left` and `width` are shares of it, 0 to 1. */
export type Segment = {
  readonly step: PlanStep;
  /** ms since 1970; `to` is now where it still lasts. */
  readonly from: number;
  readonly to: number;
  readonly lasts: boolean;
  readonly left: number;
  readonly width: number;
};

/** What of a plan's states lies between two times (ms since 1970); a plan that is gone has no state any more. */
export function segmentsOf(
  { steps, listed }: Pick<PlanView, 'steps' | 'listed'>,
  start: number,
  now: number,
): readonly Segment[] {
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - start) / (now - start)));
  return steps.flatMap((step, index) => {
    const next = steps[index + 1];
    const from = Date.parse(step.time);
    const lasts = next === undefined && listed;
    const to = next ? Date.parse(next.time) : lasts ? now : from;
    if (to < start || from > now) return [];
    const left = share(from);
    return [{ step, from, to, lasts, left, width: share(to) - left }];
  });
}
