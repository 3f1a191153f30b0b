import type { SourceView } from '../inbox/view.ts';
import { Ago } from './clock.tsx';
import type { Feed } from './feed.ts';
import { troublesOf } from './trouble.ts';

export function TopBar({ feed }: { readonly feed: Feed }) {
  const { snapshot, looked, connection } = feed;
  const well = troublesOf(feed).length === 0;
  // Nothing was seen yet that could be well.
  const starting = connection === 'opening' || snapshot?.sources.some(({ listSince }) => listSince === undefined);
  const [tone, icon, words] = !well
    ? ['bad', '!', 'Needs attention']
    : starting
      ? ['moving', '…', 'Starting']
      : ['good', '✓', 'All is well'];
  return (
    <header class="top">
      <a class="skip unseen" href="#messages">
        Skip to the messages
      </a>
      <img src="/icon.svg" alt="" width="36" height="36" />
      <h1>planwatch</h1>
      <div class="watched">
        {snapshot?.sources.map((source) => (
          <Watched key={source.name} source={source} looked={looked[source.name]} sample={snapshot.sample} />
        ))}
      </div>
      <p class={`pill ${tone}`}>
        <span aria-hidden="true">{icon}</span> {words}
      </p>
      <nav aria-label="Parts of this page">
        <a href="#messages">Messages</a>
        <a href="#plans">Release plans</a>
      </nav>
    </header>
  );
}

type Props = { readonly source: SourceView; readonly looked: string | undefined; readonly sample: boolean };

function Watched({ source: { name, region, listSince, plans }, looked, sample }: Props) {
  const seen = looked ?? listSince;
  return (
    <p>
      Watching <b>{name}</b> in {region}
      {sample && ', a sample cloud on this machine'}
      <span class="quiet">
        {' · '}
        {plans} plan{plans === 1 ? '' : 's'} · {seen === undefined && 'first look on its way'}
        {seen !== undefined && (looked === undefined ? 'list last changed ' : 'last look ')}
        {seen !== undefined && <Ago time={seen} />}
      </span>
    </p>
  );
}
