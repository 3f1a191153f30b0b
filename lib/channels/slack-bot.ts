import type { Message } from '../core/message.ts';
import { type Gone, isTold, type Outcome, type Told } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import { ask } from './ask.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { jsonOf, meaningForLater, meaningOf, type Said } from './meaning.ts';
import { callingNobody } from './mentions.ts';
import { post, postJson } from './post.ts';
import type { SettingsOf } from './settings.ts';
import { newToken, slackBotAnswers, slackBotGone } from './slack-bot-answers.ts';
import { foundIn, metadataOf, mostOfSearch, searchFor } from './slack-bot-search.ts';
import { slackMentions, slackPayload } from './slack-payload.ts';

const settings = {
  token: {
    type: 'secret',
    required: true,
    description: 'Bot User OAuth Token of a Slack app with chat:write (xoxb-…)',
  },
  channel: {
    type: 'text',
    required: true,
    description: 'ID of the channel (C…); its name will do where style is each',
  },
  endpoint: {
    type: 'address',
    required: false,
    description: 'Slack’s Web API where it is not https://slack.com/api, such as https://slack-gov.com/api',
  },
} as const satisfies SettingSpecs;

/** Slack as a bot of one's own: one token for all channels, and a message has a name, by which it is edited and answered. */
export const slackBot: ChannelKindOf<typeof settings> = {
  settings,
  mentions: slackMentions,
  // One a second a channel, https://docs.slack.dev/apis/web-api/rate-limits; edits, 50 a minute or more, wait when told to.
  pace: { everyMs: 1000, burst: 1 },
  hasPlain: true,
  styles: ['living', 'thread'],
  example: { token: 'xoxb-example-of-a-secret', channel: 'C0123456789' },
  render: (message, { plain }) => postOf(message, plain),
  create(values, edges) {
    const quote = createQuote(settings, values);
    const saidIn = (answer: Answer): Said => ({
      code: errorIn(answer),
      words: quote(answer.body),
      success: '"ok":true',
      advice: 'Set endpoint to Slack’s Web API, or leave it out.',
    });
    const meaningOfPost = (answer: Answer): Outcome =>
      toldIn(answer) ?? meaningOf(slackBotAnswers, answer, saidIn(answer));
    const meaningOfEdit = (answer: Answer): Outcome | Gone =>
      toldIn(answer) ?? meaningForLater(slackBotAnswers, slackBotGone, answer, saidIn(answer));
    const meaningOfReply = (answer: Answer): Outcome | Gone => {
      const outcome = meaningOfEdit(answer);
      return isTold(outcome) && standsAlone(answer) ? { ...outcome, alone: true } : outcome;
    };

    const call = <Meant>(method: string, body: object, signal: AbortSignal, meaning: (answer: Answer) => Meant) =>
      ask(
        readPlace(values, method),
        ({ url, channel, authorization }) => {
          const headers = { authorization, 'content-type': 'application/json; charset=utf-8' };
          return postJson(url, { channel, ...body }, { ...edges, signal }, { headers });
        },
        meaning,
      );

    return {
      send: async (message, { plain, signal }) =>
        call('chat.postMessage', postOf(message, plain), signal, meaningOfPost),

      async edit(reference, message, { plain, signal }) {
        const ts = timeOf(reference, readPlace(values));
        if (typeof ts !== 'string') return ts;
        return call('chat.update', { ts, ...editOf(message, plain) }, signal, meaningOfEdit);
      },

      async reply(reference, message, { plain, signal, ring }) {
        const thread_ts = timeOf(reference, readPlace(values));
        if (typeof thread_ts !== 'string') return thread_ts;
        const body = { ...postOf(message, plain), thread_ts, ...(ring && { reply_broadcast: true }) };
        return call('chat.postMessage', body, signal, meaningOfReply);
      },

      async find(id, { to, signal, since, under }) {
        const parent = under === undefined ? undefined : timeOf(under, readPlace(values));
        if (typeof parent === 'object') return undefined;
        const { method, query } = searchFor(since, parent);
        const place = readPlace(values, method);
        const found = await ask(
          place,
          ({ url, channel, authorization }) => {
            const body = new URLSearchParams({ channel, ...query }).toString();
            const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
            return post(url, { body, headers }, { ...edges, signal, maxBody: mostOfSearch });
          },
          ({ body }) => foundIn(jsonOf(body), { id, to }, parent),
        );
        return typeof found === 'string' && 'channel' in place
          ? { kind: 'delivered', reference: `${place.channel}/${found}` }
          : undefined;
      },
    };
  },
};

/** With the event's id, and whose it is, where programs find it; people do not see it. */
const postOf = (message: Message, plain: boolean) => ({
  ...slackPayload(message, { plain }),
  metadata: metadataOf(message),
});

/** Slack keeps what an edit leaves out, so nothing is; and it reads names and links in an edit, unless it is told not to. */
function editOf(message: Message, plain: boolean) {
  const { text, blocks = [], attachments = [] } = slackPayload(callingNobody(message), { plain });
  return { text, blocks, attachments, metadata: metadataOf(message), parse: 'none' };
}

type Place = { readonly url: URL; readonly authorization: string; readonly channel: string };

/** Where one method of the Web API is asked, and for which channel. */
function readPlace(values: SettingsOf<typeof settings>, method = ''): Place | Misconfigured {
  const url = readEndpoint('endpoint', values, 'https://slack.com/api', `/${method}`);
  if ('kind' in url) return url;
  const [token = '', channel = ''] = [values.token?.trim(), values.channel?.trim()];
  const wrong = (reason: string, advice: string): Misconfigured => ({ kind: 'misconfigured', reason, advice });
  // It becomes a header, and fetch would show one that cannot be a header in its error.
  if (!/^[\x21-\x7e]+$/.test(token)) return wrong('token is empty, or holds what no token has', newToken);
  if (channel === '') return wrong('channel is empty', 'Set channel to the ID of a channel (C…).');
  const { style = 'each' } = values;
  // Slack edits by the ID alone, and a message of a channel that had the name before must not be touched.
  if (style !== 'each' && !/^[CDG][A-Z0-9]{6,30}$/.test(channel)) {
    return wrong(
      `channel is no ID, which style: ${style} needs`,
      'Set channel to the ID of the channel (C…): in Slack its details show it, at the bottom.',
    );
  }
  return { url, authorization: `Bearer ${token}`, channel };
}

/** Within its channel Slack knows a message by its time. */
function timeOf(reference: string, place: Place | Misconfigured): string | Gone | Misconfigured {
  if ('kind' in place) return place;
  const [, channel, ts] = /^([A-Z0-9]{1,40})\/(\d{1,20}\.\d{1,20})$/.exec(reference) ?? [];
  return ts !== undefined && channel === place.channel
    ? ts
    : { kind: 'gone', reason: 'The message is not in the channel that is configured now.' };
}

function errorIn({ body }: Answer): string {
  const { error } = jsonOf(body) ?? {};
  return typeof error === 'string' ? error : '';
}

function toldIn({ status, body }: Answer): Told | undefined {
  const { ok, channel, ts } = jsonOf(body) ?? {};
  if (status !== 200 || ok !== true) return undefined;
  const named = typeof channel === 'string' && typeof ts === 'string';
  return { kind: 'delivered', ...(named && { reference: `${channel}/${ts}` }) };
}

/** No error comes of a thread whose first message was deleted: https://github.com/slack-go/slack/issues/1571 */
function standsAlone({ body }: Answer): boolean {
  const { message } = jsonOf(body) ?? {};
  return isRecord(message) && message['thread_ts'] === undefined;
}
