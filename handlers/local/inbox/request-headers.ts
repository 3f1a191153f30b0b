import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import type { DestinationConfig } from '../../../lib/core/config.ts';
import type { Message } from '../../../lib/core/message.ts';

/** Kinds whose headers a receiver reads, with settings that lead nowhere. No real key signs what a page shows. */
const examples: Readonly<Record<string, Settings>> = {
  webhook: { url: 'https://receiver.example/', secret: `whsec_${Buffer.alloc(32).toString('base64')}` },
};

const hidden: Readonly<Record<string, string>> = { 'webhook-signature': 'v1,… (made with your secret)' };

/** What a channel would send along at `time`: its own send, with a fetch that only writes down what it was given. */
export async function requestHeaders(
  kind: string,
  { create }: ChannelKind,
  destination: DestinationConfig | undefined,
  message: Message,
  time: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const example = examples[kind];
  if (!example) return undefined;
  const unsigned = destination !== undefined && destination['secret'] === undefined;
  const { secret: _secret, ...open } = example;
  const requests: Request[] = [];
  const note: typeof fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return new Response('ok');
  };
  const channel = create(unsigned ? open : example, { fetch: note, now: () => new Date(time) });
  await channel.send(message, { plain: false, signal: AbortSignal.timeout(10_000) });
  const [request] = requests;
  return request && { ...Object.fromEntries(request.headers), ...pick(hidden, request.headers) };
}

const pick = (values: Readonly<Record<string, string>>, headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => headers.has(name)));
