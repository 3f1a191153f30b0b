import type { DeliveryState, EventView } from '../../inbox/view.ts';
import { Clock } from '../clock.tsx';
import { GroupMark } from '../groups.tsx';

type Props = {
  readonly event: EventView;
  readonly href: string;
  readonly tabIndex: 0 | -1;
  readonly current: boolean;
  readonly showSource: boolean;
};

export function EventRow({ event, href, tabIndex, current, showSource }: Props) {
  const { group, words, detail, reasons, plan, time, source, deliveries } = event;
  const fate = worstOf(deliveries.map(({ state }) => state.kind));
  return (
    <a class="event" href={href} tabIndex={tabIndex} aria-current={current ? 'true' : undefined}>
      <GroupMark group={group} named />
      <b class="line">{plan?.name ?? words}</b>
      <Clock time={time} />
      <span class="more">
        <span class="line">
          {plan && <span class={`said ${group}`}>{words}</span>}
          <span class="quiet">
            {plan && ' · '}
            {showSource && `${source} · `}
            {reasons.length > 0 ? reasons.join('; ') : detail || source}
          </span>
        </span>
        {fate && <span class={`fate ${fate.kind}`}>{fate.words}</span>}
      </span>
    </a>
  );
}

const fates: readonly { readonly kind: DeliveryState['kind']; readonly words: string }[] = [
  { kind: 'dead', words: 'given up' },
  { kind: 'waiting', words: 'waiting' },
  { kind: 'accepted', words: 'taken in' },
];

/** What an operator must know: told is as it should be, and needs no word. */
const worstOf = (kinds: readonly DeliveryState['kind'][]) => fates.find(({ kind }) => kinds.includes(kind));
