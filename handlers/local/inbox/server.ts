import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../../lib/core/config.ts';
import type { Look } from '../../../lib/flow/known.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { createChanges } from './changes.ts';
import { bundlePage } from './page-bundle.ts';
import { languageOf, previewOf, styleAsked } from './preview.ts';
import { createReader } from './reader.ts';

type InboxOptions = {
  /** 0: any free one. */
  readonly port: number;
  readonly ledger: Ledger;
  readonly config: Config;
  readonly kinds: ChannelKinds;
  /** Nobody looks or tells in this process. */
  readonly readOnly?: boolean;
  readonly now: () => Date;
};

export type Inbox = {
  readonly url: string;
  /** Something was written: every open page reads it anew. With what a poll returned, they also show when it looked. */
  changed(looks?: readonly Pick<Look, 'source' | 'ok'>[]): void;
  /** Ends open pages' streams too. */
  close(): Promise<void>;
};

const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** The inbox page, for this machine alone. */
export async function startInbox({ port, now, readOnly = false, ...deps }: InboxOptions): Promise<Inbox> {
  const assets = await bundlePage();
  const { overview, events } = createReader({ ...deps, readOnly });
  const changes = createChanges();
  const hosts = new Set<string>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isOurs(request, hosts))
      return refuse(response, 403, 'This page is only for the address that planwatch printed.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'There is nothing to do here but read.');
    }
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const asset = assets.get(url?.pathname ?? '');
    if (asset) {
      const { type, body, cache = 'no-store' } = asset;
      return void response.writeHead(200, { 'Content-Type': type, 'Cache-Control': cache }).end(body);
    }
    const query = url?.searchParams ?? new URLSearchParams();
    switch (url?.pathname) {
      case '/api/overview':
        return sendJson(request, response, await overview());
      case '/api/events':
        await overview();
        return sendJson(request, response, events.part(cursorOf(query)));
      case '/api/preview': {
        await overview();
        const told = events.find(query.get('id') ?? '');
        if (!told) return sendJson(request, response, { error: 'There is no such event among those shown.' }, 404);
        const asked = { ...languageOf(query.get('language')), ...styleAsked(query.get('style')) };
        const preview = await previewOf(told, asked, deps);
        return sendJson(request, response, preview);
      }
      case '/api/changes':
        return request.method === 'HEAD' ? void response.end() : changes.open(response);
      default:
        return refuse(response, 404, 'There is no such page.');
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy();
      else sendJson(request, response, { error: error.message }, 500);
    });
  });
  const bound = await listen(server, port);
  for (const name of ['127.0.0.1', 'localhost']) hosts.add(new URL(`http://${name}:${bound}`).host);

  return {
    url: `http://127.0.0.1:${bound}`,
    changed(looks = []) {
      const at = now().toISOString();
      const timesOf = (some: typeof looks) => Object.fromEntries(some.map(({ source }) => [source, at]));
      changes.tell({ looked: timesOf(looks), good: timesOf(looks.filter(({ ok }) => ok)) });
    },
    async close() {
      changes.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * A page elsewhere can make a browser ask us under a name of its own (DNS rebinding), and then read the answer: the
 * Host header gives it away. Origin comes with requests that scripts on other pages make.
 */
function isOurs({ headers: { host = '', origin } }: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  return hosts.has(host) && (origin === undefined || [...hosts].some((one) => origin === `http://${one}`));
}

/** Whatever is no whole number is the beginning. */
function cursorOf(query: URLSearchParams): { readonly run: string; readonly since: number; readonly skip: number } {
  const count = (name: string) => {
    const value = Number(query.get(name));
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  return { run: query.get('run') ?? '', since: count('since'), skip: count('skip') };
}

function sendJson(request: IncomingMessage, response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  // Every look pings the page, and most find nothing new: then it need not read all plans again.
  const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
  response.setHeader('ETag', etag);
  if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
  else response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(text);
}

const refuse = (response: ServerResponse, status: number, words: string): void =>
  void response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${words}\n`);

/** Loopback only: the page shows what the chats get, and asks nobody who they are. */
async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${code})`;
    throw new Error(`Port ${port} ${why}: choose another with --port, or 0 for any that is free.`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}
