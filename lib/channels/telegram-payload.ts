import type { Message } from '../core/message.ts';
import { createFit, type Fit } from './fit.ts';
import { callsAmong } from './mentions.ts';
import { type Outline, outlineOf } from './outline.ts';

/**
 * A message as a Telegram bot sends it, but for the chat (https://core.telegram.org/bots/api#sendmessage). What looks
 * different is told by `entities`, so that no text is ever markup.
 */
export type TelegramPayload = {
  text: string;
  entities?: Entity[];
  link_preview_options: { is_disabled: true };
};

/** `offset` and `length` in UTF-16 units, which is how JavaScript counts as well. */
type Entity = Look & { offset: number; length: number };
type Look =
  | { type: 'bold' | 'italic' | 'code' }
  | { type: 'text_link'; url: string }
  | { type: 'text_mention'; user: { id: number } }
  | { type: 'date_time'; unix_time: number; date_time_format: 'Dt' };

type Piece = { readonly text: string; readonly look?: Look };
type Line = readonly Piece[];

/** Units that a message may have, and the parts of it, each of which is cut for itself. */
const most = {
  text: 4096,
  headline: 600,
  facts: 1100,
  fact: 700,
  notes: 500,
  advice: 500,
  id: 200,
  call: 150,
} as const;

/** By name, or by the id of somebody who has none. Telegram has nobody like "here" or "all". */
export const telegramMentions = { user: /^(?:@?[A-Za-z]\w{3,31}|\d{5,15})$/ } as const;

export function telegramPayload(message: Message, { plain }: { readonly plain: boolean }): TelegramPayload {
  const fit = createFit({ more: message.labels.more });
  const calls = callsOf(message, fit);
  const quiet = { link_preview_options: { is_disabled: true } } as const;
  if (plain) {
    const called = calls.map(({ text }) => text).join(' ');
    const [first = '', ...lines] = fit.all(message.text.split('\n').map(guarded), most.text - called.length - 1);
    return { text: [first, ...(called === '' ? [] : [called]), ...lines].join('\n'), ...quiet };
  }
  const outline = outlineOf(message);
  const head: Line[] = [
    [{ text: `${message.icon} ` }, { text: fit.cut(guarded(message.title), most.headline), look: { type: 'bold' } }],
    ...(calls.length === 0 ? [] : [calls.flatMap((call) => [call, { text: ' ' }]).slice(0, -1)]),
  ];
  const heading: Line[] = outline.heading === undefined ? [] : [[{ text: outline.heading, look: { type: 'bold' } }]];
  const tail = [...factsOf(message, fit), ...tailOf(outline, fit)];
  const room = most.text - lengthOf([...head, ...heading, ...tail]) - 10;
  const lines = fit.all(outline.lines.map(guarded), room).map((text): Line => [{ text }]);
  const list = [...heading, ...lines];
  return { ...laidOut([...head, ...(list.length === 0 ? [] : [[], ...list]), [], ...tail]), ...quiet };
}

function laidOut(lines: readonly Line[]): { text: string; entities: Entity[] } {
  const entities: Entity[] = [];
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (index > 0) text += '\n';
    for (const piece of line) {
      if (piece.look) entities.push({ ...piece.look, offset: text.length, length: piece.text.length });
      text += piece.text;
    }
  }
  return { text, entities };
}

const lengthOf = (lines: readonly Line[]): number =>
  lines.flat().reduce((sum, { text }) => sum + text.length, lines.length);

/** Clients show a `date_time` in the reader's own zone, and older ones the text: it has its zone with it. */
function factsOf({ facts, labels }: Message, fit: Fit): Line[] {
  const values = fit.all(
    facts.map(({ value }) => guarded(value)),
    most.facts,
    most.fact,
  );
  return facts.map(({ label, time = '' }, index) => {
    const value = values[index] ?? '';
    const seconds = Math.floor(Date.parse(time) / 1000);
    if (Number.isNaN(seconds)) return [{ text: labels.pair(label, value) }];
    return [
      { text: labels.pair(label, '') },
      { text: value, look: { type: 'date_time', unix_time: seconds, date_time_format: 'Dt' } },
    ];
  });
}

function tailOf({ advice, notes, link, id }: Outline, fit: Fit): Line[] {
  return [
    ...(advice === undefined ? [] : [[{ text: fit.cut(guarded(advice), most.advice) }]]),
    ...fit.all(notes.map(guarded), most.notes).map((text): Line => [{ text, look: { type: 'italic' } }]),
    ...(link ? [[{ text: link.label, look: { type: 'text_link', url: link.url } as const }]] : []),
    [{ text: fit.cut(id, most.id), look: { type: 'code' } }],
  ];
}

/** The only place that calls people: a name calls by itself, an id needs its entity. Nobody else's `@` does either. */
const callsOf = ({ mention }: Message, fit: Fit): Piece[] =>
  callsAmong(mention, telegramMentions)
    .slice(0, 5)
    .map(({ text, call }) => {
      if (call === undefined || !('id' in call)) return { text: fit.cut(guarded(text), most.call) };
      if (!/^\d/.test(call.id)) return { text: `@${call.id.replace('@', '')}` };
      return { text: call.id, look: { type: 'text_mention', user: { id: Number(call.id) } } };
    });

/**
 * Telegram finds names, tags, commands and addresses in any text, and takes no word for it that they are none; only
 * `code` stops it, in a fixed-width font. So a WORD JOINER, which nobody sees, stands where one would begin. An address
 * ends in a word of letters: the names of versions and images stay as they can be searched for.
 * What it finds: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp
 */
const guarded = (text: string): string =>
  text.replace(
    /@(?=\w)|#(?=[^\s\d])|#(?=\d+[^\s\d])|\$(?=[A-Z1])|(?<![\p{L}\p{N}_/<>])\/(?=\w)|\.(?=xn--|\p{L}{2,}(?![\p{L}\p{N}_-]))|:(?=\/\/)/gu,
    '$&\u2060',
  );
