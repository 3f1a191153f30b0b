import type { ChannelKind } from '../../../lib/channels/channel.ts';
import { slackMentions, slackPayload } from '../../../lib/channels/slack-payload.ts';

/** The page of `npm start` as a destination: a message is told as soon as its receipt is there, since the page shows it. */
export const inbox: ChannelKind = {
  settings: {},
  mentions: slackMentions,
  pace: { everyMs: 10, burst: 100 },
  hasPlain: false,
  example: {},
  render: slackPayload,
  create: () => ({ send: async () => ({ kind: 'delivered' }) }),
};

/** Which chat the page's own messages look like. */
export const inboxLooksLike = 'slack';
