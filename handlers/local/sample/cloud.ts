import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fault, type SampleAnswer, sendAnswer } from './answer.ts';
import { type Call, type CloudScene, callOf, show } from './call.ts';
import { type ChaosName, chaosOf } from './chaos.ts';
import { createChaosSchedule } from './chaos-schedule.ts';
import { createGate, createSampleKeys, type SampleKeys } from './gate.ts';
import { pipelinesAt, type SamplePipeline } from './pipeline-story.ts';
import { type Received, receive } from './received.ts';
import { type SampleDeployInfo, type SamplePlan, sceneAt } from './story.ts';
import { createStoryClock, type StoryState } from './story-clock.ts';

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
  readonly seed?: Partial<CloudScene>;
  /** These now and then, between good answers; the same seed, the same order. */
  readonly chaos?: { readonly names: readonly ChaosName[]; readonly seed: number };
};

export type SampleCloud = SampleKeys & {
  readonly url: string;
  /** From now on these, and no story any more. */
  setPlans(plans: readonly SamplePlan[], deployInfos?: Readonly<Record<string, SampleDeployInfo>>): void;
  /** The same for the new edition. */
  setPipelines(pipelines: readonly SamplePipeline[]): void;
  /** From now on every call that this may happen to is answered so; undefined: none. */
  setChaos(name: ChaosName | undefined): void;
  /** The next requests of any kind are answered so, in this order; after them all is as before. */
  setAnswer(...answers: readonly SampleAnswer[]): void;
  /** Every token given out so far is refused from now on. */
  expireTokens(): void;
  /** What the cloud would show now, and every request so far. */
  snapshot(): CloudScene & { readonly requests: readonly Served[] };
  state(): StoryState;
  close(): Promise<void>;
};

/** `path` with its query; `status` 0: it never got an answer. */
export type Served = { readonly method: string; readonly path: string; readonly status: number };

/** The same at every start: it belongs to what planwatch remembers as this source's identity. Not a secret. */
const sampleProjectId = '5a3b1e00000000000000000000005a3b';
const mostServed = 1_000;

/** A ServiceStage of our own, on loopback: real HTTP, real signatures, the documented errors, and a story to watch. */
export async function startSampleCloud(options: SampleCloudOptions): Promise<SampleCloud> {
  const { port = 0, now, speed = 1, resume, remember, seed } = options;
  const keys = createSampleKeys(sampleProjectId);
  const gate = createGate(keys, now);
  const started = now().getTime();
  const clock = createStoryClock(resume ?? { startedAt: started }, started, speed);
  const schedule = createChaosSchedule(options.chaos?.names ?? [], options.chaos?.seed ?? 0);
  const answers: SampleAnswer[] = [];
  const requests: Served[] = [];
  let fixed: CloudScene | undefined = seed && { ...nothing, ...seed };
  let constant: ChaosName | undefined;

  function scene(at: number): CloudScene {
    if (fixed) return fixed;
    const elapsed = clock.elapsed(at);
    return { ...sceneAt(elapsed, clock.wallTime), pipelines: pipelinesAt(elapsed, clock.wallTime) };
  }

  async function reply(request: Received): Promise<SampleAnswer> {
    const [first] = answers.splice(0, 1);
    if (first) return first;
    const call = callOf(request);
    if (!call) return fault(404, 'APIGW.0101', 'The API does not exist or has not been published in the environment');
    const good = () => answerWell(request, call);
    const row = chaosFor(call);
    return row ? row.answer({ request, good, at: now() }) : good();
  }

  function chaosFor({ name: call }: Call) {
    const turn = constant === undefined ? schedule.next(call) : { name: constant, begins: false };
    if (!turn) return undefined;
    const row = chaosOf(turn.name);
    // Whoever has a token would not log in for a day, and never meet it.
    if (turn.begins && row.of.includes('login')) gate.expireTokens();
    return row.of.includes(call) ? row : undefined;
  }

  async function answerWell(request: Received, call: Call): Promise<SampleAnswer> {
    if (call.name === 'login') return gate.login(request);
    const refused = gate.refuse(request) ?? refuseRequest(request, call);
    if (refused) return refused;
    const at = now().getTime();
    if (!fixed) await remember?.(clock.state(at));
    return show(call, scene(at));
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
    const { pathname = '', search = '' } = request?.url ?? {};
    const status = given.instead === undefined ? (given.status ?? 200) : 0;
    requests.push({ method: incoming.method ?? '', path: pathname + search, status });
    if (requests.length > mostServed) requests.shift();
    await sendAnswer(response, given, { requestId, at: now() });
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;

  return {
    ...keys,
    url: `http://127.0.0.1:${bound}`,
    setPlans: (plans, deployInfos = {}) => {
      fixed = { ...(fixed ?? nothing), plans, deployInfos };
    },
    setPipelines: (pipelines) => {
      fixed = { ...(fixed ?? nothing), pipelines };
    },
    setChaos: (name) => {
      constant = name;
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

const nothing: CloudScene = { plans: [], deployInfos: {}, pipelines: [] };

function refuseRequest({ headers }: Received, { project }: Call): SampleAnswer | undefined {
  if (!headers['content-type']) return fault(400, 'SVCSTG.00100400', 'Bad parameter: Content-Type is missing.');
  if (project !== sampleProjectId) return fault(403, 'APIGW.0310', 'The project is unavailable.');
  return undefined;
}
