import type { SourceView } from '../../inbox/view.ts';
import { type Address, linkTo, type View } from '../address.ts';
import { Ago } from '../clock.tsx';
import type { Feed } from '../feed/feed.ts';
import { troublesOf } from '../trouble.ts';
import { ThemeSwitch } from './theme.tsx';

const views: readonly (readonly [View, string])[] = [
  ['messages', 'Messages'],
  ['plans', 'Plans'],
  ['health', 'Health'],
];

type Props = { readonly feed: Feed; readonly address: Address; readonly help: () => void };

export function TopBar({ feed, address, help }: Props) {
  const { overview } = feed;
  return (
    <header class="top">
      <a class="brand" href={linkTo('messages')}>
        <img src="/icon.svg" alt="" width="24" height="24" />
        <h1>planwatch</h1>
      </a>
      <nav aria-label="Views">
        {views.map(([view, name]) => (
          <a key={view} href={linkTo(view)} aria-current={view === address.view ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <p class="watched">
        {overview?.readOnly && <b class="badge">read-only</b>}
        {overview && overview.sources.length > 1 && <Several feed={feed} sources={overview.sources} />}
        {overview?.sources.length === 1 && overview.sources[0] && (
          <One feed={feed} source={overview.sources[0]} sample={overview.sample} />
        )}
      </p>
      <Status feed={feed} />
      <ThemeSwitch />
      <button type="button" class="round" aria-label="Help: keys" onClick={help}>
        ?
      </button>
    </header>
  );
}

function Status({ feed }: { readonly feed: Feed }) {
  const { overview, connection } = feed;
  // Nothing was seen yet that could be well.
  const starting = connection === 'opening' || overview?.sources.some(({ listSince }) => listSince === undefined);
  const [tone, words] =
    connection === 'lost'
      ? ['recovered', 'Connection lost']
      : troublesOf(feed).length > 0
        ? ['bad', 'Needs attention']
        : starting
          ? ['moving', 'Starting']
          : ['good', 'All is well'];
  return (
    <a class={`pill ${tone}`} href={linkTo('health')}>
      {words}
    </a>
  );
}

type OneProps = { readonly feed: Feed; readonly source: SourceView; readonly sample: boolean };

function One({ feed, source: { name, region, listSince, plans }, sample }: OneProps) {
  const looked = feed.looked[name];
  return (
    <>
      <b>{name}</b> {region}
      {sample && ', a sample cloud on this machine'} · {plans} plan{plans === 1 ? '' : 's'} ·{' '}
      {listSince === undefined && looked === undefined && 'first look on its way'}
      {looked !== undefined && 'looked '}
      {looked === undefined && listSince !== undefined && 'list last changed '}
      {(looked ?? listSince) !== undefined && <Ago time={looked ?? listSince ?? ''} />}
    </>
  );
}

function Several({ feed, sources }: { readonly feed: Feed; readonly sources: readonly SourceView[] }) {
  const plans = sources.reduce((sum, source) => sum + source.plans, 0);
  const latest = Object.values(feed.looked).sort().at(-1);
  return (
    <>
      <b>{sources.length} sources</b> · {plans.toLocaleString()} plans
      {latest !== undefined && ' · looked '}
      {latest !== undefined && <Ago time={latest} />}
    </>
  );
}
