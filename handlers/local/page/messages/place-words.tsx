import type { PlaceView } from '../../inbox/view.ts';
import { type Address, linkHere } from '../address.ts';
import { Clock } from '../clock.tsx';
import { belowIn } from '../kinds/registry.tsx';

type Props = { readonly place: PlaceView; readonly kind: string | undefined; readonly address: Address };

/** Where in the chat it was told, where that is not a post of its own. */
export function PlaceWords({ place: { how, rang, opener }, kind = '', address }: Props) {
  const message = opener ? (
    <>
      the message of{' '}
      <a href={linkHere(address, { event: opener.id })}>
        <Clock time={opener.time} />
      </a>
    </>
  ) : (
    'the plan’s message'
  );
  switch (how) {
    case 'opened':
      return <span class="quiet place">By the post that is the plan’s message since.</span>;
    case 'earlier':
      return <span class="quiet place">Into an earlier message of the plan, which is not there any more.</span>;
    case 'said':
      return (
        <span class="quiet place">
          {belowIn(kind)}, below {message}.
        </span>
      );
    case 'edited':
      return (
        <span class="quiet place">
          Edited into {message}
          {rang && `, and said as well (${belowIn(kind).toLowerCase()}), since an edit rings no bell`}.
        </span>
      );
  }
}
