import { useEffect, useRef, useState } from 'preact/hooks';
import type { EventView } from '../../inbox/view.ts';

type Props = { readonly events: readonly EventView[]; readonly whole: boolean };

const mostNamed = 3;

/** Tells of events that come while the page is open to those who do not see it. */
export function Announcer({ events, whole }: Props) {
  const newest = useRef<string>(undefined);
  const [words, say] = useState('');
  useEffect(() => {
    if (!whole) return;
    const before = newest.current;
    newest.current = events[0]?.id ?? '';
    if (before === undefined) return;
    const fresh = events.slice(
      0,
      Math.max(
        0,
        events.findIndex(({ id }) => id === before),
      ),
    );
    const named = fresh.slice(0, mostNamed).map(({ words, plan }) => (plan ? `${words}: ${plan.name}` : words));
    const more = fresh.length - named.length;
    if (fresh.length > 0) say([...named, ...(more > 0 ? [`and ${more} more`] : [])].join('. '));
  }, [events, whole]);
  return (
    <p class="unseen" role="status">
      {words}
    </p>
  );
}
