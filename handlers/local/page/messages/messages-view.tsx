import { useMemo } from 'preact/hooks';
import type { EventView } from '../../inbox/view.ts';
import { type Address, go, linkHere } from '../address.ts';
import { createMatcher, filterOf, isFiltering } from '../filter.ts';
import { FilterBar } from '../filter-bar.tsx';
import type { ViewProps } from '../view-props.ts';
import { WindowedList } from '../windowed-list.tsx';
import { Announcer } from './announcer.tsx';
import { Empty } from './empty.tsx';
import { EventDetail } from './event-detail.tsx';
import { EventRow } from './event-row.tsx';

const eventHeightRem = 3.75;

export function MessagesView({ feed, overview, address }: ViewProps) {
  const { events, whole, older, sequence } = feed.known;
  const filter = filterOf(address.query);
  const listId = JSON.stringify(filter);
  const shown = useMemo(() => events.filter(createMatcher(filter)), [events, listId]);
  const pointed = address.query.get('event') ?? '';
  // Nothing chosen: the newest, whichever that is by now.
  const chosen = pointed === '' ? shown[0] : events.find(({ id }) => id === pointed);
  const detail = chosen?.id ?? pointed;
  return (
    <div class={`messages ${pointed === '' ? '' : 'reading'}`}>
      <section class="list-pane" aria-label="Events">
        <FilterBar
          address={address}
          filter={filter}
          sources={overview.sources}
          plans={overview.plans}
          countOf={(group) => events.filter(createMatcher({ ...filter, groups: [group] })).length}
          found={shown.length}
          noun="event"
        />
        <Announcer events={events} whole={whole} />
        {shown.length === 0 && <Empty overview={overview} whole={whole} filtering={isFiltering(filter)} />}
        <WindowedList<EventView>
          items={shown}
          keyOf={({ id }) => id}
          label="Events, newest first"
          rowRem={eventHeightRem}
          current={chosen?.id}
          pointed={pointed !== ''}
          moved={({ id }) => showsBoth() && go(linkHere(address, { event: id }), { replace: true })}
          listId={listId}
        >
          {(event, tabIndex) => (
            <EventRow
              event={event}
              href={linkHere(address, { event: event.id })}
              tabIndex={tabIndex}
              current={event.id === chosen?.id}
              showSource={overview.sources.length > 1}
            />
          )}
        </WindowedList>
        {older && <p class="quiet foot">Older events are in the log, but not shown here.</p>}
      </section>
      <section class="detail-pane" aria-label="Message">
        {pointed !== '' && <BackLink address={address} />}
        {detail !== '' && (
          <EventDetail
            id={detail}
            event={chosen}
            address={address}
            live={feed.connection === 'live'}
            news={sequence}
            overview={overview}
          />
        )}
      </section>
    </div>
  );
}

/** On a narrow screen list and message are two pages, and to walk through the one must not open the other. As styles/layout.css. */
const showsBoth = (): boolean => matchMedia('(min-width: 60rem)').matches;

const BackLink = ({ address }: { readonly address: Address }) => (
  <a class="back" href={linkHere(address, { event: '' })}>
    ← All events
  </a>
);
