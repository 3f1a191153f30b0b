import type { ChannelKind } from '../../../lib/channels/channel.ts';
import { slack } from '../../../lib/channels/slack.ts';

/** The page of `npm start` as a destination: a message is told as soon as its receipt is there, since the page shows it. */
export const inbox: ChannelKind = {
  settings: {},
  pace: { everyMs: 10, burst: 100 },
  hasPlain: false,
  render: slack.render,
  create: () => ({ send: async () => ({ kind: 'delivered' }) }),
};

/** Which chat the page's own messages look like. */
export const inboxLooksLike = 'slack';
