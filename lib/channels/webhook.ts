import { createHmac } from 'node:crypto';
import type { Message } from '../core/message.ts';
import { type Outcome, outcomeOfStatus } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { post } from './post.ts';

const settings = {
  url: { type: 'address', required: true, description: 'Where to post, https://…; a reference where it is a secret' },
  secret: {
    type: 'secrets',
    required: false,
    description: 'Signs each message: whsec_… of Standard Webhooks; a list of several while one replaces another',
  },
} as const satisfies SettingSpecs;

/** The version is package.json's; a test holds the two together, since nothing here may read files. */
const userAgent = 'planwatch/0.1.0';

/** Any server of one's own, by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com). */
export const webhook: ChannelKindOf<typeof settings> = {
  settings,
  mentions: 'nobody',
  pace: { everyMs: 100, burst: 10 },
  hasPlain: false,
  example: { url: 'https://hooks.example.com/releases', secret: ['whsec_ZXhhbXBsZSBvZiBhIHNpZ25pbmcga2V5'] },
  render: bodyOf,
  create(values, { fetch, now }) {
    const quote = createQuote(settings, values);
    const address = readAddress('url', values);
    const keys = readKeys(values['secret']);
    return {
      async send(message, { signal }) {
        if ('kind' in address) return address;
        if ('kind' in keys) return keys;
        const body = JSON.stringify(bodyOf(message));
        const id = headerId(message.id);
        const timestamp = Math.floor(now().getTime() / 1000);
        const headers = {
          'content-type': 'application/json',
          'user-agent': userAgent,
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          ...(keys.length > 0 && { 'webhook-signature': sign(keys, { id, timestamp, body }) }),
        };
        const answer = await post(address, { body, headers }, { fetch, now, signal });
        return 'kind' in answer
          ? answer
          : advise(outcomeOfStatus(answer.status, quote(answer.body), answer.retryAfterMs));
      },
    };
  },
};

/** The event as the log keeps it, or several with what they share around them. */
function bodyOf({ id, events }: Message): unknown {
  const [first, ...rest] = events;
  if (first !== undefined && rest.length === 0) return first;
  return { id, type: 'digest', source: first?.source, time: first?.time, events };
}

/** A digest's id has a dot (`….d12`), and the specification keeps the dot for itself: it separates what is signed. */
export const headerId = (id: string): string => id.replaceAll('.', '-');

type Signed = { readonly id: string; readonly timestamp: number; readonly body: string };

/** Every key signs, so that a receiver may have any of them while they are being changed. `timestamp` in seconds. */
export const sign = (keys: readonly Buffer[], { id, timestamp, body }: Signed): string =>
  keys.map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`).join(' ');

/** `whsec_` and the base64 of 24 to 64 bytes, each once or more, with blanks between them; no value: no key. */
export function readKeys(values: readonly string[] = []): readonly Buffer[] | Misconfigured {
  const keys: Buffer[] = [];
  for (const one of values.flatMap((value) => value.split(/\s+/)).filter((part) => part !== '')) {
    const key = /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(one) ? Buffer.from(one.slice(6), 'base64') : Buffer.alloc(0);
    if (key.length < 24 || key.length > 64) {
      return {
        kind: 'misconfigured',
        reason: 'secret is not a signing key: whsec_ and the base64 of 24 to 64 bytes',
        advice: 'Copy it again from the receiver, or make one: echo "whsec_$(openssl rand -base64 32)"',
      };
    }
    keys.push(key);
  }
  return keys;
}

function advise(outcome: Outcome): Outcome {
  if (outcome.kind !== 'misconfigured') return outcome;
  return { advice: 'Ask whoever runs the receiver whether url and secret are still right.', ...outcome };
}
