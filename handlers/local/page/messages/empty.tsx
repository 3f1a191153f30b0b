import type { Overview } from '../../inbox/view.ts';
import { linkTo } from '../address.ts';

type Props = { readonly overview: Overview; readonly whole: boolean; readonly filtering: boolean };

/** Nothing to show: why, and what to do. */
export function Empty({ overview: { readOnly, sample }, whole, filtering }: Props) {
  if (!whole) return <p class="empty">Reading the log…</p>;
  if (filtering) {
    return (
      <div class="empty">
        <p>
          <b>No event fits.</b>
        </p>
        <p>
          <a href={linkTo('messages')}>Show all events</a>
        </p>
      </div>
    );
  }
  if (readOnly) {
    return (
      <div class="empty">
        <p>
          <b>Nothing is remembered here yet.</b>
        </p>
        <p>
          <code>npx planwatch start</code> watches and tells on this machine, <code>npx planwatch poll</code> looks
          once. What they see appears here by itself.
        </p>
      </div>
    );
  }
  return (
    <div class="empty">
      <p>
        <span class="beacon" aria-hidden="true" />
        <b>Watching…</b>
      </p>
      <p>
        {sample
          ? 'The first change of the sample comes in a few seconds.'
          : 'An event comes here as soon as a release plan appears or changes its status. Run a release, and see.'}
      </p>
    </div>
  );
}
