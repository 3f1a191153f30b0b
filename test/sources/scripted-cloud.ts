import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { SourceConfig } from '../../lib/core/config.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { createSource } from '../../lib/sources/editions.ts';

export const projectId = '0123456789abcdef0123456789abcdef';
export const at = new Date('2026-11-24T03:04:05.678Z');

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
export type Asked = { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders };

/** A real server that answers with the handlers in turn, the last one for ever. */
export async function startScriptedCloud(...handlers: readonly Handler[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    handlers[Math.min(asked.length, handlers.length) - 1]?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export const answer =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', Date: at.toUTCString(), ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

export const secrets: Readonly<Record<string, string>> = {
  'env:AK': 'AKEXAMPLE0000000001',
  'env:SK': 'SKexampleSecretKey000000000000000000000001',
  'env:TOKEN': 'token-of-someone',
  'env:PASSWORD': 'Tr0ub4dor & 3',
};

type Overrides = {
  readonly config?: Partial<SourceConfig>;
  readonly secret?: (ref: string) => Promise<string>;
  readonly now?: () => Date;
  readonly tryMs?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly fetch?: typeof fetch;
};

/** A source that asks `endpoint`; `waits` are the pauses it would have made. */
export function sourceAt(endpoint: string, { config, ...edges }: Overrides = {}) {
  const waits: number[] = [];
  const source = createSource(
    {
      name: 'shop-prod',
      region: 'ap-southeast-3',
      projectId,
      edition: 'release-plans',
      endpoint,
      iamEndpoint: endpoint,
      auth: { accessKey: 'env:AK', secretKey: 'env:SK' },
      ...config,
    },
    {
      fetch,
      now: () => at,
      random: () => 0.5,
      secret: async (ref) => secrets[ref] ?? Promise.reject(new Error('it is not set')),
      sleep: async (ms) => void waits.push(ms),
      ...edges,
    },
  );
  return { source, waits };
}

export const realSleep = async (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal });

/** The time a look has; far more than any test needs. */
export const soon = (ms = 15_000): AbortSignal => AbortSignal.timeout(ms);

/** The SourceError that a promise ends in; anything else fails the test. */
export async function faultOf(promise: Promise<unknown>): Promise<SourceError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('it should have failed');
}
