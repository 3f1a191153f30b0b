import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Passing = { readonly method: string; readonly path: string };

/**
 * When whoever asked is struck dead. `before`: the server never sees the request; `after`: it does what it is asked;
 * `early`: likewise, but only once `until` has come, long after the death. In no case does anybody hear the answer.
 */
export type Moment = 'before' | 'after' | 'early';

/** What happens to a request instead of passing at once. `held`: it passes when `until` has come, and all goes on. */
type Due =
  | { readonly when: Moment; readonly strike: () => void; readonly until: Promise<void> }
  | { readonly when: 'held'; readonly until: Promise<void> }
  | 'refused';

export type Gate = { readonly url: string; close(): Promise<void> };

/** Stands between one function and one server, and passes on everything as it is unless `toll` says otherwise. */
export async function startGate(target: string, toll: (passing: Passing) => Due | undefined): Promise<Gate> {
  // A kept connection that its server closes just then is a death that nobody struck.
  const agent = new Agent({ keepAlive: false });
  const { hostname, port, origin } = new URL(target);

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const due = toll({ method, path });
    if (due === 'refused') return void outgoing.writeHead(403).end();
    if (due?.when === 'before') return due.strike();
    if (due?.when === 'early') due.strike();
    if (due?.when === 'early' || due?.when === 'held') await due.until;
    const answer = await forward({ hostname, port, method, path, headers, agent }, body);
    if (due?.when === 'after') return due.strike();
    if (due?.when === 'early') return;
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  }

  const server = createServer((incoming, outgoing) => {
    // Whoever asked may be dead by now, and the server may have closed its door: then there is nothing to pass on.
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: target.replace(origin, `http://127.0.0.1:${own}`),
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Asked = Passing & {
  readonly hostname: string;
  readonly port: string;
  readonly headers: IncomingHttpHeaders;
  readonly agent: Agent;
};

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

function forward(asked: Asked, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(asked, (response) => {
      const { statusCode: status = 500, headers } = response;
      buffer(response).then((whole) => resolve({ status, headers, body: whole }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
