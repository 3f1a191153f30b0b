import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGate, createSampleKeys, fault, type Received, type Reply, type SampleKeys } from './gate.ts';
import { type SampleDeployInfo, type SamplePlan, type Scene, sceneAt } from './story.ts';
import { createStoryClock, type StoryState } from './story-clock.ts';

/** An answer by hand for one request. A string is sent as it is; `cutAfter` ends the connection after so many bytes. */
export type SampleAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly cutAfter?: number;
};

export type SampleCloudOptions = {
  /** 0, the default: any free one. */
  readonly port?: number;
  readonly now: () => Date;
  /** How much faster than life the story goes. */
  readonly speed?: number;
  /** Where an earlier run's story was; without it, it begins now. */
  readonly resume?: StoryState;
  /** Called before each list is answered, so that what was shown once is never taken back. */
  readonly remember?: (state: StoryState) => Promise<void>;
  /** This instead of the story. */
  readonly seed?: Partial<Scene>;
};

export type SampleCloud = SampleKeys & {
  readonly url: string;
  /** From now on these, and no story any more. */
  setPlans(plans: readonly SamplePlan[], deployInfos?: Readonly<Record<string, SampleDeployInfo>>): void;
  /** The next requests of any kind are answered so, in this order; after them all is as before. */
  setAnswer(...answers: readonly SampleAnswer[]): void;
  /** Every token given out so far is refused from now on. */
  expireTokens(): void;
  /** What the cloud would show now, and every request so far. */
  snapshot(): Scene & { readonly requests: readonly Served[] };
  state(): StoryState;
  close(): Promise<void>;
};

export type Served = { readonly method: string; readonly path: string; readonly status: number };

/** The same at every start: it belongs to what planwatch remembers as this source's identity. Not a secret. */
export const sampleProjectId = '5a3b1e00000000000000000000005a3b';
const mostBody = 64 * 1024;
const mostServed = 1_000;

/** A ServiceStage of our own, on loopback: real HTTP, real signatures, the documented errors, and a story to watch. */
export async function startSampleCloud(options: SampleCloudOptions): Promise<SampleCloud> {
  const { port = 0, now, speed = 1, resume, remember, seed } = options;
  const keys = createSampleKeys(sampleProjectId);
  const gate = createGate(keys, now);
  const started = now().getTime();
  const clock = createStoryClock(resume ?? { startedAt: started }, started, speed);
  const answers: SampleAnswer[] = [];
  const requests: Served[] = [];
  let fixed: Scene | undefined = seed && { plans: [], deployInfos: {}, ...seed };

  const scene = (at: number): Scene => fixed ?? sceneAt(clock.elapsed(at), clock.wallTime);

  async function reply(request: Received): Promise<SampleAnswer> {
    const [first] = answers.splice(0, 1);
    if (first) return first;
    const path = request.url.pathname;
    if (request.method === 'POST' && path === '/v3/auth/tokens') return gate.login(request);
    const [, project, plan, info] =
      /^\/v3\/([^/]+)\/cas\/release-plans(?:\/([^/]+)(\/deploy-info)?)?$/.exec(path) ?? [];
    if (request.method !== 'GET' || !project) {
      return fault(404, 'APIGW.0101', 'The API does not exist or has not been published in the environment');
    }
    const refused = gate.refuse(request) ?? refuseRequest(request, project);
    if (refused) return refused;
    const at = now().getTime();
    if (!fixed) await remember?.(clock.state(at));
    const { plans, deployInfos } = scene(at);
    if (!plan) return { body: { count: plans.length, release_plans: plans } };
    const found = plans.find(({ id }) => id === plan);
    if (!found) return fault(404, 'SVCSTG.00100433', 'The release task does not exist.');
    return { body: info ? (deployInfos[plan] ?? { id: plan, components: [] }) : found };
  }

  const server = createServer((incoming, response) => {
    void answer(incoming, response);
  });

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomBytes(16).toString('hex');
    const request = await receive(incoming).catch(() => undefined);
    const given: SampleAnswer = request
      ? await reply(request).catch(() => fault(500, 'APIGW.0601', 'Internal server error'))
      : fault(400, 'APIGW.0201', 'Bad request');
    const { status = 200, headers = {}, body, cutAfter } = given;
    requests.push({ method: incoming.method ?? '', path: request?.url.pathname ?? '', status });
    if (requests.length > mostServed) requests.shift();
    const told = status >= 400 && isFault(body) ? { ...body, request_id: requestId } : body;
    const text = typeof told === 'string' ? told : told === undefined ? '' : JSON.stringify(told);
    response.writeHead(status, {
      'Content-Type': 'application/json;charset=utf8',
      Date: now().toUTCString(),
      'X-Request-Id': requestId,
      ...headers,
      'Content-Length': Buffer.byteLength(text),
    });
    if (cutAfter === undefined) response.end(text);
    else response.write(Buffer.from(text).subarray(0, cutAfter), () => response.destroy());
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;

  return {
    ...keys,
    url: `http://127.0.0.1:${bound}`,
    setPlans: (plans, deployInfos = {}) => {
      fixed = { plans, deployInfos };
    },
    setAnswer: (...next) => void answers.push(...next),
    expireTokens: gate.expireTokens,
    snapshot: () => ({ ...scene(now().getTime()), requests: [...requests] }),
    state: () => clock.state(now().getTime()),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function refuseRequest({ headers }: Received, project: string): Reply | undefined {
  if (!headers['content-type']) return fault(400, 'SVCSTG.00100400', 'Bad parameter: Content-Type is missing.');
  if (project !== sampleProjectId) return fault(403, 'APIGW.0310', 'The project is unavailable.');
  return undefined;
}

const isFault = (body: unknown): body is object => typeof body === 'object' && body !== null && 'error_code' in body;

async function receive(incoming: IncomingMessage): Promise<Received> {
  const { method = 'GET', headers, url = '/' } = incoming;
  return { method, headers, url: new URL(url, `http://${headers.host}`), body: await readBody(incoming) };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > mostBody) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
