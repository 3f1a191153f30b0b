import type { Message } from '../core/message.ts';
import type { Gone, Outcome, Told } from '../core/outcome.ts';
import { type Misconfigured, readAddress } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import { ask } from './ask.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { discordAnswers, discordGone, newWebhook } from './discord-answers.ts';
import { discordMentions, discordPayload } from './discord-payload.ts';
import { jsonOf, meaningForLater, meaningOf, type Said, waitOf } from './meaning.ts';
import { callingNobody } from './mentions.ts';
import { postJson } from './post.ts';
import type { SettingsOf } from './settings.ts';

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
  styles: ['living', 'thread'],
  example: { url: 'https://discord.com/api/webhooks/100000000000000000/example-of-a-secret' },
  render: discordPayload,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const webhook = readWebhookUrl(values);
    return {
      send: async (message, { plain, signal }) =>
        ask(
          webhook,
          (address) => postJson(toPost(address), discordPayload(message, { plain }), { ...edges, signal }),
          (answer): Outcome => toldIn(answer) ?? meaningOf(discordAnswers, answer, saidIn(answer, quote)),
        ),

      async edit(reference, message, { plain, signal }) {
        if ('kind' in webhook) return webhook;
        const [id] = /^\d{1,20}$/.exec(reference) ?? [];
        if (id === undefined) return { kind: 'gone', reason: 'Discord has no message of that name.' };
        return ask(
          webhook,
          (address) => {
            const body = editOf(message, plain);
            return postJson(toEdit(address, id), body, { ...edges, signal }, { method: 'PATCH' });
          },
          (answer): Outcome | Gone =>
            toldIn(answer) ?? meaningForLater(discordAnswers, discordGone, answer, saidIn(answer, quote)),
        );
      },
    };
  },
};

/** `wait`: without it Discord answers before it has saved the message, and says nothing where it could not. */
function toPost(webhook: URL): URL {
  const address = new URL(webhook);
  address.searchParams.set('wait', 'true');
  return address;
}

/** In a thread, `thread_id` stays in the query: https://docs.discord.com/developers/resources/webhook#edit-webhook-message */
function toEdit(webhook: URL, id: string): URL {
  const address = new URL(webhook);
  address.pathname += `/messages/${id}`;
  return address;
}

/** Discord keeps what an edit leaves out: the embed, and the flag that hides it. */
function editOf(message: Message, plain: boolean) {
  const { embeds = [], flags = 0, ...rest } = discordPayload(callingNobody(message), { plain });
  return { ...rest, embeds, flags };
}

function readWebhookUrl(values: SettingsOf<typeof settings>): URL | Misconfigured {
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
  if (values.style === 'thread' && !address.searchParams.get('thread_id')) {
    return {
      kind: 'misconfigured',
      reason: 'url names no thread, which style: thread needs: a webhook can open none in a text channel',
      advice: 'Add ?thread_id= and the id of a thread to the address that url points to, or set style: living.',
    };
  }
  address.pathname = `/api/v10/${webhook}`;
  address.searchParams.delete('wait');
  return address;
}

function toldIn({ status, body }: Answer): Told | undefined {
  const { id } = jsonOf(body) ?? {};
  if (status === 200 && typeof id === 'string') return { kind: 'delivered', reference: id };
  // Something on the way dropped `wait`: Discord took it in, and whether it was saved it does not say.
  return status === 204 ? { kind: 'accepted' } : undefined;
}

function saidIn({ body }: Answer, quote: (words: string) => string): Said {
  const { code, message, errors, retry_after: seconds } = jsonOf(body) ?? {};
  // Code 0 is "something else": then the status says more.
  const known = typeof code === 'number' && code !== 0 ? String(code) : '';
  const said = [known, message, errors && JSON.stringify(errors)].filter(Boolean).join(' ');
  return {
    code: known,
    words: quote(typeof message === 'string' ? said : body),
    waitMs: waitOf(seconds),
    success: 'a message with its id',
    advice: newWebhook,
  };
}
