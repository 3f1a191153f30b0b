import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How an invocation ended, as the runtime client reported it; `killed`: the process was gone before it could. */
export type Invocation =
  | { readonly kind: 'result'; readonly value: unknown }
  | { readonly kind: 'error'; readonly value: { readonly errorType?: string; readonly errorMessage?: string } }
  | { readonly kind: 'killed' };

export type Lambda = {
  invoke(event: unknown): Promise<Invocation>;
  /** The sandbox dies at once; the next invocation begins a new, cold one. */
  kill(): void;
  /** Every line that the function wrote. */
  readonly lines: readonly string[];
  readonly coldStarts: () => number;
  /** Starts the sandbox where there is none; resolves to its process once it waits for an invocation, or to NaN where it died. */
  ready(): Promise<number>;
  stop(): Promise<void>;
};

type LambdaOptions = {
  /** The file without its ending, in dist/aws where `folder` names no other place. */
  readonly bundle: string;
  readonly folder?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** The clock that the function sees (CLOCK_OFFSET_FILE); default the machine's. */
  readonly now?: () => Date;
};

type Job = { readonly id: string; readonly body: string; readonly settle: (how: Invocation) => void };

/** One function of ours as AWS runs it: the built bundle in the real runtime client, over a Runtime API of our own. */
export async function startLambda({
  bundle,
  folder = `${root}dist/aws`,
  env,
  timeoutMs = 60_000,
  now = () => new Date(),
}: LambdaOptions): Promise<Lambda> {
  const lines: string[] = [];
  const inFlight = new Map<string, Job>();
  const queue: Job[] = [];
  let waiting: ServerResponse | undefined;
  let sandbox: ChildProcess | undefined;
  let starts = 0;
  const idle: (() => void)[] = [];

  const give = () => {
    const [job] = queue;
    if (!job || !waiting) return;
    queue.shift();
    inFlight.set(job.id, job);
    waiting.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': job.id,
      'Lambda-Runtime-Deadline-Ms': String(now().getTime() + timeoutMs),
      'Lambda-Runtime-Invoked-Function-Arn': `arn:aws:lambda:us-east-1:000000000000:function:${bundle}`,
    });
    waiting.end(job.body);
    waiting = undefined;
  };
  const settle = (id: string, how: Invocation) => {
    const job = inFlight.get(id);
    inFlight.delete(id);
    // What it wrote before it answered lies in another pipe, and may not have been read yet.
    if (job) setImmediate(() => job.settle(how));
  };
  const api = createServer((request, response) => {
    const url = request.url ?? '';
    if (url.endsWith('/invocation/next')) {
      // What a killed one had sent may arrive after its successor has begun.
      if (owners.get(request.socket) !== sandbox) return void response.destroy();
      waiting = response;
      for (const told of idle.splice(0)) told();
      return give();
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const [, id, kind] = /invocation\/([^/]+)\/(response|error)$/.exec(url) ?? [];
      const value = text === '' ? undefined : JSON.parse(text);
      if (id !== undefined) settle(id, kind === 'response' ? { kind: 'result', value } : { kind: 'error', value });
      // The sandbox could not even load the bundle: nothing that waits will ever be asked for.
      else if (url.endsWith('/init/error')) for (const job of queue.splice(0)) job.settle({ kind: 'error', value });
      response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"OK"}');
    });
  });
  // The real one keeps it. After an invocation of over five seconds Node's own would be closed just as the runtime client
  // answers on it, and that dies of it.
  api.keepAliveTimeout = timeoutMs * 2;
  const owners = new WeakMap<Socket, ChildProcess | undefined>();
  api.on('connection', (socket) => owners.set(socket, sandbox));
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  const { port } = api.address() as AddressInfo;

  function boot(): ChildProcess {
    starts++;
    const shims = ['rapid-client-shim.cjs', ...('CLOCK_OFFSET_FILE' in env ? ['clock-shim.cjs'] : [])];
    const preloads = shims.flatMap((name) => ['--require', fileURLToPath(new URL(name, import.meta.url))]);
    const child = spawn(
      process.execPath,
      [...preloads, `${root}node_modules/aws-lambda-ric/index.mjs`, `${bundle}.handler`],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          TZ: ':UTC',
          AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
          LAMBDA_TASK_ROOT: folder,
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
          AWS_REGION: 'us-east-1',
          // Each its own, so that a server knows who called.
          AWS_ACCESS_KEY_ID: bundle,
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_LAMBDA_FUNCTION_NAME: bundle,
          AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
          AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
          AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${bundle}`,
          AWS_LAMBDA_LOG_STREAM_NAME: 'local',
          _HANDLER: `${bundle}.handler`,
          ...env,
        },
      },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => lines.push(...text.split('\n').filter(Boolean)));
    }
    child.on('exit', () => {
      if (sandbox !== child) return;
      sandbox = undefined;
      waiting = undefined;
      for (const id of [...inFlight.keys()]) settle(id, { kind: 'killed' });
      // Killed while it was starting: what waits for it would wait for ever.
      for (const job of queue.splice(0)) job.settle({ kind: 'killed' });
      for (const told of idle.splice(0)) told();
    });
    return child;
  }

  return {
    lines,
    coldStarts: () => starts,
    invoke: (event) =>
      new Promise((resolve) => {
        const late = setTimeout(() => sandbox?.kill('SIGKILL'), timeoutMs);
        const done = (how: Invocation) => {
          clearTimeout(late);
          resolve(how);
        };
        queue.push({ id: randomUUID(), body: JSON.stringify(event ?? null), settle: done });
        sandbox ??= boot();
        give();
      }),
    async ready() {
      sandbox ??= boot();
      if (!waiting) await new Promise<void>((resolve) => idle.push(resolve));
      return sandbox?.pid ?? Number.NaN;
    },
    kill() {
      sandbox?.kill('SIGKILL');
      // What it was at is settled once it is gone; where it was at nothing, nobody may be handed to it any more.
      if (inFlight.size > 0 || queue.length > 0) return;
      sandbox = undefined;
      waiting = undefined;
    },
    async stop() {
      const child = sandbox;
      if (child && child.exitCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
