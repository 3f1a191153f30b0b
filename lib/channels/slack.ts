import { IncomingWebhook } from '@slack/webhook';
import type { Outcome, Retry } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { type Answer, createQuote, exchange } from './answer.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { type Answers, jsonOf, meaningOf, waitOf } from './meaning.ts';
import { slackMentions, slackPayload, slackRefusals } from './slack-payload.ts';

const newWebhook = 'Make a new incoming webhook in Slack and put its address where url points.';
const askAdmin = 'A rule of the Slack workspace forbids it: ask its administrators, or post to another channel.';

/**
 * What Slack's words mean, https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 * We name no channel and no user ourselves, so one that is not found is the webhook's own.
 */
export const slackAnswers: Answers = {
  ...slackRefusals,
  invalid_payload: 'rejected',
  rate_limited: { retry: { cause: 'rate-limited' } },
  ratelimited: { retry: { cause: 'rate-limited' } },
  rollup_error: { retry: { cause: 'server' } },
  invalid_token: { advice: newWebhook },
  no_service: { advice: `The webhook was removed or its app was disabled. ${newWebhook}` },
  no_active_hooks: { advice: `The webhook was disabled. ${newWebhook}` },
  no_team: { advice: `The Slack workspace is gone. ${newWebhook}` },
  team_disabled: { advice: 'The Slack workspace is disabled: ask its administrators.' },
  channel_not_found: { advice: `The channel is gone. ${newWebhook}` },
  channel_is_archived: { advice: 'Unarchive the channel, or make a webhook for another one.' },
  user_not_found: { advice: `The person whom the webhook writes to is gone. ${newWebhook}` },
  action_prohibited: { advice: askAdmin },
  posting_to_general_channel_denied: { advice: askAdmin },
};

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: 'The address of an incoming webhook, https://hooks.slack.com/services/…',
  },
} as const satisfies SettingSpecs;

/** Slack through an incoming webhook: it can post, not edit, and says nothing about the message it made. */
export const slack: ChannelKindOf<typeof settings> = {
  settings,
  mentions: slackMentions,
  // https://docs.slack.dev/apis/web-api/rate-limits: one a second; short bursts pass, but going on gets an app disabled.
  pace: { everyMs: 1000, burst: 1 },
  hasPlain: true,
  example: { url: 'https://hooks.slack.com/services/T00000000/B00000000/example-of-a-secret' },
  render: slackPayload,
  create(values, { fetch, now }) {
    const quote = createQuote(settings, values);
    const address = readWebhookUrl(values);
    return {
      async send(message, { plain, signal }) {
        if ('kind' in address) return address;
        const answers: (Answer | Retry)[] = [];
        // The library takes any 2xx for success, and its errors hide Retry-After: so its fetch keeps what came back.
        const hook = new IncomingWebhook(address.href, {
          fetch: async (to, init) => {
            const request = (within: AbortSignal) =>
              fetch(to, { ...init, redirect: 'manual', signal: within } as RequestInit);
            const answer = await exchange(request, { signal, now });
            answers.push(answer);
            if ('kind' in answer) throw new Error(answer.reason);
            return new Response(null, { status: answer.status });
          },
        });
        try {
          await hook.send(slackPayload(message, { plain }));
        } catch (error) {
          // It throws for every answer that is not 2xx; without any answer or failure of ours the fault is in here.
          if (answers.length === 0) throw error;
        }
        const [answer] = answers;
        if (answer === undefined) throw new Error('@slack/webhook did not use the fetch it was given');
        return 'kind' in answer ? answer : outcomeOf(answer, quote(answer.body));
      },
    };
  },
};

function readWebhookUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address || !/^\/(triggers|workflows)\//.test(address.pathname)) return address;
  return {
    kind: 'misconfigured',
    reason: 'url starts a Slack workflow; such an address takes no message with blocks',
    advice: 'Make an incoming webhook in Slack (https://hooks.slack.com/services/…) and use its address.',
  };
}

function outcomeOf(answer: Answer, words: string): Outcome {
  const { status, body, whole } = answer;
  if (status === 200 && whole && body.trim() === 'ok') return { kind: 'delivered' };
  return meaningOf(slackAnswers, answer, { ...readError(body), words, success: '"ok"', advice: newWebhook });
}

/** Errors are a bare word, but for 429: `{"ok":false,"error":"rate_limited","retry_after":1}`, in seconds. */
function readError(body: string): { readonly code: string; readonly waitMs?: number | undefined } {
  const json = jsonOf(body);
  // A bare word that is none of Slack's may be anybody's: a proxy's, say.
  if (json === undefined) return { code: Object.hasOwn(slackAnswers, body.trim()) ? body.trim() : '' };
  const { error, retry_after: seconds } = json;
  return { code: typeof error === 'string' ? error : '', waitMs: waitOf(seconds) };
}
