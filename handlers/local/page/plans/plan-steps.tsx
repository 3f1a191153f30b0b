import type { PlanView } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';
import { Clock } from '../clock.tsx';
import { GroupMark } from '../groups.tsx';

type Props = {
  readonly plan: PlanView;
  /** The event that the reader has before them already. */
  readonly current?: string;
};

/** What a plan went through, newest first, each a link to what told of it. */
export const PlanSteps = ({ plan: { name, steps }, current }: Props) => (
  <ol class="plan-steps" aria-label={`What ${name} went through, newest first`}>
    {steps.toReversed().map(({ time, words, group, reasons, event }) => (
      <li key={time} aria-current={event !== undefined && event === current ? 'true' : undefined}>
        <Clock time={time} />
        <GroupMark group={group} />
        <span>
          {event === undefined ? words : <a href={linkTo('messages', { event })}>{words}</a>}
          {reasons.map((reason, index) => (
            <span key={index} class="reason">
              {reason}
            </span>
          ))}
        </span>
      </li>
    ))}
  </ol>
);
