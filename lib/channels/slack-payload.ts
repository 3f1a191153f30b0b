import type { Fact, Message, Tone } from '../core/message.ts';
import { createFit, type Fit } from './fit.ts';
import type { Answers } from './meaning.ts';
import { callsAmong } from './mentions.ts';
import { type Outline, outlineOf } from './outline.ts';

/**
 * A message as Slack takes it (https://docs.slack.dev/reference/block-kit/blocks).
 *
 * What people typed goes only into `plain_text`, where Slack reads no markup, link, emoji code or mention; `mrkdwn`
 * holds our own words alone. The headline is a block and not `text`: beside attachments `text` would be shown as well,
 * so that everything were there twice; beside blocks it is what a notification and a screen reader say.
 */
export type SlackPayload = {
  text: string;
  unfurl_links: false;
  unfurl_media: false;
  /** Plain form only: without blocks `text` is what is shown, and `*` in a name is no bold. */
  mrkdwn?: false;
  blocks?: Block[];
  attachments?: { color: string; fallback: string; blocks: Block[] }[];
};

type Plain = { type: 'plain_text'; text: string; emoji: false };
/** `verbatim`: a bare `@here`, `#channel` or URL stays text. */
type Markup = { type: 'mrkdwn'; text: string; verbatim: true };

type Block =
  | { type: 'header'; text: Plain }
  | { type: 'section'; text: Plain | Markup }
  | { type: 'section'; fields: Plain[] }
  | { type: 'context'; elements: (Plain | Markup)[] };

/** What Slack says of a payload that it does not take, through a webhook or as a bot. */
export const slackRefusals: Answers = {
  invalid_blocks: 'rejected',
  invalid_blocks_format: 'rejected',
  invalid_attachments: 'rejected',
  no_text: 'rejected',
  msg_too_long: 'rejected',
  msg_blocks_too_long: 'rejected',
  too_many_attachments: 'rejected',
  missing_text_or_fallback_or_attachments: 'rejected',
};

/** Slack's own limits, https://docs.slack.dev/reference/block-kit/blocks/section-block and its neighbours; counted after escaping. */
const most = { header: 150, section: 3000, fields: 10, text: 3900, mentions: 1000 } as const;
/** All blocks together: `msg_blocks_too_long` was met near 13,200 (https://github.com/slackapi/bolt-js/issues/2509). */
const mostInAll = 12_000;
const colors: Record<Tone, string> = {
  good: '#2eb67d',
  bad: '#e01e5a',
  warning: '#ecb22e',
  info: '#36a3d9',
  neutral: '#8d8d8d',
};

/** The ids that stand behind a name in Slack (U… or W…, S…): a name in their place would call nobody. */
export const slackMentions = { here: true, all: true, user: /^[A-Z0-9]{2,40}$/, group: /^[A-Z0-9]{2,40}$/ } as const;

export function slackPayload(message: Message, { plain }: { readonly plain: boolean }): SlackPayload {
  const fit = createFit({ escape: (character) => entities[character] ?? character, more: message.labels.more });
  const mentions = mentionsOf(message, fit);
  const lines = fit.all(message.text.split('\n'), most.text - mentions.length);
  const quiet = { unfurl_links: false, unfurl_media: false } as const;
  const text = [mentions, lines.join('\n')].filter((part) => part !== '').join(' ');
  if (plain) return { text, mrkdwn: false, ...quiet };

  const outline = outlineOf(message);
  const head = headOf(outline, mentions, fit);
  const tail = tailOf(outline, message, fit);
  const room = mostInAll - lengthOf([...head, ...tail]) - 100;
  const listed = listOf(outline, fit.all(outline.lines, room, most.section), fit);
  const fallback = fit.cut(outline.headline, most.section);
  return {
    text,
    ...quiet,
    blocks: head,
    attachments: [{ color: colors[message.tone], fallback, blocks: [...listed, ...tail] }],
  };
}

function headOf({ headline }: Outline, mentions: string, fit: Fit): Block[] {
  const short = fit.cut(headline, most.header);
  return [
    { type: 'header', text: plainText(short) },
    ...(short === fit.escaped(headline) ? [] : [section(plainText(fit.cut(headline, 1000)))]),
    ...(mentions === '' ? [] : [section(markup(mentions))]),
  ];
}

const listOf = ({ heading }: Outline, lines: readonly string[], fit: Fit): Block[] => [
  ...(heading === undefined ? [] : [section(markup(`*${heading}*`))]),
  ...fit.pack(lines, most.section).map((text) => section(plainText(text))),
];

/** What stands below the failures or the digest's lines. */
function tailOf({ advice, notes, link, id }: Outline, { facts, labels }: Message, fit: Fit): Block[] {
  const texts = facts.filter((fact) => fact.time === undefined).map(({ label, value }) => labels.pair(label, value));
  const fitted = fit.all(texts, 2500, 2000);
  // Two columns are narrow: a sentence reads better across the whole width.
  const [short, long] = [fitted.filter((text) => text.length <= 100), fitted.filter((text) => text.length > 100)];
  const times = facts.filter((fact) => fact.time !== undefined).map((fact) => dateOf(fact, fit));
  const small: (Plain | Markup)[] = [
    ...(times.length > 0 ? [markup(times.join(' · '))] : []),
    ...(link ? [markup(`<${fit.escaped(link.url)}|${fit.escaped(link.label)}>`)] : []),
    plainText(fit.cut(id, 300)),
  ];
  return [
    ...long.map((text) => section(plainText(text))),
    ...(short.length > 0
      ? [{ type: 'section' as const, fields: short.slice(0, most.fields).map((text) => plainText(text)) }]
      : []),
    ...(advice === undefined ? [] : [section(plainText(fit.cut(advice, 1000)))]),
    ...fit.all(notes, 1000).map((note) => ({ type: 'context' as const, elements: [plainText(note)] })),
    { type: 'context', elements: small },
  ];
}

/** In the reader's own time zone; the words behind the bar are for clients that cannot. */
function dateOf({ label, value, time = '' }: Fact, { escaped }: Fit): string {
  const seconds = Math.floor(Date.parse(time) / 1000);
  const date = `<!date^${seconds}^{date_short_pretty} {time}|${escaped(value)}>`;
  return `${escaped(label)} ${Number.isNaN(seconds) ? escaped(value) : date}`;
}

/** The only place that calls people. One that Slack has no way to call is shown as it was written. */
function mentionsOf({ mention }: Message, fit: Fit): string {
  const calls = callsAmong(mention, slackMentions).map(({ text, call }) => {
    if (call === undefined) return fit.cut(text, 100);
    if ('id' in call) return call.sort === 'user' ? `<@${call.id}>` : `<!subteam^${call.id}>`;
    return call.sort === 'here' ? '<!here>' : '<!channel>';
  });
  return fit.pack(calls, most.mentions, ' ')[0] ?? '';
}

const section = (text: Plain | Markup): Block => ({ type: 'section', text });
const plainText = (text: string): Plain => ({ type: 'plain_text', text, emoji: false });
const markup = (text: string): Markup => ({ type: 'mrkdwn', text, verbatim: true });

/** Exactly these three, https://docs.slack.dev/messaging/formatting-message-text#escaping */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const lengthOf = (blocks: readonly Block[]): number =>
  blocks.flatMap(textsOf).reduce((sum, { text }) => sum + text.length, 0);

const textsOf = (block: Block): (Plain | Markup)[] => {
  if (block.type === 'context') return block.elements;
  return 'fields' in block ? block.fields : [block.text];
};
