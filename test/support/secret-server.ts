import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSecrets, type SecretEdges } from '../../lib/secrets.ts';

type Answer = { readonly status: number; readonly body: object };

type SecretRequest = {
  readonly action: 'GetParameter' | 'GetSecretValue';
  /** The parameter or secret that is asked for. */
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
};

type Refuse = (request: SecretRequest) => { readonly status: number; readonly type: string } | undefined;

/**
 * SSM and Secrets Manager in the AWS JSON protocol, for the calls that planwatch makes; no signature is checked. `stored`:
 * `/name` of a parameter or `id` of a secret → its value. What is not there, nobody has stored.
 */
export async function startSecretServer(stored: Readonly<Record<string, string>> = {}) {
  const values = new Map(Object.entries(stored));
  /** Names that the role may not read. */
  const denied = new Set<string>();
  const seen: SecretRequest[] = [];
  const control: { refuse?: Refuse | undefined } = {};
  let gate: ((name: string) => Promise<void>) | undefined;

  function answer(target: string, name: string): Answer {
    const refusal = (type: string): Answer => ({ status: 400, body: { __type: type, message: 'see the log' } });
    if (denied.has(name)) return refusal('AccessDeniedException');
    const value = values.get(name);
    if (target === 'AmazonSSM.GetParameter') {
      if (value === undefined) return refusal('com.amazonaws.ssm#ParameterNotFound');
      return { status: 200, body: { Parameter: { Name: name, Type: 'SecureString', Value: value } } };
    }
    if (target === 'secretsmanager.GetSecretValue') {
      if (value === undefined) return refusal('ResourceNotFoundException');
      return { status: 200, body: { Name: name, SecretString: value } };
    }
    return refusal('UnknownOperationException');
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const name = String(body.Name ?? body.SecretId);
    const target = String(request.headers['x-amz-target']);
    const asking = { action: target.split('.')[1] as SecretRequest['action'], name, headers: request.headers };
    seen.push(asking);
    await gate?.(name);
    const refused = control.refuse?.(asking);
    const { status, body: reply } = refused
      ? { status: refused.status, body: { __type: refused.type, message: 'refused by the test' } }
      : answer(target, name);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(reply));
  });
  server.unref().on('connection', (socket) => socket.unref());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  async function close(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  return {
    url,
    values,
    denied,
    /** Every request in the order in which it came. */
    seen,
    /** Their names alone. */
    get asked() {
      return seen.map(({ name }) => name);
    },
    set refuse(refuse: Refuse | undefined) {
      control.refuse = refuse;
    },
    /** Each answer waits for what this gives. */
    hold: (wait: typeof gate) => {
      gate = wait;
    },
    /** No answer is given before so many have been asked for. */
    together(count: number): void {
      const all = Promise.withResolvers<void>();
      const from = seen.length;
      gate = () => {
        if (seen.length - from >= count) all.resolve();
        return all.promise;
      };
    },
    /** The real reader, pointed here. */
    open: (now: () => Date, over: Partial<SecretEdges> = {}) =>
      createSecrets({
        env: () => undefined,
        readFile: async () => '',
        fetch: globalThis.fetch,
        now,
        aws: {
          region: 'eu-central-1',
          credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-real-key' }),
          ssmEndpoint: url,
          secretsManagerEndpoint: url,
        },
        ...over,
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
