import type { Overview } from '../inbox/view.ts';
import type { Address } from './address.ts';
import type { Feed } from './feed/feed.ts';

/** What each view is given. */
export type ViewProps = { readonly feed: Feed; readonly overview: Overview; readonly address: Address };
