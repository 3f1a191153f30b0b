import type { Snapshot } from '../inbox/view.ts';
import { PlanCard } from './plan-card.tsx';

type Props = { readonly snapshot: Snapshot; readonly target: string };

export const PlanList = ({ snapshot: { plans, morePlans, sources }, target }: Props) => (
  <aside id="plans" tabIndex={-1} aria-labelledby="plans-heading">
    <h2 id="plans-heading">Release plans</h2>
    {plans.length === 0 && <p class="quiet">None yet.</p>}
    <ul class="list">
      {plans.map((plan) => (
        <li key={`${plan.source} ${plan.id}`}>
          <PlanCard plan={plan} showSource={sources.length > 1} targeted={target === `plan=${plan.id}`} />
        </li>
      ))}
    </ul>
    {morePlans > 0 && <p class="quiet">{morePlans.toLocaleString()} more have not moved lately.</p>}
  </aside>
);
