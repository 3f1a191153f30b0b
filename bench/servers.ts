import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { SamplePlan } from '../handlers/local/sample/story.ts';

/** One request as it came, so that a floor can make the same again. */
export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
  readonly status: number;
  /** How much was answered. */
  readonly bytes: number;
};

export type Server = { readonly url: string; readonly seen: Seen[]; close(): Promise<void> };

type Reply = { readonly status?: number; readonly body?: Buffer | string };

/** They answer at once and check nothing: what is measured is who asks. */
async function serve(
  answer: (request: { method: string; path: string; body: Buffer; headers: IncomingMessage['headers'] }) => Reply,
): Promise<Server> {
  const seen: Seen[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '', headers } = request;
    const body = await buffer(request);
    const { status = 200, body: told = '' } = answer({ method, path, body, headers });
    const bytes = Buffer.byteLength(told);
    seen.push({ method, url: `${url}${path}`, body, status, bytes });
    response.writeHead(status, { 'content-length': bytes, 'content-type': 'application/json' }).end(told);
  };
  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
  // A sandbox that was just now at rest may ask again at any time: a connection that we closed would cost it a retry.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const s3Error = (code: string): string => `<Error><Code>${code}</Code></Error>`;

/** As much of S3 as planwatch asks for, of any size; the emulator of the tests refuses what 100,000 plans take. */
export async function startStore() {
  const objects = new Map<string, Buffer>();
  const server = await serve(({ method, path, body, headers }) => {
    const [key = '', query] = path.split('?');
    const asked = new URLSearchParams(query);
    // Others have a query as well: AWS's own client says x-id=GetObject.
    if (asked.has('list-type')) {
      const prefix = `${key.replace(/\/$/, '')}/${asked.get('prefix')}`;
      const keys = [...objects.keys()].filter((one) => one.startsWith(prefix)).sort();
      const contents = keys.map((one) => `<Contents><Key>${one.split('/').slice(2).join('/')}</Key></Contents>`);
      return {
        body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
      };
    }
    const there = objects.get(key);
    if (method === 'GET') return there ? { body: there } : { status: 404, body: s3Error('NoSuchKey') };
    if (headers['if-none-match'] && there) return { status: 412, body: s3Error('PreconditionFailed') };
    if (method === 'PUT') objects.set(key, body);
    else objects.delete(key);
    return {};
  });
  return { ...server, objects };
}

export const listOf = (plans: readonly SamplePlan[]): Buffer =>
  Buffer.from(JSON.stringify({ count: plans.length, release_plans: plans }));

/** The watched list, as bytes that are ready. */
export async function startList(plans: readonly SamplePlan[]) {
  let list = listOf(plans);
  const server = await serve(({ path }) => ({ body: path.endsWith('deploy-info') ? '{"components":[]}' : list }));
  return {
    ...server,
    show: (next: Buffer) => {
      list = next;
    },
  };
}

/** A chat. `onPost` is asked before it answers; a status of its own is answered instead of taking the message. */
export async function startChat(onPost: () => number | undefined = () => undefined): Promise<Server> {
  return serve(() => ({ status: onPost() ?? 200, body: 'ok' }));
}
