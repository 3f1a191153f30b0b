import type { MessageState as State } from '../inbox/view.ts';
import { Clock } from './clock.tsx';
import { sentence } from './trouble.ts';

type Props = { readonly state: State; readonly destination: string; readonly kind: string | undefined };

/** What became of a message, in no better words than what is known. */
export function MessageState({ state, destination, kind }: Props) {
  const { icon, words, at, more } = phrase(state, kind === 'inbox' ? undefined : destination);
  const again = state.attempts > 1 ? `, at try ${state.attempts}` : '';
  return (
    <span class={`state ${state.kind}`}>
      <span aria-hidden="true">{icon}</span> {words} {at && <Clock time={at} />}
      {again}
      {more && `. ${sentence(more)}`}
    </span>
  );
}

type Phrase = { readonly icon: string; readonly words: string; readonly at?: string; readonly more?: string };

/** `to`: absent for the page itself. */
function phrase(state: State, to: string | undefined): Phrase {
  switch (state.kind) {
    case 'told':
      return { icon: '✓', words: to === undefined ? 'Shown here' : `Delivered to ${to}`, at: state.at };
    case 'accepted':
      return { icon: '→', words: `Taken in by ${to}`, at: state.at, more: 'Whether people see it, it does not say' };
    case 'dead':
      return { icon: '✕', words: `Given up for ${to}`, at: state.at, more: state.reason };
    case 'waiting':
      if (state.reason === undefined) return { icon: '…', words: `On its way${to === undefined ? '' : ` to ${to}`}` };
      if (state.attempts === 0) return { icon: '…', words: `Waits behind an earlier message to ${to}` };
      return { icon: '…', words: `Not delivered to ${to} yet`, more: state.reason };
  }
}
