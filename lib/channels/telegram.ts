import type { Outcome } from '../core/outcome.ts';
import { isRecord } from '../core/plan.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { type Answers, jsonOf, meaningOf, waitOf } from './meaning.ts';
import { postJson } from './post.ts';
import type { SettingsOf } from './settings.ts';
import { telegramMentions, telegramPayload } from './telegram-payload.ts';

const newToken = 'Ask @BotFather for the token of the bot again and put it where token points.';
const addBot = 'Add the bot to the chat again (a person has to write to it first), or set chat to another one.';
const letPost = 'Let the bot post in the chat: make it an administrator, or give it the right to send messages.';
const rightChat =
  'Set chat to the id of the chat (a group has one that begins with -) or to @name of a public channel.';
const rightTopic = 'Open the topic again, or set topic to another one; without topic messages go to "General".';

/**
 * What Telegram's words mean, as they begin, without the "Bad Request: " or "Forbidden: " before them. They are in no
 * document, but in the server's own source: https://github.com/tdlib/telegram-bot-api
 */
export const telegramAnswers: Answers = {
  'message is too long': 'rejected',
  'message text is empty': 'rejected',
  "can't parse entities": 'rejected',
  "can't parse MessageEntity": 'rejected',
  ENTITY_BOUNDS_INVALID: 'rejected',
  'Too Many Requests': 'retry',
  Unauthorized: { advice: newToken },
  // The token is part of the address.
  'Not Found': { advice: newToken },
  'Logged out': { advice: 'The bot is logged out here: set endpoint to the server that it uses.' },
  'chat not found': { advice: rightChat },
  'chat_id is empty': { advice: rightChat },
  PEER_ID_INVALID: { advice: rightChat },
  'group is deactivated': { advice: rightChat },
  'group chat was upgraded to a supergroup chat': { advice: rightChat },
  'the group chat was deleted': { advice: rightChat },
  'message thread not found': { advice: rightTopic },
  TOPIC_CLOSED: { advice: rightTopic },
  TOPIC_DELETED: { advice: rightTopic },
  'bot was blocked by the user': { advice: addBot },
  'bot was kicked': { advice: addBot },
  'bot is not a member': { advice: addBot },
  "bot can't initiate conversation with a user": { advice: addBot },
  "bot can't send messages to bots": { advice: rightChat },
  'user is deactivated': { advice: rightChat },
  'not enough rights to send text messages': { advice: letPost },
  'have no rights to send a message': { advice: letPost },
  'need administrator rights in the channel chat': { advice: letPost },
  CHAT_WRITE_FORBIDDEN: { advice: letPost },
  CHAT_RESTRICTED: { advice: letPost },
};

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
  example: { token: '100000000:example-of-a-secret-token-of-a-bot', chat: '-1001000000000' },
  render: telegramPayload,
  create(values, edges) {
    const quote = createQuote(settings, values);
    const place = readPlace(values);
    return {
      async send(message, { plain, signal, memory = '' }) {
        if ('kind' in place) return place;
        const { address, chat, topic } = place;
        const ask = (chat_id: string) =>
          postJson(
            address,
            {
              chat_id,
              ...(topic !== '' && { message_thread_id: Number(topic) }),
              ...telegramPayload(message, { plain }),
            },
            { ...edges, signal },
          );
        // A group that became a supergroup has another id for ever: what `remember` kept, unless `chat` is another one now.
        const [from, to = chat] = memory.split(' ');
        const answer = await ask(from === chat ? to : chat);
        const moved = 'kind' in answer ? undefined : movedTo(answer);
        if (moved === undefined) return 'kind' in answer ? answer : outcomeOf(answer, quote);
        const second = await ask(moved);
        const outcome = 'kind' in second ? second : outcomeOf(second, quote);
        return outcome.kind === 'delivered' ? { ...outcome, remember: `${chat} ${moved}` } : outcome;
      },
    };
  },
};

type Place = { readonly address: URL; readonly chat: string; readonly topic: string };

function readPlace(values: SettingsOf<typeof settings>): Place | Misconfigured {
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
  const address = readEndpoint('endpoint', values, 'https://api.telegram.org', `/bot${token}/sendMessage`);
  return 'kind' in address ? address : { address, chat, topic };
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

function outcomeOf(answer: Answer, quote: (words: string) => string): Outcome {
  const { status, body } = answer;
  const json = jsonOf(body) ?? {};
  const { ok, result, description } = json;
  const id = isRecord(result) ? result['message_id'] : undefined;
  if (status === 200 && ok === true && typeof id === 'number') return { kind: 'delivered', reference: `${id}` };
  const words = typeof description === 'string' ? description : '';
  const said = words.replace(/^(?:Bad Request|Forbidden): /, '');
  return meaningOf(telegramAnswers, answer, {
    code: Object.keys(telegramAnswers).find((known) => said.startsWith(known)) ?? said,
    words: quote(words || body),
    waitMs: waitOf(parametersOf(json)['retry_after']),
    success: '"ok":true and the id of a message',
    advice: letPost,
  });
}
