import type { Outcome } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import { ask } from './ask.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { googleChatMentions, googleChatPayload } from './googlechat-payload.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { postJson } from './post.ts';

const newWebhook =
  'Make a new webhook in Google Chat (name of the space, Apps & integrations, Webhooks) and put its address where url points.';
const askAdmin =
  'An administrator of Google Workspace forbids webhooks there, or the webhook was removed: ask them, or make a new one.';

/**
 * What Google's words mean: the `status` of an error (https://cloud.google.com/apis/design/errors#handling_errors), or
 * the `reason` in its details where that says more.
 */
export const googleChatAnswers: Answers = {
  INVALID_ARGUMENT: 'rejected',
  OUT_OF_RANGE: 'rejected',
  RESOURCE_EXHAUSTED: 'retry',
  ABORTED: 'retry',
  CANCELLED: 'retry',
  UNAVAILABLE: 'retry',
  // Whether it was shown, none of these says.
  INTERNAL: { retry: { unsure: true } },
  UNKNOWN: { retry: { unsure: true } },
  DATA_LOSS: { retry: { unsure: true } },
  DEADLINE_EXCEEDED: { retry: { unsure: true } },
  UNAUTHENTICATED: { advice: `The address is not whole: key and token belong to it. ${newWebhook}` },
  API_KEY_INVALID: { advice: `The address is not whole: key and token belong to it. ${newWebhook}` },
  PERMISSION_DENIED: { advice: askAdmin },
  FAILED_PRECONDITION: { advice: askAdmin },
  NOT_FOUND: { advice: `The space or the webhook is gone. ${newWebhook}` },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: "The address of a space's webhook, https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
  },
} as const satisfies SettingSpecs;

/** Google Chat through a space's incoming webhook. What is told of one plan is one thread, in spaces that have threads. */
export const googlechat: ChannelKindOf<typeof settings> = {
  settings,
  mentions: googleChatMentions,
  // One a second a space: https://developers.google.com/workspace/chat/limits
  pace: { everyMs: 1000, burst: 1 },
  hasPlain: true,
  // Without asking: what is told of one plan is one thread whatever the style.
  styles: ['thread'],
  example: {
    url: 'https://chat.googleapis.com/v1/spaces/AAAAAAAAAAA/messages?key=example-of-a-key&token=example-of-a-secret',
  },
  render: googleChatPayload,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const address = readWebhookUrl(values);
    return {
      send: async (message, { plain, signal }) =>
        ask(
          address,
          (to) => postJson(to, googleChatPayload(message, { plain }), { ...edges, signal }),
          (answer) => outcomeOf(answer, quote),
        ),
    };
  },
};

/** The option makes `threadKey` count; a space without threads shows the messages one below another. */
function readWebhookUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address) return address;
  const { pathname, searchParams } = address;
  if (!/^\/v1\/spaces\/[^/]+\/messages$/.test(pathname) || !searchParams.get('key') || !searchParams.get('token')) {
    return {
      kind: 'misconfigured',
      reason: 'url is not the whole address of a Google Chat webhook, which ends in /messages?key=…&token=…',
      advice: 'Copy it again: Google Chat, name of the space, Apps & integrations, Webhooks.',
    };
  }
  searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  return address;
}

function outcomeOf(answer: Answer, quote: (words: string) => string): Outcome {
  const { status, body } = answer;
  const { name, error } = jsonOf(body) ?? {};
  // The name of the space before it is part of the address.
  const [, reference] = (typeof name === 'string' && /^spaces\/[^/]+\/(messages\/.+)$/.exec(name)) || [];
  if (status === 200 && reference !== undefined) return { kind: 'delivered', reference };
  const { status: code, message, details } = isRecord(error) ? error : {};
  const reasons = Array.isArray(details) ? details.filter(isRecord).map(({ reason }) => String(reason)) : [];
  return meaningOf(googleChatAnswers, answer, {
    code: reasons.find((reason) => Object.hasOwn(googleChatAnswers, reason)) ?? (typeof code === 'string' ? code : ''),
    words: quote(typeof message === 'string' ? `${code ?? ''} ${message}` : body),
    success: 'a message with its name',
    advice: newWebhook,
  });
}
