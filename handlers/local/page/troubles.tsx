import { Clock } from './clock.tsx';
import type { Feed } from './feed.ts';
import { sentence, troublesOf } from './trouble.ts';

export const Troubles = ({ feed }: { readonly feed: Feed }) => (
  <ul class="troubles" role="status" aria-label="Troubles">
    {troublesOf(feed).map(({ title, since, reason = '', nextAt }) => (
      <li key={title} class="bad">
        <b>
          {title}
          {since && ' since '}
          {since && <Clock time={since} />}.
        </b>{' '}
        {sentence(reason)} {nextAt && 'Next try: '}
        {nextAt && <Clock time={nextAt} />}
      </li>
    ))}
  </ul>
);
