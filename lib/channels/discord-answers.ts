import type { Answers } from './meaning.ts';

export const newWebhook =
  'Make a new webhook in the settings of the Discord channel (Integrations) and put its address where url points.';
const mayNot = 'The webhook may not post there: look at the permissions of the Discord channel, or make a new webhook.';
const thread =
  'The channel is a forum: add ?thread_id= and the id of one of its posts to the address that url points to.';
const openThread = `The thread is locked or archived: open it in Discord, or leave thread_id out of the address.`;

/** What Discord's codes mean, https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const discordAnswers: Answers = {
  // Slow mode, and the channel's and the server's write limits.
  '20016': 'retry',
  '20028': 'retry',
  '20029': 'retry',
  // The same, of edits in an announcement channel.
  '20022': 'retry',
  '40004': 'retry',
  '40006': 'retry',
  '40062': 'retry',
  '130000': 'retry',
  '40005': 'rejected',
  '50006': 'rejected',
  '50035': 'rejected',
  '50109': 'rejected',
  // Blocked by the server's moderation, or by the filter of harmful links.
  '200000': 'rejected',
  '200001': 'rejected',
  '240000': 'rejected',
  '10003': { advice: `The channel or the thread is gone. ${newWebhook}` },
  '10015': { advice: `The webhook was deleted. ${newWebhook}` },
  '40001': { advice: newWebhook },
  '50027': { advice: `The address is not whole, or its token was changed. ${newWebhook}` },
  '50001': { advice: mayNot },
  '50013': { advice: mayNot },
  '40333': { advice: 'Discord turns this machine away for now; where that goes on, send from another network.' },
  '40058': { advice: thread },
  '40067': { advice: thread },
  '220001': { advice: thread },
  '50083': { advice: openThread },
  '160005': { advice: openThread },
};

/**
 * The message that was to be edited is not there, or is not for this webhook to edit; or Discord lets it be edited no
 * more for now (30046), or its thread is archived (50083), which a new post opens again.
 */
export const discordGone: ReadonlySet<string> = new Set(['10008', '30046', '50005', '50021', '50083']);
