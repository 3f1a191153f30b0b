import type { Outcome } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs, Settings } from './channel.ts';
import { discordMentions, discordPayload } from './discord-payload.ts';
import { type Answers, jsonOf, meaningOf, waitOf } from './meaning.ts';
import { postJson } from './post.ts';

const newWebhook =
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

const settings = {
  url: {
    type: 'secret-address',
    required: true,
    description: "The address of a channel's webhook, https://discord.com/api/webhooks/…; in a forum with ?thread_id=…",
  },
} as const satisfies SettingSpecs;

/** Discord through a channel's webhook. */
export const discord: ChannelKindOf<typeof settings> = {
  settings,
  mentions: discordMentions,
  // A webhook takes 30 a minute and 5 in two seconds; Discord's documents give no figures, its X-RateLimit headers do.
  pace: { everyMs: 2300, burst: 4 },
  hasPlain: true,
  example: { url: 'https://discord.com/api/webhooks/100000000000000000/example-of-a-secret' },
  render: discordPayload,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const address = readWebhookUrl(values);
    return {
      async send(message, { plain, signal }) {
        if ('kind' in address) return address;
        const answer = await postJson(address, discordPayload(message, { plain }), { ...edges, signal });
        return 'kind' in answer ? answer : outcomeOf(answer, quote);
      },
    };
  },
};

/** `wait`: without it Discord answers before it has saved the message, and says nothing where it could not. */
function readWebhookUrl(values: Settings): URL | Misconfigured {
  const address = readAddress('url', values);
  if ('kind' in address) return address;
  const [, webhook] = /^\/api\/(?:v\d+\/)?(webhooks\/\d+\/[\w-]+)\/?$/.exec(address.pathname) ?? [];
  if (webhook === undefined) {
    return {
      kind: 'misconfigured',
      reason:
        "url is not the address of a Discord webhook (those that end in /slack or /github do not take planwatch's messages)",
      advice: 'Copy the address again: Discord, channel settings, Integrations, Webhooks.',
    };
  }
  address.pathname = `/api/v10/${webhook}`;
  address.searchParams.set('wait', 'true');
  return address;
}

function outcomeOf(answer: Answer, quote: (words: string) => string): Outcome {
  const { status, body } = answer;
  const { id, code, message, errors, retry_after: seconds } = jsonOf(body) ?? {};
  if (status === 200 && typeof id === 'string') return { kind: 'delivered', reference: id };
  // Something on the way dropped `wait`: Discord took it in, and whether it was saved it does not say.
  if (status === 204) return { kind: 'accepted' };
  // Code 0 is "something else": then the status says more.
  const known = typeof code === 'number' && code !== 0 ? String(code) : '';
  const said = [known, message, errors && JSON.stringify(errors)].filter(Boolean).join(' ');
  return meaningOf(discordAnswers, answer, {
    code: known,
    words: quote(typeof message === 'string' ? said : body),
    waitMs: waitOf(seconds),
    success: 'a message with its id',
    advice: newWebhook,
  });
}
