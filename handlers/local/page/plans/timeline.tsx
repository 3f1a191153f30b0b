import type { PlanView } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';
import { groupNames } from '../filter.ts';
import { clockTime, span } from '../time.ts';
import { type Segment, segmentsOf } from './segments.ts';

export type Pointed = { readonly segment: Segment; readonly box: DOMRect };

type Props = {
  readonly plan: PlanView;
  /** The span that is shown, ms since 1970. */
  readonly from: number;
  readonly now: number;
  /** The one state of the whole chart that Tab comes to. */
  readonly stop: string | undefined;
  readonly point: (pointed: Pointed | undefined) => void;
};

export const segmentId = (plan: PlanView, { step }: Segment): string => `${plan.source} ${plan.id} ${step.time}`;

/** A plan's states from left to right, each a link to what told of it. */
export function Timeline({ plan, from, now, stop, point }: Props) {
  const segments = segmentsOf(plan, from, now);
  return (
    <ol class="track" aria-label={`States of ${plan.name}`}>
      {segments.map((segment) => {
        const { step, left, width, lasts } = segment;
        const id = segmentId(plan, segment);
        const show = ({ currentTarget }: { readonly currentTarget: HTMLElement }) =>
          point({ segment, box: currentTarget.getBoundingClientRect() });
        return (
          <li key={step.time} style={{ left: `${left * 100}%`, width: `${width * 100}%` }}>
            <a
              class={`segment ${step.group} ${lasts ? 'lasts' : ''}`}
              href={linkTo('messages', step.event === undefined ? { plan: plan.id } : { event: step.event })}
              tabIndex={id === stop ? 0 : -1}
              data-segment={id}
              onMouseEnter={show}
              onMouseLeave={() => point(undefined)}
              onFocus={show}
              onBlur={() => point(undefined)}
            >
              <span class="unseen">{sayState(segment)}</span>
            </a>
          </li>
        );
      })}
    </ol>
  );
}

export const sayTimes = ({ from, to, lasts }: Segment): string => {
  const [begun, lasted] = [clockTime(new Date(from).toISOString()), span(to - from)];
  if (lasts) return `since ${begun}, ${lasted}`;
  return to === from ? begun : `${begun} to ${clockTime(new Date(to).toISOString())}, ${lasted}`;
};

const sayState = (segment: Segment): string => {
  const { status, group, reasons } = segment.step;
  return [`${groupNames[group]}: ${status}, ${sayTimes(segment)}`, ...reasons].join('. ');
};
