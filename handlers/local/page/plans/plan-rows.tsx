import type { PlanView } from '../../inbox/view.ts';
import { type Address, linkHere, linkTo } from '../address.ts';
import { Ago } from '../clock.tsx';
import { groupNames } from '../filter.ts';
import { GroupMark } from '../groups.tsx';
import { PlanSteps } from './plan-steps.tsx';
import { type Pointed, Timeline } from './timeline.tsx';

type Chart = {
  readonly from: number;
  readonly now: number;
  readonly stop: string | undefined;
  readonly point: (pointed: Pointed | undefined) => void;
};

type Props = {
  readonly plans: readonly PlanView[];
  readonly address: Address;
  /** The id of the plan whose steps are shown. */
  readonly opened: string;
  readonly showSource: boolean;
  /** A kind of chat that can show a plan as one message. */
  readonly living: string;
  readonly chart: Chart;
};

export const PlanRows = ({ plans, opened, ...rest }: Props) => (
  <tbody>
    {plans.map((plan) => (
      <PlanRow key={`${plan.source} ${plan.id}`} plan={plan} open={plan.id === opened} {...rest} />
    ))}
  </tbody>
);

type RowProps = Omit<Props, 'plans' | 'opened'> & { readonly plan: PlanView; readonly open: boolean };

function PlanRow({ plan, open, address, showSource, living, chart }: RowProps) {
  const { id, name, action, creator, source, listed, status, group, steps } = plan;
  const last = steps.at(-1);
  const told = steps.findLast(({ event }) => event !== undefined)?.event;
  const about = [action, creator && `by ${creator}`, showSource && `in ${source}`].filter(Boolean).join(' ');
  return (
    <>
      <tr class={listed ? 'plan' : 'plan gone'}>
        <th scope="row">
          <a href={linkHere(address, { plan: open ? '' : id })} aria-expanded={open}>
            {name}
          </a>
          <span class="quiet">{about}</span>
        </th>
        <td class="now">
          <span class={`said ${group}`}>
            <GroupMark group={group} /> {listed ? groupNames[group] : 'No longer listed'}
          </span>
          <span class="quiet">
            {status} {last && '· '}
            {last && <Ago time={last.time} />}
          </span>
        </td>
        <td class="chart">
          <Timeline plan={plan} {...chart} />
        </td>
      </tr>
      {open && (
        <tr class="steps">
          <td colSpan={3}>
            <PlanSteps plan={plan} />
            <p class="quiet">
              <a href={linkTo('messages', { plan: id })}>All its events</a>
              {told !== undefined && ' · '}
              {told !== undefined && (
                <a href={linkTo('messages', { event: told, style: 'living', as: living })}>As one living message</a>
              )}
              {' · '}
              <code>{id}</code>
            </p>
          </td>
        </tr>
      )}
    </>
  );
}
