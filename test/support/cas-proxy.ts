import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What goes wrong with one request: whether the server still sees it, and what the client hears. */
export type Fault = {
  /** true: the server carries it out, and only the answer is lost or changed. */
  readonly forward: boolean;
  /** `hang-up`: the connection breaks; `cut`: half of the server's answer, then it breaks; `silence`: nothing, ever. */
  readonly hears: 'hang-up' | 'cut' | 'silence' | FakeAnswer;
};

type FakeAnswer = {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of S3's error document. */
  readonly body?: string;
};

export type Seen = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders };

export type CasProxy = {
  readonly url: string;
  /** Every request, oldest first; empty it as you like. */
  readonly seen: Seen[];
  /** Asked before each request; set it to break things. */
  fault: (request: Seen) => Fault | undefined;
  close(): Promise<void>;
};

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/**
 * `If-None-Match: *` on PUT in front of an S3 emulator that ignores it. Writes to one key run one at a time, so of
 * racing ones exactly one is let through, as on S3.
 */
export async function startCasProxy(target: string): Promise<CasProxy> {
  const lastWrite = new Map<string, Promise<unknown>>();

  async function carryOut(seen: Seen, body: Buffer): Promise<Answer> {
    const path = seen.url.split('?')[0] ?? '';
    const { 'if-none-match': condition, ...headers } = seen.headers;
    if (seen.method === 'GET' || seen.method === 'HEAD') return inOrder(await forward(target, seen, body));
    if (condition !== undefined && condition !== '*') return fake({ status: 501, code: 'NotImplemented' });
    const work = async (): Promise<Answer> => {
      if (condition === '*') {
        const there = await forward(target, { method: 'HEAD', url: path, headers: {} }, Buffer.alloc(0));
        if (there.status === 200) return fake({ status: 412, code: 'PreconditionFailed' });
      }
      return forward(target, { ...seen, headers }, body);
    };
    const turn = (lastWrite.get(path) ?? Promise.resolve()).then(work, work);
    lastWrite.set(path, turn);
    return turn;
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const seen: Seen = { method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers: incoming.headers };
    const body = await buffer(incoming);
    proxy.seen.push(seen);
    const fault = proxy.fault(seen);
    const real = fault && !fault.forward ? undefined : await carryOut(seen, body);
    if (fault?.hears === 'silence') return;
    if (fault?.hears === 'hang-up') return void outgoing.destroy();
    if (fault?.hears === 'cut') {
      const whole = real?.body ?? Buffer.alloc(2);
      outgoing.writeHead(real?.status ?? 200, { ...real?.headers, 'content-length': whole.length });
      return void outgoing.write(whole.subarray(0, whole.length >> 1), () => outgoing.destroy());
    }
    const answer = fault ? fake(fault.hears) : real;
    outgoing.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body);
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      outgoing.writeHead(500).end(`the proxy itself failed: ${String(error)}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CasProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    fault: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

function fake({ status, code = 'Made', message = '', headers = {}, body }: FakeAnswer): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(body ?? xml) };
}

/**
 * S3 lists by bytes, the emulator by language rules (it even puts `_` before `A`). Sorted within a page only: what
 * the emulator leaves out between two pages of mixed names stays left out, so page through names of one pattern.
 */
function inOrder(answer: Answer): Answer {
  const xml = answer.body.toString();
  if (answer.status !== 200 || !xml.includes('<ListBucketResult')) return answer;
  const keyOf = (block: string) => /<Key>(.*?)<\/Key>/.exec(block)?.[1] ?? '';
  const blocks = xml.match(/<Contents>.*?<\/Contents>/gs) ?? [];
  const sorted = blocks.toSorted((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
  const body = Buffer.from(xml.replace(/<Contents>.*?<\/Contents>/gs, () => sorted.shift() ?? ''));
  return { ...answer, headers: { ...answer.headers, 'content-length': String(body.length) }, body };
}

function forward(target: string, { method, url, headers }: Seen, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(target);
    request({ hostname, port, method, path: url, headers: { ...headers, host } }, (response) => {
      const { statusCode: status = 500, headers: answered } = response;
      buffer(response).then((whole) => resolve({ status, headers: answered, body: whole }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}
