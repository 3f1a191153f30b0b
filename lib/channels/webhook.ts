import { createHmac } from 'node:crypto';
import ky from 'ky';
import type { Message } from '../core/message.ts';
import { type Outcome, outcomeOfStatus } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { createQuote, exchange } from './answer.ts';
import type { ChannelKind } from './channel.ts';

const settings = {
  url: { type: 'address', required: true, description: 'Where to post, https://…; a reference where it is a secret' },
  secret: {
    type: 'secret',
    required: false,
    description:
      'Signs each message: whsec_… of Standard Webhooks; several, separated by blanks, while one replaces another',
  },
} as const satisfies ChannelKind['settings'];

/** The version is package.json's; a test holds the two together, since nothing here may read files. */
const userAgent = 'planwatch/0.1.0';

/** Any server of one's own, by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com). */
export const webhook: ChannelKind = {
  settings,
  pace: { everyMs: 100, burst: 10 },
  hasPlain: false,
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
        const answer = await exchange(
          (within) =>
            ky.post(address, {
              body,
              headers,
              fetch,
              signal: within,
              redirect: 'manual',
              throwHttpErrors: false,
              retry: 0,
              timeout: false,
            }),
          { signal, now },
        );
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

/** `whsec_` and the base64 of 24 to 64 bytes, once or more; no value: no key. */
export function readKeys(value: string | undefined): readonly Buffer[] | Misconfigured {
  const keys: Buffer[] = [];
  for (const one of (value ?? '').split(/\s+/).filter((part) => part !== '')) {
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
