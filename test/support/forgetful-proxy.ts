import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** Passes bytes on to a server, until it forgets: then the connections that there are stay open, and the next word on one resets it. */
export async function startForgetfulProxy(target: string) {
  const { origin, hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const forgotten = new WeakSet<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    open.add(client);
    client.on('close', () => open.delete(client)).on('error', () => undefined);
    upstream.on('error', () => client.destroy()).on('close', () => forgotten.has(client) || client.destroy());
    client.on('close', () => upstream.destroy());
    client.on('data', (data) => {
      if (forgotten.has(client)) client.resetAndDestroy();
      else upstream.write(data);
    });
    upstream.on('data', (data) => client.write(data));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    url: target.replace(origin, `http://127.0.0.1:${own}`),
    /** What a network does to those who are silent for long, and what becomes of a sandbox's connections while it is frozen. */
    forget(): number {
      for (const client of open) forgotten.add(client);
      return open.size;
    },
    async close(): Promise<void> {
      for (const client of open) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
