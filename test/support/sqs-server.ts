import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../../lib/core/plan.ts';
import { createSqsModel, runBatch, type SqsModel, SqsRefusal } from './sqs-model.ts';

type Input = Record<string, unknown>;

export type SqsFault =
  /** Answers this; `done`: after doing what was asked, otherwise instead of it. */
  | { readonly status: number; readonly body: unknown; readonly done?: boolean; readonly location?: string }
  /** Refuses these entries of a batch by their Id, and does the others. */
  | { readonly refuse: Readonly<Record<string, { readonly Code: string; readonly SenderFault: boolean }>> }
  /** Closes the connection before or after doing it; never answers. */
  | 'drop-before'
  | 'drop-after'
  | 'hang';

type SqsRequest = {
  readonly action: string;
  readonly input: Input;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};

export type SqsServer = Awaited<ReturnType<typeof startSqsServer>>;

/**
 * One SQS FIFO queue over real HTTP, in the JSON protocol. Unlike fauxqs it hands out several messages of a group at once,
 * and refuses an expired receipt, as AWS does. It checks no signature, and takes any queue URL that ends in the queue's name.
 */
export async function startSqsServer({
  visibilityMs = 30_000,
  now = () => new Date(),
  maxReceiveCount,
}: {
  readonly visibilityMs?: number;
  readonly now?: () => Date;
  readonly maxReceiveCount?: number;
} = {}) {
  const model = createSqsModel({ visibilityMs, now, ...(maxReceiveCount !== undefined && { maxReceiveCount }) });
  const received: SqsRequest[] = [];
  const control: { faults?: ((action: string, input: Input) => SqsFault | undefined) | undefined } = {};
  const closing = new AbortController();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers['x-amz-target'] ?? '').replace(/^AmazonSQS\./, '');
    const input = await jsonOf(request);
    received.push({ action, input, headers: request.headers });
    const fault = control.faults?.(action, input);
    if (fault === 'hang') return;
    if (fault === 'drop-before') return void request.socket.destroy();
    if (typeof fault === 'object' && 'status' in fault && !fault.done) {
      if (fault.location !== undefined) response.setHeader('location', fault.location);
      return reply(response, fault.status, fault.body);
    }
    const gone = () => response.destroyed || closing.signal.aborted;
    let status = 200;
    let body: unknown;
    try {
      const refused = typeof fault === 'object' && 'refuse' in fault ? fault.refuse : {};
      body = await perform(model, action, input, refused, gone);
    } catch (error) {
      if (!(error instanceof SqsRefusal)) throw error;
      status = 400;
      body = { __type: `com.amazonaws.sqs#${error.code}`, message: error.message };
    }
    if (fault === 'drop-after') return void request.socket.destroy();
    if (typeof fault === 'object' && 'status' in fault) return reply(response, fault.status, fault.body);
    reply(response, status, body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      reply(response, 500, { __type: 'InternalFailure', message: `${error}` }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    queueUrl: `${url}/000000000000/${queueName}`,
    /** Every request in the order in which it came. */
    received,
    /** Bodies that were received `maxReceiveCount` times. */
    deadLetters: model.deadLetters,
    depth: model.depth,
    set faults(hook: ((action: string, input: Input) => SqsFault | undefined) | undefined) {
      control.faults = hook;
    },
    async close(): Promise<void> {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const queueName = 'planwatch.fifo';

type Refused = Readonly<Record<string, { readonly Code: string; readonly SenderFault: boolean }>>;

async function perform(
  model: SqsModel,
  action: string,
  input: Input,
  refused: Refused,
  gone: () => boolean,
): Promise<unknown> {
  if (!String(input['QueueUrl']).endsWith(`/${queueName}`)) {
    throw new SqsRefusal('QueueDoesNotExist', 'The specified queue does not exist.');
  }
  switch (action) {
    case 'SendMessage':
      return model.send(input);
    case 'SendMessageBatch':
      return runBatch(input, (entry) => {
        const refusal = refused[String(entry['Id'])];
        if (refusal) throw new SqsRefusal(refusal.Code, 'refused by the test', refusal.SenderFault);
        return model.send(entry);
      });
    case 'ReceiveMessage': {
      const messages = await longPoll(model, input, gone);
      return messages.length > 0 ? { Messages: messages } : {};
    }
    case 'DeleteMessage':
      return model.delete(input);
    case 'DeleteMessageBatch':
      return runBatch(input, model.delete);
    case 'ChangeMessageVisibility':
      return model.changeVisibility(input);
    case 'ChangeMessageVisibilityBatch':
      return runBatch(input, model.changeVisibility);
    case 'GetQueueAttributes':
      return { Attributes: model.attributes() };
    default:
      throw new SqsRefusal('UnsupportedOperation', `This server does not know ${action}.`);
  }
}

/** Looks again and again, since with a clock handed in nothing says when a message becomes visible. */
async function longPoll(model: SqsModel, input: Input, gone: () => boolean) {
  const seconds = typeof input['WaitTimeSeconds'] === 'number' ? input['WaitTimeSeconds'] : 0;
  const until = performance.now() + seconds * 1000;
  for (;;) {
    // To a caller that hung up nothing may be handed out: it would be hidden for nothing.
    if (gone()) return [];
    const messages = model.receive(input);
    if (messages.length > 0 || performance.now() >= until) return messages;
    await pause(10);
  }
}

async function jsonOf(request: IncomingMessage): Promise<Input> {
  const value: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
  return isRecord(value) ? value : {};
}

/** `undefined` is the empty answer of the calls that return nothing; text goes out as it is. */
function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}
