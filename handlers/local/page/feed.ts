import { useEffect, useState } from 'preact/hooks';
import type { Ping, Snapshot } from '../inbox/view.ts';

/** What the server last said, and whether it still speaks. */
export type Feed = {
  readonly snapshot?: Snapshot;
  readonly looked: Ping['looked'];
  readonly connection: 'opening' | 'live' | 'lost';
  /** Why the server could not read its own state. */
  readonly fault?: string | undefined;
};

export function useFeed(): Feed {
  const [feed, setFeed] = useState<Feed>({ looked: {}, connection: 'opening' });
  useEffect(() => follow((news) => setFeed((before) => ({ ...before, ...news }))), []);
  return feed;
}

const reopenMs = 2_000;

/** The server pings at each (re)connection and after each look or delivery, and the answer is read anew. */
function follow(tell: (news: Partial<Feed>) => void): () => void {
  let stream: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let etag = '';
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
    const answer = await fetch('/api/snapshot', { headers: etag === '' ? {} : { 'If-None-Match': etag } });
    if (answer.status === 304) return tell({ fault: undefined });
    const body = await answer.json();
    if (!answer.ok) return tell({ fault: String(body.error) });
    etag = answer.headers.get('ETag') ?? '';
    tell({ snapshot: body, fault: undefined });
  }

  function open(): void {
    const opened = new EventSource('/api/changes');
    stream = opened;
    opened.addEventListener('changed', ({ data }) => {
      const { looked } = JSON.parse(data) as Ping;
      tell({ connection: 'live', looked });
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
