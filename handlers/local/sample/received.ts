import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** One request, whole. */
export type Received = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

const mostBody = 64 * 1024;

/** Throws where the body is too long or breaks off. */
export async function receive(incoming: IncomingMessage): Promise<Received> {
  const { method = 'GET', headers, url = '/' } = incoming;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes > mostBody) throw new Error('too long');
    chunks.push(chunk);
  }
  return { method, headers, url: new URL(url, `http://${headers.host}`), body: Buffer.concat(chunks).toString() };
}
