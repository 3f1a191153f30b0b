import type { PlanView } from '../../inbox/view.ts';
import type { Filter } from '../filter.ts';

export const createPlanMatcher = ({ groups, source, text }: Filter): ((plan: PlanView) => boolean) => {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (plan) =>
    (groups.length === 0 || groups.includes(plan.group)) &&
    (source === '' || plan.source === source) &&
    words.every((word) => searchTextOf(plan).includes(word));
};

const searchTextOf = ({ name, id, source, action, creator, status, steps }: PlanView): string =>
  [name, id, source, action, creator, status, ...(steps.at(-1)?.reasons ?? [])].join('\n').toLowerCase();
