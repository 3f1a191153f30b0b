import type { ServerResponse } from 'node:http';
import type { Ping } from './view.ts';

/** Under the minute after which proxies and sleeping laptops drop a silent connection. */
const heartbeatMs = 15_000;
const reconnectMs = 1_000;

/** The open pages, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function createChanges() {
  const streams = new Set<ServerResponse>();
  let ping: Ping = { version: 0, looked: {}, good: {} };
  const told = () => `event: changed\ndata: ${JSON.stringify(ping)}\n\n`;

  const heartbeat = setInterval(() => {
    for (const stream of streams) stream.write(': still here\n\n');
  }, heartbeatMs);
  // It alone is no reason for the process to live on.
  heartbeat.unref();

  return {
    /** A page that comes, or comes back, is told at once: whatever it shows may be old. */
    open(stream: ServerResponse): void {
      stream.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      stream.write(`retry: ${reconnectMs}\n${told()}`);
      streams.add(stream);
      stream.on('close', () => streams.delete(stream));
    },
    tell({ looked, good }: Pick<Ping, 'looked' | 'good'>): void {
      ping = {
        version: ping.version + 1,
        looked: { ...ping.looked, ...looked },
        good: { ...ping.good, ...good },
      };
      for (const stream of streams) stream.write(told());
    },
    close: () => clearInterval(heartbeat),
  };
}
