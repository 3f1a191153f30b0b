import type { ChannelKind } from './channel.ts';
import { dingtalk } from './dingtalk.ts';
import { discord } from './discord.ts';
import { feishu } from './feishu.ts';
import { googlechat } from './googlechat.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { slackBot } from './slack-bot.ts';
import { smn } from './smn.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';
import { wecom } from './wecom.ts';

/** A new destination is a file beside these and a line here. */
export const channelKinds = {
  dingtalk,
  discord,
  feishu,
  googlechat,
  pagerduty,
  slack,
  'slack-bot': slackBot,
  smn,
  teams,
  telegram,
  webhook,
  wecom,
} satisfies Record<string, ChannelKind>;
