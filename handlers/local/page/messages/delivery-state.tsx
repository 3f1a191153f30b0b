import type { DeliveryState } from '../../inbox/view.ts';
import { Clock } from '../clock.tsx';
import { sentence } from '../trouble.ts';

type Props = { readonly state: DeliveryState; readonly shownHere: boolean };

/** What became of a message, in no better words than what is known, and the provider's own where it said any. */
export function StateWords({ state, shownHere }: Props) {
  const { words, at, more, nextAt } = phrase(state, shownHere);
  return (
    <>
      <span class="outcome">{words}</span>
      {at !== undefined && ' '}
      {at !== undefined && <Clock time={at} />}
      {state.attempts > 1 && ` · ${state.attempts} tries`}
      {more !== undefined && <q class="said-by-provider">{sentence(more)}</q>}
      {nextAt !== undefined && (
        <>
          {' '}
          Next try <Clock time={nextAt} />
        </>
      )}
    </>
  );
}

type Phrase = {
  readonly words: string;
  readonly at?: string;
  readonly more?: string;
  readonly nextAt?: string | undefined;
};

function phrase(state: DeliveryState, shownHere: boolean): Phrase {
  switch (state.kind) {
    case 'told':
      return { words: shownHere ? 'Shown here' : 'Delivered', at: state.at };
    case 'accepted':
      return { words: 'Taken in; whether people see it, the provider does not say', at: state.at };
    case 'dead':
      return { words: 'Given up', at: state.at, more: state.reason };
    case 'waiting':
      if (state.reason === undefined) return { words: 'On its way' };
      if (state.attempts === 0) return { words: 'Waits behind an earlier message', nextAt: state.nextAt };
      return { words: 'Not delivered yet', more: state.reason, nextAt: state.nextAt };
  }
}
