import type { Message } from '../core/message.ts';
import type { Gone, Outcome, Told } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import type { How } from '../ports.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import { ask } from './ask.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { jsonOf, meaningForLater, meaningOf, type Said, waitOf } from './meaning.ts';
import { callingNobody } from './mentions.ts';
import { postJson } from './post.ts';
import type { SettingsOf } from './settings.ts';
import {
  letPost,
  newToken,
  rightChat,
  rightTopic,
  telegramAnswers,
  telegramGone,
  unchanged,
} from './telegram-answers.ts';
import { telegramMentions, telegramPayload } from './telegram-payload.ts';

const settings = {
  token: { type: 'secret', required: true, description: 'The token of the bot, from @BotFather' },
  chat: {
    type: 'text',
    required: true,
    description: 'The id of the chat, such as -1001234567890, or @name of a public channel or group',
  },
  topic: { type: 'text', required: false, description: 'The id of a topic, in a group that has topics' },
  endpoint: {
    type: 'address',
    required: false,
    description: 'A Bot API server of your own (default: https://api.telegram.org)',
  },
} as const satisfies SettingSpecs;

/** Telegram through a bot. */
export const telegram: ChannelKindOf<typeof settings> = {
  settings,
  mentions: telegramMentions,
  // 20 a minute in a group: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  pace: { everyMs: 3400, burst: 2 },
  hasPlain: true,
  styles: ['living'],
  example: { token: '100000000:example-of-a-secret-token-of-a-bot', chat: '-1001000000000' },
  render: telegramPayload,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const meaningOfPost = (answer: Answer, chat: string): Outcome =>
      toldIn(answer, chat) ?? meaningOf(telegramAnswers, answer, saidIn(answer, quote));

    /** What is done to a message that is there already: with its number, and nowhere else than in its chat. */
    async function later(
      method: 'editMessageText' | 'sendMessage',
      reference: string,
      { signal, memory }: Omit<How, 'plain'>,
      bodyFor: (message_id: number, place: Place) => object,
    ): Promise<Outcome | Gone> {
      const place = readPlace(values, method);
      if ('kind' in place) return place;
      const chat = chatNow(place, memory);
      const [, of, id] = /^(.{1,40})\/(\d{1,15})$/.exec(reference) ?? [];
      if (of !== chat) return { kind: 'gone', reason: 'The message is not in the chat that is configured now.' };
      return ask(
        place,
        ({ address }) => postJson(address, { chat_id: chat, ...bodyFor(Number(id), place) }, { ...edges, signal }),
        (answer): Outcome | Gone => {
          const said = saidIn(answer, quote);
          if (answer.whole && said.code === unchanged) return { kind: 'delivered', reference };
          return toldIn(answer, chat) ?? meaningForLater(telegramAnswers, telegramGone, answer, said);
        },
      );
    }

    return {
      async send(message, { plain, signal, memory }) {
        const place = readPlace(values, 'sendMessage');
        if ('kind' in place) return place;
        const body = postOf(message, plain, place);
        const send = (chat_id: string) => postJson(place.address, { chat_id, ...body }, { ...edges, signal });
        const chat = chatNow(place, memory);
        const answer = await send(chat);
        if ('kind' in answer) return answer;
        const moved = movedTo(answer);
        if (moved === undefined) return meaningOfPost(answer, chat);
        const second = await send(moved);
        const outcome = 'kind' in second ? second : meaningOfPost(second, moved);
        return outcome.kind === 'delivered' ? { ...outcome, remember: `${place.chat} ${moved}` } : outcome;
      },

      edit: async (reference, message, { plain, ...how }) =>
        later('editMessageText', reference, how, (message_id) => ({
          message_id,
          ...telegramPayload(callingNobody(message), { plain }),
        })),

      // Where somebody deleted what it answers it is a message of its own, and rings all the same.
      reply: async (reference, message, { plain, ...how }) =>
        later('sendMessage', reference, how, (message_id, place) => ({
          ...postOf(message, plain, place),
          reply_parameters: { message_id, allow_sending_without_reply: true },
        })),
    };
  },
};

const postOf = (message: Message, plain: boolean, { topic }: Place) => ({
  ...(topic !== '' && { message_thread_id: Number(topic) }),
  ...telegramPayload(message, { plain }),
});

type Place = { readonly address: URL; readonly chat: string; readonly topic: string };

function readPlace(values: SettingsOf<typeof settings>, method: string): Place | Misconfigured {
  const wrong = (reason: string, advice: string): Misconfigured => ({ kind: 'misconfigured', reason, advice });
  const [token = '', chat = '', topic = ''] = [values.token, values.chat, values.topic].map((value) => value?.trim());
  if (!/^\d+:[\w-]{30,100}$/.test(token)) {
    return wrong(
      'token is not the token of a bot, such as 123456789:AA… with 35 characters behind the colon',
      newToken,
    );
  }
  if (!/^(?:-?\d{1,20}|@\w{4,32})$/.test(chat)) return wrong('chat is neither an id nor @name', rightChat);
  if (!/^\d{0,15}$/.test(topic)) return wrong('topic is not the id of a topic, which is a number', rightTopic);
  const address = readEndpoint('endpoint', values, 'https://api.telegram.org', `/bot${token}/${method}`);
  return 'kind' in address ? address : { address, chat, topic };
}

/** A group that became a supergroup has another id for ever: what `remember` kept, unless `chat` is another one now. */
function chatNow({ chat }: Place, memory = ''): string {
  const [from, to = chat] = memory.split(' ');
  return from === chat ? to : chat;
}

/** https://core.telegram.org/bots/api#responseparameters */
function parametersOf(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { parameters } = json;
  return isRecord(parameters) ? parameters : {};
}

function movedTo({ body }: Answer): string | undefined {
  const { migrate_to_chat_id: id } = parametersOf(jsonOf(body) ?? {});
  return Number.isSafeInteger(id) ? String(id) : undefined;
}

/** A number names a message within its chat only, so the chat belongs to the name. */
function toldIn({ status, body }: Answer, chat: string): Told | undefined {
  const { ok, result } = jsonOf(body) ?? {};
  const id = isRecord(result) ? result['message_id'] : undefined;
  return status === 200 && ok === true && typeof id === 'number'
    ? { kind: 'delivered', reference: `${chat}/${id}` }
    : undefined;
}

const known = [...Object.keys(telegramAnswers), ...telegramGone, unchanged];

function saidIn({ body }: Answer, quote: (words: string) => string): Said {
  const json = jsonOf(body) ?? {};
  const words = typeof json['description'] === 'string' ? json['description'] : '';
  const said = words.replace(/^(?:Bad Request|Forbidden): /, '');
  return {
    code: known.find((code) => said.startsWith(code)) ?? said,
    words: quote(words || body),
    waitMs: waitOf(parametersOf(json)['retry_after']),
    success: '"ok":true and the id of a message',
    advice: letPost,
  };
}
