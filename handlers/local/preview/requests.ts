import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { secretsAmong } from '../../../lib/channels/settings.ts';
import type { Message } from '../../../lib/core/message.ts';

/** One request as it would go over the wire; what is secret in its address and headers is `***`. */
export type SentRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes, as text. */
  readonly body: string;
};

/**
 * What a kind would send, found by letting it send to nowhere: so it is exact for every kind. `fault`: it sent nothing,
 * and why.
 */
export async function requestsOf(
  kind: ChannelKind,
  settings: Settings,
  message: Message,
  now: () => Date,
): Promise<{ readonly requests: readonly SentRequest[]; readonly fault?: string }> {
  const { fetch, requests } = createNowhere(kind, settings, () => new Response('ok'));
  const outcome = await kind
    .create(settings, { fetch, now })
    .send(message, { plain: false, signal: new AbortController().signal });
  if (requests.length > 0 || !('reason' in outcome)) return { requests };
  return { requests, fault: outcome.reason };
}

/** The far end of a kind that is made to send to nowhere: it keeps what it is asked, without secrets, and answers as told. */
export function createNowhere(kind: ChannelKind, settings: Settings, answer: (request: SentRequest) => Response) {
  const requests: SentRequest[] = [];
  const secrets = secretsAmong(kind.settings, settings);
  const hide = hider(secrets.filter((secret) => !URL.canParse(secret)));
  const hideAddress = hider(secrets.flatMap((secret) => (URL.canParse(secret) ? partsOf(new URL(secret)) : secret)));
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const headers = Object.fromEntries([...request.headers].map(([name, value]) => [name, hide(value)]));
    const sent = { method: request.method, url: hideAddress(request.url), headers, body: await request.text() };
    requests.push(sent);
    return answer(sent);
  };
  return { fetch, requests };
}

/** Shorter parts of an address are words like "services", without which nobody could tell what it is. */
const longWord = 8;

function hider(secrets: readonly string[]): (text: string) => string {
  const parts = secrets
    .flatMap((secret) => secret.split(/\s+/))
    .flatMap((part) => [part, encodeURIComponent(part)])
    // A header may be set to 1, and must not take every 1 out of the others.
    .filter((part) => part.length > 2)
    .sort((a, b) => b.length - a.length);
  return (text) => parts.reduce((shown, part) => shown.replaceAll(part, '***'), text);
}

const partsOf = ({ pathname, searchParams }: URL): string[] =>
  [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length > longWord);
