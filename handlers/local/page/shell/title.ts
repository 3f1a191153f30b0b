import { useEffect } from 'preact/hooks';
import type { View } from '../address.ts';
import type { Feed } from '../feed/feed.ts';
import { troublesOf } from '../trouble.ts';

const names: Readonly<Record<View, string>> = { messages: 'Messages', plans: 'Plans', health: 'Health' };

/** A tab in the background shows that something is wrong. */
export function useTitle(view: View, feed: Feed): void {
  const wrong = feed.connection === 'lost' || troublesOf(feed).length > 0;
  useEffect(() => {
    document.title = `${wrong ? '(!) ' : ''}${names[view]} · planwatch`;
  }, [view, wrong]);
}
