import type { Message, Tone } from '../core/message.ts';
import { createFit, type Fit, inJsonBytes } from './fit.ts';
import { type Outline, outlineOf } from './outline.ts';
import { callsOf, signature } from './robot.ts';

/**
 * A message as Feishu and Lark take it from a custom bot: a card of JSON structure 1.0
 * (https://open.feishu.cn/document/feishu-cards/card-json-structure), or in its plain form a post.
 *
 * What people typed goes only into `plain_text` and a post's `text`, where nothing is markup or a mention; `markdown`
 * holds mentions and our own heading. Structure 2.0 could show times in the reader's zone, but a client that is older
 * than 7.20 shows nothing of such a card.
 */
export type FeishuPayload =
  | { msg_type: 'interactive'; card: Card }
  | { msg_type: 'post'; content: { post: { zh_cn: { title: string; content: Part[][] } } } };

type Card = {
  config: { wide_screen_mode: true };
  header: { template: string; title: Plain };
  elements: Element[];
};

type Plain = { tag: 'plain_text'; content: string };
type Element =
  | { tag: 'markdown'; content: string }
  | { tag: 'div'; text: Plain }
  | { tag: 'div'; fields: { is_short: boolean; text: Plain }[] }
  | { tag: 'note'; elements: Plain[] }
  | { tag: 'action'; actions: { tag: 'button'; type: 'default'; text: Plain; url: string }[] };

type Part = { tag: 'text'; text: string } | { tag: 'at'; user_id: string };

/** The whole request may have 20 kB; these are bytes of JSON, and leave room for the signature. */
const most = { card: 18_500, post: 15_000, title: 500, facts: 4000, text: 2000, mentions: 20 } as const;

/** The colours that a card's header has. */
const templates: Record<Tone, string> = {
  good: 'green',
  bad: 'red',
  warning: 'orange',
  info: 'blue',
  neutral: 'grey',
};

/** A custom bot calls by open_id (ou_…) or user_id: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export const feishuMentions = { all: true, user: /^[A-Za-z0-9_-]{1,64}$/ } as const;

export function feishuPayload(message: Message, { plain }: { readonly plain: boolean }): FeishuPayload {
  const fit = createFit({ measure: inJsonBytes, more: message.labels.more });
  return plain
    ? { msg_type: 'post', content: { post: { zh_cn: postOf(message, fit) } } }
    : { msg_type: 'interactive', card: cardOf(message, fit) };
}

function cardOf(message: Message, fit: Fit): Card {
  const outline = outlineOf(message);
  const title = fit.cut(outline.headline, most.title);
  const calls = calledBy(message)
    .map((call) => ('id' in call ? `<at id=${call.id}></at>` : ''))
    .join('');
  const shown = calledBy(message).flatMap((call) => ('text' in call ? [fit.cut(call.text, 300)] : []));
  const head: Element[] = [
    ...(title === fit.escaped(outline.headline) ? [] : [div(fit.cut(outline.headline, most.text))]),
    ...(calls === '' ? [] : [markdown(calls)]),
    ...(shown.length === 0 ? [] : [div(shown.join(' '))]),
    ...(outline.heading === undefined ? [] : [markdown(`**${outline.heading}**`)]),
  ];
  const tail = tailOf(outline, message, fit);
  const card = (elements: Element[]): Card => ({
    config: { wide_screen_mode: true },
    header: { template: templates[message.tone], title: plainText(title) },
    elements,
  });
  // A line break is two bytes of JSON, and the element around the lines is not there yet.
  const used = Buffer.byteLength(JSON.stringify(card([...head, ...tail]))) + outline.lines.length + 100;
  const lines = fit.all(outline.lines, most.card - used, most.text);
  return card([...head, ...(lines.length === 0 ? [] : [div(lines.join('\n'))]), ...tail]);
}

/** What stands below the failures or the digest's lines. */
function tailOf({ advice, notes, link, id }: Outline, { facts, labels }: Message, fit: Fit): Element[] {
  const pairs = (timed: boolean) =>
    facts.filter(({ time }) => (time !== undefined) === timed).map(({ label, value }) => labels.pair(label, value));
  const fields = fit.all(pairs(false), most.facts, most.text);
  const small = [...notes, pairs(true).join(' · '), signature(id)].filter((text) => text !== '');
  return [
    ...(fields.length === 0 ? [] : [{ tag: 'div' as const, fields: fields.map(fieldOf) }]),
    ...(advice === undefined ? [] : [div(fit.cut(advice, most.text))]),
    ...(link === undefined
      ? []
      : [
          {
            tag: 'action' as const,
            actions: [
              {
                tag: 'button' as const,
                type: 'default' as const,
                text: plainText(fit.cut(link.label, 300)),
                url: link.url,
              },
            ],
          },
        ]),
    ...fit.all(small, most.text).map((text) => ({ tag: 'note' as const, elements: [plainText(text)] })),
  ];
}

/** Two columns are narrow: a sentence reads better across the whole width. */
const fieldOf = (text: string) => ({ is_short: text.length <= 40, text: plainText(text) });

function postOf(message: Message, fit: Fit): { title: string; content: Part[][] } {
  const [title = '', ...lines] = fit.all([...message.text.split('\n').slice(0, -1), signature(message.id)], most.post);
  const calls = calledBy(message).map(
    (call): Part =>
      'id' in call ? { tag: 'at', user_id: call.id } : { tag: 'text', text: fit.cut(`${call.text} `, 300) },
  );
  return {
    title,
    content: [...(calls.length === 0 ? [] : [calls]), ...lines.map((text): Part[] => [{ tag: 'text', text }])],
  };
}

/** The only place that calls people. One that Feishu has no way to call is shown as it was written. */
const calledBy = (message: Message): ({ readonly id: string } | { readonly text: string })[] =>
  callsOf(message, feishuMentions, most.mentions).map(({ text, call }) =>
    call === undefined ? { text } : { id: 'id' in call ? call.id : 'all' },
  );

const plainText = (content: string): Plain => ({ tag: 'plain_text', content });
const div = (content: string): Element => ({ tag: 'div', text: plainText(content) });
const markdown = (content: string): Element => ({ tag: 'markdown', content });
