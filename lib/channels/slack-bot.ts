import type { Outcome } from '../core/outcome.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { postJson } from './post.ts';
import type { SettingsOf } from './settings.ts';
import { type SlackPayload, slackMentions, slackPayload, slackRefusals } from './slack-payload.ts';

const newToken =
  'Put the Bot User OAuth Token (xoxb-…) of a Slack app that is installed in the workspace where token points.';
const askAdmin = 'A rule of the Slack workspace forbids it: ask its administrators, or post to another channel.';
const otherChannel = 'Set channel to one that takes messages of its own from an app.';

/** The errors of chat.postMessage, nearly all under status 200: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
export const slackBotAnswers: Answers = {
  ...slackRefusals,
  invalid_metadata_format: 'rejected',
  invalid_metadata_schema: 'rejected',
  metadata_too_large: 'rejected',
  invalid_arguments: 'rejected',
  invalid_arg_name: 'rejected',
  invalid_charset: 'rejected',
  invalid_json: 'rejected',
  json_not_object: 'rejected',
  invalid_post_type: 'rejected',
  missing_post_type: 'rejected',

  ratelimited: { retry: { cause: 'rate-limited' } },
  rate_limited: { retry: { cause: 'rate-limited' } },
  message_limit_exceeded: { retry: { cause: 'rate-limited' } },
  service_unavailable: { retry: { cause: 'server' } },
  // What came was cut short, so nothing of it was done.
  request_timeout: 'retry',
  // The workspace moves into an organisation; it is back when that is done.
  team_added_to_org: 'retry',
  org_login_required: 'retry',
  // "Some aspect of the operation may have succeeded".
  internal_error: { retry: { unsure: true, cause: 'server' } },
  fatal_error: { retry: { unsure: true, cause: 'server' } },

  channel_not_found: { advice: 'Set channel to the ID of a channel (C…); to a private one, invite the app first.' },
  not_in_channel: { advice: 'Invite the app to the channel (/invite @app), or give it the scope chat:write.public.' },
  is_archived: { advice: 'Unarchive the channel, or set channel to another one.' },
  messages_tab_disabled: { advice: 'Turn on the Messages tab in the app’s settings, or set channel to a channel.' },
  restricted_action: { advice: askAdmin },
  restricted_action_read_only_channel: { advice: otherChannel },
  restricted_action_thread_only_channel: { advice: otherChannel },
  restricted_action_non_threadable_channel: { advice: otherChannel },
  restricted_action_thread_locked: { advice: otherChannel },
  access_denied: { advice: askAdmin },
  accesslimited: { advice: askAdmin },
  enterprise_is_restricted: { advice: askAdmin },
  ekm_access_denied: { advice: askAdmin },
  two_factor_setup_required: { advice: askAdmin },
  no_permission: { advice: `The app may not post there: invite it to the channel. ${newToken}` },
  team_access_not_granted: { advice: 'Install the app in the workspace that the channel is in.' },
  missing_scope: { advice: 'Give the app the scope chat:write, and install it again.' },
  not_authed: { advice: newToken },
  invalid_auth: { advice: newToken },
  account_inactive: { advice: newToken },
  token_expired: { advice: newToken },
  token_revoked: { advice: newToken },
  not_allowed_token_type: { advice: newToken },
  as_user_not_supported: { advice: newToken },
  metadata_must_be_sent_from_app: { advice: newToken },
};

const settings = {
  token: {
    type: 'secret',
    required: true,
    description: 'Bot User OAuth Token of a Slack app with chat:write (xoxb-…)',
  },
  channel: { type: 'text', required: true, description: 'ID of the channel (C…), or its name' },
  endpoint: {
    type: 'address',
    required: false,
    description: 'Slack’s Web API where it is not https://slack.com/api, such as https://slack-gov.com/api',
  },
} as const satisfies SettingSpecs;

/** Slack as a bot of one's own: one token for all channels, and the receipt names the message. */
export const slackBot: ChannelKindOf<typeof settings> = {
  settings,
  mentions: slackMentions,
  // One a second a channel, https://docs.slack.dev/apis/web-api/rate-limits
  pace: { everyMs: 1000, burst: 1 },
  hasPlain: true,
  example: { token: 'xoxb-example-of-a-secret', channel: 'C0123456789' },
  render: (message, how) => slackBotPayload(slackPayload(message, how), message.id),
  create(values, { fetch, now }) {
    const quote = createQuote(settings, values);
    const call = readCall(values);
    return {
      async send(message, { plain, signal }) {
        if ('kind' in call) return call;
        const { url, token, channel } = call;
        const body = { channel, ...slackBotPayload(slackPayload(message, { plain }), message.id) };
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' };
        const answer = await postJson(url, body, { fetch, now, signal }, headers);
        return 'kind' in answer ? answer : outcomeOf(answer, quote(answer.body));
      },
    };
  },
};

/** With the event's id where programs find it (https://docs.slack.dev/messaging/message-metadata); people do not see it. */
const slackBotPayload = (payload: SlackPayload, id: string) => ({
  ...payload,
  metadata: { event_type: 'planwatch_message', event_payload: { id } },
});

type Call = { readonly url: URL; readonly token: string; readonly channel: string };

function readCall(values: SettingsOf<typeof settings>): Call | Misconfigured {
  const url = readEndpoint('endpoint', values, 'https://slack.com/api', '/chat.postMessage');
  if ('kind' in url) return url;
  const [token = '', channel = ''] = [values.token?.trim(), values.channel?.trim()];
  // It becomes a header, and fetch would show one that cannot be a header in its error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return { kind: 'misconfigured', reason: 'token is empty, or holds what no token has', advice: newToken };
  }
  if (channel !== '') return { url, token, channel };
  return { kind: 'misconfigured', reason: 'channel is empty', advice: 'Set channel to the ID of a channel (C…).' };
}

function outcomeOf(answer: Answer, words: string): Outcome {
  const { ok, error, channel, ts } = jsonOf(answer.body) ?? {};
  if (answer.status === 200 && ok === true) {
    const named = typeof channel === 'string' && typeof ts === 'string';
    return { kind: 'delivered', ...(named && { reference: `${channel}/${ts}` }) };
  }
  return meaningOf(slackBotAnswers, answer, {
    code: typeof error === 'string' ? error : '',
    words,
    success: '"ok":true',
    advice: 'Set endpoint to Slack’s Web API, or leave it out.',
  });
}
