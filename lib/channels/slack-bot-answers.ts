import type { Answers } from './meaning.ts';
import { slackRefusals } from './slack-payload.ts';

export const newToken =
  'Put the Bot User OAuth Token (xoxb-…) of a Slack app that is installed in the workspace where token points.';
const askAdmin = 'A rule of the Slack workspace forbids it: ask its administrators, or post to another channel.';
const unarchive = 'Unarchive the channel, or set channel to another one.';
const otherChannel = 'Set channel to one that takes messages of its own from an app.';

/**
 * The errors of chat.postMessage and chat.update, nearly all under status 200:
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
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
  external_channel_migrating: 'retry',
  update_failed: { retry: { cause: 'server' } },
  // "Some aspect of the operation may have succeeded".
  internal_error: { retry: { unsure: true, cause: 'server' } },
  fatal_error: { retry: { unsure: true, cause: 'server' } },

  channel_not_found: { advice: 'Set channel to the ID of a channel (C…); to a private one, invite the app first.' },
  not_in_channel: { advice: 'Invite the app to the channel (/invite @app), or give it the scope chat:write.public.' },
  is_archived: { advice: unarchive },
  // The same, of an edit.
  is_inactive: { advice: unarchive },
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

/**
 * The message that was to be edited, or answered, is not there, is somebody else's, or is too old for the workspace's
 * rules (https://docs.slack.dev/reference/methods/chat.update#errors).
 */
export const slackBotGone: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'block_mismatch',
  'thread_not_found',
  'cannot_reply_to_message',
]);
