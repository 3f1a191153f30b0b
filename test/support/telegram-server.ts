import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

export type TelegramBody = Readonly<Record<string, unknown>> & { readonly chat_id: string; readonly text: string };

export const telegramToken = '123456789:AAsecret_token-of-a-bot-for-the-tests';
export const telegramChat = '-4012345678';
const prefix = '/own-bot-api-server-behind-this-path';

/** A Bot API server: it knows one bot and one chat, until `moved` says that the chat has another id now. */
export function startTelegramReceiver({ moved }: { readonly moved?: number } = {}): Promise<Receiver<TelegramBody>> {
  const here = moved === undefined ? telegramChat : String(moved);
  return startReceiver<TelegramBody>({
    address: prefix,
    path: `${prefix}/bot${telegramToken}/sendMessage`,
    success: { status: 200, body: '{"ok":true,"result":{"message_id":4711,"date":1795489446}}' },
    isSuccess: (status, body) => status === 200 && body.startsWith('{"ok":true'),
    refuse({ headers, body }) {
      const bad = (fault: string, words: string, parameters?: object) => ({
        fault,
        status: 400,
        body: telegramError(400, `Bad Request: ${words}`, parameters),
      });
      if (headers['content-type'] !== 'application/json') return bad('not sent as JSON', 'chat_id is empty');
      if (moved !== undefined && String(body.chat_id) === telegramChat) {
        const words = 'group chat was upgraded to a supergroup chat';
        return bad('to the group that was', words, { migrate_to_chat_id: moved });
      }
      if (String(body.chat_id) !== here) return bad('to nobody', 'chat not found');
      const [fault] = telegramFaults(body);
      return fault === undefined ? undefined : bad(fault, `can't parse entities: ${fault}`);
    },
  });
}

export const telegramError = (code: number, description: string, parameters?: object): string =>
  JSON.stringify({ ok: false, error_code: code, description, ...(parameters && { parameters }) });

const known = ['chat_id', 'message_thread_id', 'text', 'entities', 'link_preview_options'];
const looks = ['bold', 'italic', 'code', 'text_link', 'text_mention', 'date_time'];

/**
 * What Telegram, or its readers, would not take of a message; empty when it is fine. Written from its documents and the
 * source of its own client (https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp), not from our builder.
 */
export function telegramFaults(payload: unknown): string[] {
  const { text, entities = [], link_preview_options: preview, ...rest } = isRecord(payload) ? payload : {};
  const faults: string[] = [];
  const strange = Object.keys(rest).filter((name) => !known.includes(name));
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
