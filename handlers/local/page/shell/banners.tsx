import { type Address, linkTo } from '../address.ts';
import { Clock } from '../clock.tsx';
import type { Feed } from '../feed/feed.ts';
import { sentence, troublesOf } from '../trouble.ts';

type Props = { readonly feed: Feed; readonly address: Address };

/** What a reader must know before believing the rest. */
export function Banners({ feed, address }: Props) {
  const troubles = address.view === 'health' ? [] : troublesOf(feed);
  const [first, ...others] = troubles;
  return (
    <div class="banners" role="status" aria-label="Troubles">
      {feed.connection === 'lost' && (
        <p class="banner recovered">
          <b>Connection lost, reconnecting.</b> What is below is as of{' '}
          <Clock time={new Date(feed.heardAt).toISOString()} />. Does planwatch still run?
        </p>
      )}
      {first && (
        <p class="banner bad">
          <b>
            {first.title}
            {first.since && ' since '}
            {first.since && <Clock time={first.since} />}.
          </b>{' '}
          {sentence(first.reason ?? '')}{' '}
          <a href={linkTo('health')}>{others.length > 0 ? `And ${others.length} more: see Health` : 'See Health'}</a>
        </p>
      )}
    </div>
  );
}
