import type { PlanView } from '../inbox/view.ts';
import { fullTime, span } from './time.ts';

/** A plan's states from left to right, each with its icon and word; a longer one takes more of what room is left. */
export function StateBar({ plan: { status, steps, listed } }: { readonly plan: PlanView }) {
  return (
    <ol class="bar">
      {/* It has not moved since before the page reads back: its status is all there is to say. */}
      {steps.length === 0 && <li>{plain(status)}</li>}
      {steps.map((step, index) => {
        const next = steps[index + 1];
        const lasted = next && Date.parse(next.time) - Date.parse(step.time);
        const again = steps[index - 1]?.status === step.status ? ' again' : '';
        return (
          <li
            key={index}
            class={step.class}
            // Seconds and days in one bar: only their magnitudes can be compared.
            style={{ flexGrow: Math.max(1, Math.log2((lasted ?? 1_000) / 1_000)) }}
            title={`${step.status} ${lasted === undefined ? `since ${fullTime(step.time)}` : `for ${span(lasted)}`}`}
            aria-current={listed && next === undefined ? 'step' : undefined}
          >
            <span aria-hidden="true">{step.icon}</span>{' '}
            {step.class === 'removed' ? 'no longer listed' : `${plain(step.status)}${again}`}
          </li>
        );
      })}
    </ol>
  );
}

const plain = (status: string): string => status.toLowerCase().replaceAll('_', ' ');
