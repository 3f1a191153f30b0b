import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { eventTypes } from '../../lib/core/event.ts';
import { slackFaults } from './slack-faults.ts';

/**
 * What a receiver does with a request. An answer with the provider's success shows the message; so does `lost`, after
 * which the sender gets no answer. `reset`, `hang` and `broken-body` (200, and the connection breaks inside the body)
 * show nothing.
 */
export type Scripted =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'lost'
  | 'reset'
  | 'hang'
  | 'broken-body';

export type Taken<Body> = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As it came. */
  readonly raw: string;
  readonly body: Body;
};

export type Receiver<Body> = {
  /** What a destination is configured with; its path is a secret of this one receiver. */
  readonly url: string;
  /** Every request, whatever was answered. */
  readonly requests: readonly Taken<Body>[];
  /** What was posted, in order, as it was then. */
  readonly messages: readonly Taken<Body>[];
  /** Requests that a real provider would refuse. They are answered as it would. */
  readonly faults: readonly string[];
  /** Answers for the next requests, in order; after them success again. */
  script(...answers: Scripted[]): void;
  /** The oldest message not taken yet; waits for one, and throws after `withinMs`. */
  next(withinMs?: number): Promise<Taken<Body>>;
  /** Throws where a message was not taken with `next`, a request was faulty or a scripted answer was not used. */
  expectNothingMore(): void;
  close(): Promise<void>;
};

/** What a provider answers. `posts`: there is one more message now; default that it is so. */
export type Answered = { readonly status: number; readonly body: string; readonly posts?: false };

/** One provider's rules, for `startReceiver`. */
type Provider<Body> = {
  /** With the query that is part of the address; what a sender adds to it is in `query`. */
  readonly path: string;
  /** Whether something else is asked here besides a post to `path`. */
  asks?(method: string, path: string): boolean;
  /** Does what is asked, and says so. Not called for what is refused, nor where an answer was scripted that is no success. */
  readonly success: Answered | ((request: Taken<Body>) => Answered);
  isSuccess(status: number, body: string): boolean;
  /** undefined: fine; otherwise what is wrong, and how the provider says so. */
  refuse(request: Taken<Body>): { readonly fault: string; readonly status: number; readonly body: string } | undefined;
  /** What a destination is configured with, where the channel puts a path behind it; default `path`. */
  readonly address?: string;
};

export type SlackBody = {
  readonly text: string;
  readonly blocks?: readonly unknown[];
  readonly attachments?: readonly { readonly color: string; readonly blocks: readonly unknown[] }[];
};

/** An incoming webhook: 200 `ok`, or 400 and a word for a payload that Slack would not take. */
export const startSlackReceiver = (): Promise<Receiver<SlackBody>> =>
  startReceiver<SlackBody>({
    path: '/services/T0PLANWCH/B0PLANWCH/xoxSecretPathOfSlack',
    success: { status: 200, body: 'ok' },
    isSuccess: (status, body) => status === 200 && body === 'ok',
    refuse({ headers, body }) {
      if (!headers['content-type']?.startsWith('application/json')) {
        return { fault: 'not sent as JSON', status: 400, body: 'invalid_payload' };
      }
      const [fault] = slackFaults(body);
      return fault === undefined ? undefined : { fault, status: 400, body: 'invalid_blocks' };
    },
  });

export type WebhookBody = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

/**
 * A Standard Webhooks receiver: 204; with a `secret` it answers 401 to what is not signed with it. With `cloudEvents` it
 * takes only what the CloudEvents SDK reads as an event in structured mode.
 */
export function startWebhookReceiver({
  secret,
  cloudEvents = false,
}: {
  readonly secret?: string;
  readonly cloudEvents?: boolean;
} = {}): Promise<Receiver<WebhookBody>> {
  const signer = secret === undefined ? undefined : new Webhook(secret);
  return startReceiver<WebhookBody>({
    path: '/hooks/planwatch-secret-path',
    success: { status: 204, body: '' },
    isSuccess: (status) => status >= 200 && status < 300,
    refuse({ headers, raw, body }) {
      const id = headers['webhook-id'] ?? '';
      const timestamp = headers['webhook-timestamp'] ?? '';
      const wrong = (fault: string, status = 400) => ({ fault, status, body: fault });
      const type = cloudEvents ? 'application/cloudevents+json; charset=utf-8' : 'application/json';
      if (headers['content-type'] !== type) return wrong(`not sent as ${type}`);
      if (!/^[^.]+$/.test(id)) return wrong('webhook-id is missing or has a dot');
      if (!/^\d{10}$/.test(timestamp)) return wrong('webhook-timestamp is not in seconds');
      const event = cloudEvents ? cloudEventData(headers, raw) : body;
      if (typeof event === 'string') return wrong(event);
      if (!['digest', ...eventTypes].includes(event.type)) return wrong(`type is ${event.type}`);
      if (typeof event.id !== 'string' || !/^\d{4}-.*Z$/.test(String(event['time']))) return wrong('no id or no time');
      // Signed again instead of `verify`: that one compares the timestamp with this machine's clock, not the test's.
      const expected = signer?.sign(id, new Date(Number(timestamp) * 1000), raw);
      const signatures = headers['webhook-signature']?.split(' ') ?? [];
      if (expected !== undefined && !signatures.includes(expected)) return wrong('the signature is wrong', 401);
      return undefined;
    },
  });
}

/** Its data, or what is wrong with it. */
function cloudEventData(headers: Readonly<Record<string, string>>, raw: string): WebhookBody | string {
  try {
    const event = HTTP.toEvent<WebhookBody>({ headers, body: raw });
    if (!(event instanceof CloudEvent) || event.data === undefined) return 'no single event with data';
    event.validate();
    return event.data;
  } catch (error) {
    return `no CloudEvent: ${(error as Error).message}`;
  }
}

export async function startReceiver<Body>(provider: Provider<Body>): Promise<Receiver<Body>> {
  const requests: Taken<Body>[] = [];
  const messages: Taken<Body>[] = [];
  const faults: string[] = [];
  const scripted: Scripted[] = [];
  let taken = 0;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString();
    const { url = '', method = '' } = request;
    const { pathname: path, searchParams: query } = new URL(url, 'http://receiver');
    const signed = provider.path.includes('?') && url.startsWith(`${provider.path}&`);
    const posts = method === 'POST' && (signed || url === provider.path);
    if (!posts && !provider.asks?.(method, path)) {
      faults.push(`${method} to an address that nobody gave`);
      response.writeHead(404).end();
      return;
    }
    const headers = request.headers as Record<string, string>;
    const body = headers['content-type']?.includes('form-urlencoded') ? formIn(raw) : parse(raw);
    const one = { method, path, headers, query, raw, body: (body ?? {}) as Body };
    requests.push(one);
    const refused =
      body === undefined
        ? { fault: 'the body is not JSON', status: 400, body: 'invalid_payload' }
        : provider.refuse(one);
    if (refused) faults.push(refused.fault);
    const done = () => {
      if (refused) return refused;
      const answer = typeof provider.success === 'function' ? provider.success(one) : provider.success;
      if (answer.posts !== false && provider.isSuccess(answer.status, answer.body)) messages.push(one);
      return answer;
    };
    const planned = scripted.shift();
    const answer = planned ?? done();
    if (answer === 'hang') return;
    if (answer === 'lost') done();
    if (answer === 'lost' || answer === 'reset') {
      request.socket.destroy();
      return;
    }
    if (answer === 'broken-body') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('o', () => request.socket.destroy());
      return;
    }
    const { status, body: words = '' } = answer;
    if (planned && provider.isSuccess(status, words)) done();
    response.writeHead(status, 'headers' in answer ? answer.headers : {}).end(words);
  }

  const server = createServer((request, response) => void receive(request, response).catch(() => response.destroy()));
  // A test that fails before it closes its receiver must not keep the run from ending.
  server.unref().on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${provider.address ?? provider.path}`,
    requests,
    messages,
    faults,
    script: (...answers) => void scripted.push(...answers),
    async next(withinMs = 15_000) {
      const until = Date.now() + withinMs;
      while (messages.length <= taken) {
        if (Date.now() > until) throw new Error(`no message ${taken + 1} came within ${withinMs} ms`);
        await sleep(5);
      }
      return messages[taken++] as Taken<Body>;
    },
    expectNothingMore() {
      const left = [
        ...messages.slice(taken).map(({ raw }) => `unexpected message: ${raw.slice(0, 500)}`),
        ...faults.map((fault) => `faulty request: ${fault}`),
        ...scripted.map((answer) => `no request came for the answer ${JSON.stringify(answer)}`),
      ];
      if (left.length > 0) throw new Error(left.join('\n'));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const formIn = (raw: string): unknown => Object.fromEntries(new URLSearchParams(raw));

function parse(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
