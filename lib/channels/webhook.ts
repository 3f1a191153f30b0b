import { createHmac } from 'node:crypto';
import type { Message } from '../core/message.ts';
import { type Outcome, outcomeOfStatus } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { cloudEvent, cloudEventsType } from './cloudevents-payload.ts';
import { post } from './post.ts';

const settings = {
  url: { type: 'address', required: true, description: 'Where to post, https://…; a reference where it is a secret' },
  secret: {
    type: 'secrets',
    required: false,
    description: 'Signs each message: whsec_… of Standard Webhooks; a list of several while one replaces another',
  },
  format: {
    type: 'choice',
    choices: ['event', 'cloudevents'],
    required: false,
    description:
      'event: the event itself (default); cloudevents: CloudEvents 1.0 in structured mode, the event as its data',
  },
  typePrefix: {
    type: 'text',
    required: false,
    description: 'What the type of a CloudEvent begins with, such as com.example.releases (default: planwatch)',
  },
  headers: {
    type: 'headers',
    required: false,
    description: 'Sent along; what is a credential is a reference',
  },
} as const satisfies SettingSpecs;

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
    const keys = readKeys(values.secret);
    const extra = readHeaders(values.headers);
    const { format, typePrefix = 'planwatch' } = values;
    return {
      async send(message, { signal }) {
        if ('kind' in address) return address;
        if ('kind' in keys) return keys;
        if ('kind' in extra) return extra;
        const event = bodyOf(message);
        const [type, content] =
          format === 'cloudevents'
            ? [cloudEventsType, cloudEvent(message, event, typePrefix)]
            : ['application/json', event];
        const body = JSON.stringify(content);
        const id = headerId(message.id);
        const timestamp = Math.floor(now().getTime() / 1000);
        const headers = {
          ...extra.headers,
          'content-type': type,
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

/** fetch would throw the value itself, secret or not, in its error. */
function readHeaders(
  headers: Readonly<Record<string, string>> = {},
): { readonly headers: typeof headers } | Misconfigured {
  const trimmed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()]));
  const bad = Object.keys(trimmed).find((name) => /[^\t\x20-\x7e]/.test(trimmed[name] ?? ''));
  if (bad === undefined) return { headers: trimmed };
  return {
    kind: 'misconfigured',
    reason: `the value of the header ${bad} holds what no header can: a line break, or a character outside ASCII`,
    advice: `Look at where headers.${bad} points: it must be one line of plain ASCII text.`,
  };
}

function advise(outcome: Outcome): Outcome {
  if (outcome.kind !== 'misconfigured') return outcome;
  return { advice: 'Ask whoever runs the receiver whether url and secret are still right.', ...outcome };
}
