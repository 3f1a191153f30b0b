import { isRecord } from '../../lib/core/plan.ts';
import { createRoom, type Room } from './chat-room.ts';
import { type Answered, type Receiver, startReceiver, type Taken } from './chat-server.ts';

export type TelegramBody = Readonly<Record<string, unknown>> & {
  readonly chat_id: string;
  readonly text: string;
  readonly message_id?: number;
  readonly reply_parameters?: { readonly message_id: number; readonly allow_sending_without_reply?: boolean };
};

export const telegramToken = '123456789:AAsecret_token-of-a-bot-for-the-tests';
export const telegramChat = '-4012345678';
const prefix = '/own-bot-api-server-behind-this-path';
const api = `${prefix}/bot${telegramToken}`;

/** What people change about the one chat that the bot is in. */
export type TelegramChat = {
  /** The id that it has since it became a supergroup. */
  moved?: number | undefined;
  /** It has messages that are too old to edit. */
  editTimeOver: boolean;
};

/**
 * A Bot API server: it knows one bot and one chat, until `moved` says that the chat has another id now. Messages are named
 * `<chat>/<number>`.
 */
export async function startTelegramReceiver({
  moved,
}: {
  readonly moved?: number;
} = {}): Promise<Receiver<TelegramBody> & { readonly room: Room<TelegramBody>; readonly chat: TelegramChat }> {
  const room = createRoom<TelegramBody>();
  const chat: TelegramChat = { moved, editTimeOver: false };
  const here = () => String(chat.moved ?? telegramChat);
  let next = 4711;
  const receiver = await startReceiver<TelegramBody>({
    address: prefix,
    path: `${api}/sendMessage`,
    asks: (method, path) => method === 'POST' && path === `${api}/editMessageText`,
    success: (request) => (request.path.endsWith('/sendMessage') ? send(request) : edit(request)),
    isSuccess: (status, body) => status === 200 && body.startsWith('{"ok":true'),
    refuse({ path, headers, body }) {
      const bad = (fault: string, words: string) => ({ fault, ...refuses(words) });
      if (headers['content-type'] !== 'application/json') return bad('not sent as JSON', 'chat_id is empty');
      const asWas = String(body.chat_id) === telegramChat && chat.moved !== undefined;
      if (!asWas && String(body.chat_id) !== here()) return bad('to nobody', 'chat not found');
      const edits = path.endsWith('/editMessageText');
      const [fault] = [...telegramFaults(body, edits ? ['message_id'] : ['message_thread_id', 'reply_parameters'])];
      return fault === undefined ? undefined : bad(fault, `can't parse entities: ${fault}`);
    },
  });

  const done = (message_id: number, posts: boolean): Answered => ({
    status: 200,
    body: JSON.stringify({ ok: true, result: { message_id, date: 1795489446 } }),
    ...(!posts && { posts }),
  });
  const upgraded = (body: TelegramBody) =>
    String(body.chat_id) === here()
      ? undefined
      : refuses('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.moved });

  function send({ body }: Taken<TelegramBody>): Answered {
    const elsewhere = upgraded(body);
    if (elsewhere) return elsewhere;
    const { message_id: answered, allow_sending_without_reply: anyway } = body.reply_parameters ?? {};
    const under = `${here()}/${answered}`;
    const there = room.find(under) !== undefined;
    if (answered !== undefined && !there && !anyway) return refuses('message to be replied not found');
    const id = next++;
    room.add({ reference: `${here()}/${id}`, body, ...(there && { under }) });
    return done(id, true);
  }

  function edit({ body }: Taken<TelegramBody>): Answered {
    const elsewhere = upgraded(body);
    if (elsewhere) return elsewhere;
    const { chat_id: _chat, message_id: id = 0, ...change } = body;
    const old = room.find(`${here()}/${id}`)?.body;
    if (!old) return refuses('message to edit not found');
    if (chat.editTimeOver) return refuses("message can't be edited");
    if (old.text === change.text && JSON.stringify(old['entities']) === JSON.stringify(change['entities'])) {
      return refuses('message is not modified: specified new message content and reply markup are exactly the same');
    }
    // What the new text has no entities for is gone.
    room.edit(`${here()}/${id}`, { ...change, entities: change['entities'] });
    return done(id, false);
  }
  return { ...receiver, room, chat };
}

const refuses = (words: string, parameters?: object): Answered => ({
  status: 400,
  body: telegramError(400, `Bad Request: ${words}`, parameters),
  posts: false,
});

export const telegramError = (code: number, description: string, parameters?: object): string =>
  JSON.stringify({ ok: false, error_code: code, description, ...(parameters && { parameters }) });

const always = ['chat_id', 'text', 'entities', 'link_preview_options'];
const looks = ['bold', 'italic', 'code', 'text_link', 'text_mention', 'date_time'];

/**
 * What Telegram, or its readers, would not take of a message; empty when it is fine. Written from its documents and the
 * source of its own client (https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp), not from our builder.
 */
export function telegramFaults(payload: unknown, known: readonly string[] = []): string[] {
  const { text, entities = [], link_preview_options: preview, ...rest } = isRecord(payload) ? payload : {};
  const faults: string[] = [];
  const strange = Object.keys(rest).filter((name) => ![...always, ...known].includes(name));
  if (strange.length > 0) faults.push(`strange: ${strange}`);
  if (rest['message_thread_id'] !== undefined && !Number.isInteger(rest['message_thread_id'])) faults.push('no topic');
  if (typeof text !== 'string' || text.trim() !== text || text === '')
    return [...faults, 'text is empty or has blanks'];
  if (text.length > 4096) faults.push(`text has ${text.length} units`);
  if (!text.isWellFormed()) faults.push('text has half a character');
  if (!isRecord(preview) || preview['is_disabled'] !== true) faults.push('a link grows a preview');
  if (!Array.isArray(entities) || entities.length > 100) return [...faults, 'too many entities'];
  let end = 0;
  for (const entity of entities as Record<string, unknown>[]) {
    const { type, offset, length } = entity as { type: string; offset: number; length: number };
    const part = text.slice(offset, offset + length);
    if (!looks.includes(type)) faults.push(`there is no ${type}`);
    if (!(Number.isInteger(offset) && Number.isInteger(length) && length > 0)) faults.push(`${type} is nowhere`);
    if (offset < end || offset + length > text.length) faults.push(`${type} overlaps another or the end`);
    if (!part.isWellFormed()) faults.push(`${type} begins or ends within a character`);
    if (type === 'text_link' && !/^https:\/\/\S+$/.test(String(entity['url']))) faults.push('a link to nowhere');
    if (type === 'text_mention' && !(isRecord(entity['user']) && Number.isSafeInteger(entity['user']['id'])))
      faults.push('a mention of nobody');
    if (type === 'date_time' && !(Number.isInteger(entity['unix_time']) && entity['date_time_format'] === 'Dt'))
      faults.push('no date');
    end = offset + length;
  }
  for (const [what, pattern] of Object.entries(found)) {
    const [hit] = text.match(pattern) ?? [];
    if (hit !== undefined) faults.push(`${what} is found in it: ${hit}`);
  }
  return faults;
}

/** What clients make of any text by themselves, apart from names. */
const found = {
  'a tag': /(?<![\p{L}\p{Nd}_])#[\p{L}\p{Nd}_]*\p{L}/u,
  'a cashtag': /(?<![$\p{L}\p{Nd}_])\$(?:1INCH|[A-Z]{1,8})(?![$\p{L}\p{Nd}_])/u,
  'a command': /(?<![\p{L}\p{N}_/<>])\/[a-zA-Z0-9_]{1,64}(?![\p{L}\p{N}_/<>])/u,
  'an address': /[\p{L}\p{N}_-]\.(?:xn--\w+|\p{L}{2,})(?![\p{L}\p{N}_-])|(?:https?|tg|ton):\/\/[\p{L}\p{N}]/iu,
};

/** Whom a text calls by name, entities apart. */
export const namesCalledIn = (text: string): string[] =>
  Array.from(text.matchAll(/(?<![\p{L}\p{N}_])@([a-zA-Z0-9_]{2,32})(?![\p{L}\p{N}_])/gu), ([, name = '']) => name);
