import { useState } from 'preact/hooks';
import { useAddress } from './address.ts';
import { useFeed } from './feed/feed.ts';
import { HealthView } from './health/health-view.tsx';
import { MessagesView } from './messages/messages-view.tsx';
import { PlansView } from './plans/plans-view.tsx';
import { Banners } from './shell/banners.tsx';
import { Help } from './shell/help.tsx';
import { useShortcuts } from './shell/shortcuts.ts';
import { useTitle } from './shell/title.ts';
import { TopBar } from './shell/top-bar.tsx';

const views = { messages: MessagesView, plans: PlansView, health: HealthView } as const;

export function App() {
  const feed = useFeed();
  const address = useAddress();
  const [helping, help] = useState(false);
  useShortcuts(() => help(true));
  useTitle(address.view, feed);
  const View = views[address.view];
  return (
    <div class="shell">
      <a class="skip unseen" href="#main">
        Skip to the content
      </a>
      <TopBar feed={feed} address={address} help={() => help(true)} />
      <Banners feed={feed} address={address} />
      <main id="main" tabIndex={-1}>
        {feed.overview && <View feed={feed} overview={feed.overview} address={address} />}
      </main>
      <Help open={helping} close={() => help(false)} />
    </div>
  );
}
