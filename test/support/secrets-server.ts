import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type SecretsRequest = {
  readonly action: 'GetParameter' | 'GetSecretValue';
  /** The parameter or secret that is asked for. */
  readonly name: string;
  readonly headers: IncomingHttpHeaders;
};

export type SecretsServer = Awaited<ReturnType<typeof startSecretsServer>>;

/** SSM's and Secrets Manager's one call each, in the AWS JSON protocol. Checks no signature. */
export async function startSecretsServer(values: Readonly<Record<string, string>>) {
  const seen: SecretsRequest[] = [];
  const control: { refuse?: ((request: SecretsRequest) => { status: number; type: string } | undefined) | undefined } =
    {};

  const server = createServer(async (incoming, outgoing) => {
    const action = String(incoming.headers['x-amz-target']).split('.')[1] as SecretsRequest['action'];
    const input = JSON.parse(await text(incoming)) as { Name?: string; SecretId?: string };
    const request = { action, name: input.Name ?? input.SecretId ?? '', headers: incoming.headers };
    seen.push(request);
    const value = values[request.name];
    const missing = action === 'GetParameter' ? 'ParameterNotFound' : 'ResourceNotFoundException';
    const refused = control.refuse?.(request) ?? (value === undefined ? { status: 400, type: missing } : undefined);
    const answer = action === 'GetParameter' ? { Parameter: { Value: value } } : { SecretString: value };
    outgoing.writeHead(refused?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify(refused ? { __type: refused.type, message: 'refused by the test' } : answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    /** Every request in the order in which it came. */
    seen,
    set refuse(hook: ((request: SecretsRequest) => { status: number; type: string } | undefined) | undefined) {
      control.refuse = hook;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
