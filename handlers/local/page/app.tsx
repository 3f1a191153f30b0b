import { useFeed } from './feed.ts';
import { MessageList } from './message-list.tsx';
import { PlanList } from './plan-list.tsx';
import { useTarget } from './target.ts';
import { TopBar } from './top-bar.tsx';
import { Troubles } from './troubles.tsx';

export function App() {
  const feed = useFeed();
  const target = useTarget();
  return (
    <>
      <TopBar feed={feed} />
      <Troubles feed={feed} />
      {feed.snapshot && (
        <div class="columns">
          <MessageList snapshot={feed.snapshot} target={target} />
          <PlanList snapshot={feed.snapshot} target={target} />
        </div>
      )}
    </>
  );
}
