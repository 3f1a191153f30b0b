import { useEffect, useState } from 'preact/hooks';
import type { EventsPart, Overview, Ping } from '../../inbox/view.ts';
import { type Known, merge, nothing } from './event-store.ts';

/** What the server last said, and whether it still speaks. */
export type Feed = {
  readonly overview?: Overview;
  readonly known: Known;
  readonly looked: Ping['looked'];
  readonly good: Ping['good'];
  readonly connection: 'opening' | 'live' | 'lost';
  /** When it last spoke, ms since 1970. */
  readonly heardAt: number;
  /** Why the server could not read its own state. */
  readonly fault?: string | undefined;
};

export function useFeed(): Feed {
  const [feed, setFeed] = useState<Feed>({
    known: nothing,
    looked: {},
    good: {},
    connection: 'opening',
    heardAt: Date.now(),
  });
  useEffect(() => follow((news) => setFeed((before) => ({ ...before, ...news }))), []);
  return feed;
}

const reopenMs = 2_000;

/** The server pings at each (re)connection and after each look or delivery, and what is new is read. */
function follow(tell: (news: Partial<Feed>) => void): () => void {
  let stream: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let etag = '';
  let known = nothing;
  let reading = false;
  let stale = false;

  async function read(): Promise<void> {
    stale = true;
    if (reading) return;
    reading = true;
    while (stale) {
      stale = false;
      // A server that is gone is noticed by the stream, which also brings us back here.
      await readOnce().catch(() => undefined);
    }
    reading = false;
  }

  async function readOnce(): Promise<void> {
    const answer = await fetch('/api/overview', { headers: etag === '' ? {} : { 'If-None-Match': etag } });
    if (answer.status !== 304) {
      const body = await answer.json();
      if (!answer.ok) return tell({ fault: String(body.error) });
      etag = answer.headers.get('ETag') ?? '';
      tell({ overview: body });
    }
    tell({ fault: undefined });
    await readEvents();
  }

  async function readEvents(): Promise<void> {
    const { run, sequence } = known;
    let first: EventsPart | undefined;
    for (let skip = 0; ; ) {
      const query = new URLSearchParams({ run, since: String(sequence), skip: String(skip) });
      const answer = await fetch(`/api/events?${query}`);
      if (!answer.ok) return;
      const part = (await answer.json()) as EventsPart;
      first ??= part;
      // It began anew between two parts.
      if (part.run !== first.run) {
        stale = true;
        return;
      }
      const isNews = part.events.length > 0 || part.run !== known.run || part.more === known.whole;
      known = merge(known, part, first.sequence);
      if (isNews) tell({ known });
      skip += part.events.length;
      if (!part.more) return;
    }
  }

  function open(): void {
    const opened = new EventSource('/api/changes');
    stream = opened;
    opened.addEventListener('changed', ({ data }) => {
      const { looked, good } = JSON.parse(data) as Ping;
      tell({ connection: 'live', looked, good, heardAt: Date.now() });
      void read();
    });
    opened.addEventListener('error', () => {
      tell({ connection: 'lost' });
      // It comes back by itself, but for a browser that takes a refused connection as final.
      if (opened.readyState === EventSource.CLOSED) reopening = setTimeout(open, reopenMs);
    });
  }

  open();
  return () => {
    clearTimeout(reopening);
    stream?.close();
  };
}
