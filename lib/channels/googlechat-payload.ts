import type { Message, Tone } from '../core/message.ts';
import { createFit, type Fit, inJsonBytes } from './fit.ts';
import { callsAmong } from './mentions.ts';
import { type Outline, outlineOf } from './outline.ts';
import { keyOf } from './plan-key.ts';

/**
 * A message as an incoming webhook of Google Chat takes it (https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages).
 *
 * What people typed goes into a card, whose texts are HTML of a few tags and so can be escaped; `text`, which has a
 * markup that cannot, holds mentions alone. No header: it cuts a title at two lines, and has no colour.
 */
export type GoogleChatPayload = {
  text?: string;
  fallbackText?: string;
  cardsV2?: [{ cardId: string; card: { sections: { widgets: Widget[] }[] } }];
  thread?: { threadKey: string };
};

type Widget =
  | { textParagraph: { text: string } }
  | { buttonList: { buttons: [{ text: string; onClick: { openLink: { url: string } } }] } };

/** In bytes of JSON. The whole message may have 32,000, and all of this together has less. */
const most = {
  title: 1500,
  lines: 16_000,
  facts: 4000,
  fact: 2000,
  text: 1500,
  call: 150,
  id: 300,
  fallback: 1000,
  plain: 24_000,
} as const;

const colors: Record<Tone, string> = {
  good: '#188038',
  bad: '#d93025',
  warning: '#b06000',
  info: '#1967d2',
  neutral: '#5f6368',
};

/** Google's own ids of people, which are numbers: https://developers.google.com/workspace/chat/format-messages#messages-@mention */
export const googleChatMentions = { all: true, user: /^\d{10,30}$/ } as const;

export function googleChatPayload(message: Message, { plain }: { readonly plain: boolean }): GoogleChatPayload {
  const { more } = message.labels;
  const { calls, others } = callsOf(message);
  const thread = threadOf(message);
  if (plain) {
    const fit = createFit({ escape: (character) => fenced[character] ?? character, measure: inJsonBytes, more });
    const lines = fit.all([...others, ...message.text.split('\n')], most.plain);
    return { text: [...calls, '```', ...lines, '```'].join('\n'), ...thread };
  }
  const fit = createFit({ escape: (character) => entities[character] ?? character, measure: inJsonBytes, more });
  const outline = outlineOf(message);
  return {
    ...(calls.length > 0 && { text: calls.join(' ') }),
    fallbackText: createFit({ measure: inJsonBytes, more }).cut(outline.headline, most.fallback),
    cardsV2: [{ cardId: 'planwatch', card: { sections: sectionsOf(outline, message, others, fit) } }],
    ...thread,
  };
}

function sectionsOf(outline: Outline, message: Message, others: readonly string[], fit: Fit): { widgets: Widget[] }[] {
  const { icon, title, tone, facts, labels } = message;
  const { heading, lines, advice, notes, link, id } = outline;
  const values = fit.all(
    facts.map(({ value }) => value),
    most.facts,
    most.fact,
  );
  const named = facts.map(({ label }, index) => labels.pair(`<b>${fit.escaped(label)}</b>`, values[index] ?? ''));
  const listed = fit.all(lines, most.lines);
  const small = [...others, ...notes].slice(0, 20);
  return [
    {
      widgets: [
        paragraph([`${icon} <b><font color="${colors[tone]}">${fit.cut(title, most.title)}</font></b>`]),
        ...paragraphs([...(heading === undefined ? [] : [`<b>${fit.escaped(heading)}</b>`]), ...listed]),
      ],
    },
    {
      widgets: [
        ...paragraphs([...named, ...(advice === undefined ? [] : [fit.cut(advice, most.text)])]),
        paragraph([...fit.all(small, most.text, most.call), fit.cut(id, most.id)].map((text) => `<i>${text}</i>`)),
        ...(link ? [button(link)] : []),
      ],
    },
  ];
}

/** One thread a plan, and one a source for what planwatch says of itself; a digest is about many and begins its own. */
function threadOf({ events: [first, ...rest] }: Message): Pick<GoogleChatPayload, 'thread'> {
  return first === undefined || rest.length > 0 ? {} : { thread: { threadKey: keyOf(first) } };
}

/** The only place that calls people. One that Google Chat has no way to call is shown as it was written, in the card. */
function callsOf({ mention }: Message): { readonly calls: string[]; readonly others: string[] } {
  const all = callsAmong(mention, googleChatMentions).slice(0, 20);
  return {
    calls: all.flatMap(({ call }) => (call ? [`<users/${'id' in call ? call.id : 'all'}>`] : [])),
    others: all.flatMap(({ text, call }) => (call ? [] : [text])),
  };
}

const paragraph = (lines: readonly string[]): Widget => ({ textParagraph: { text: lines.join('\n') } });
const paragraphs = (lines: readonly string[]): Widget[] => (lines.length === 0 ? [] : [paragraph(lines)]);
const button = ({ label, url }: { readonly label: string; readonly url: string }): Widget => ({
  buttonList: { buttons: [{ text: label, onClick: { openLink: { url } } }] },
});

/** https://developers.google.com/workspace/chat/format-messages#card-formatting */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** In a block of code nothing is markup; what could end it, or call somebody, is parted by a WORD JOINER, which nobody sees. */
const fenced: Readonly<Record<string, string>> = { '`': '`\u2060', '<': '<\u2060' };
