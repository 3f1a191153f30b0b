import { cut } from '../core/event.ts';
import type { Fact, Message, Tone } from '../core/message.ts';

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

/** Slack's own limits, https://docs.slack.dev/reference/block-kit/blocks/section-block and its neighbours; counted after escaping. */
const most = { header: 150, section: 3000, fields: 10, text: 3900, mentions: 1000 } as const;
/** All blocks together: `msg_blocks_too_long` was met near 13,200 (https://github.com/slackapi/bolt-js/issues/2509). */
const mostInAll = 12_000;
/** A text under this is no help to a reader: then fewer are shown, and how many are left out. */
const leastLine = 40;
/** A name longer than this must not push what happened to it out of its line. */
const mostName = 120;

const colors: Record<Tone, string> = {
  good: '#2eb67d',
  bad: '#e01e5a',
  warning: '#ecb22e',
  info: '#36a3d9',
  neutral: '#8d8d8d',
};

export function slackPayload(message: Message, { plain }: { readonly plain: boolean }): SlackPayload {
  const mentions = mentionsOf(message);
  const lines = fitAll(message.text.split('\n'), most.text - mentions.length);
  const quiet = { unfurl_links: false, unfurl_media: false } as const;
  const text = [mentions, lines.join('\n')].filter((part) => part !== '').join(' ');
  if (plain) return { text, mrkdwn: false, ...quiet };

  const head = headOf(message, mentions);
  const tail = tailOf(message);
  const middle = [
    ...message.failures.map(({ component, reason }) => `• ${cut(component, mostName)}: ${reason}`),
    ...message.lines.map(({ icon, title, detail }) => `${icon} ${cut(title, mostName)}${detail && `: ${detail}`}`),
  ];
  const listed = listOf(message, fitAll(middle, mostInAll - lengthOf([...head, ...tail]) - 100, most.section));
  const fallback = escapeFit(`${message.icon} ${message.title}`, most.section);
  return {
    text,
    ...quiet,
    blocks: head,
    attachments: [{ color: colors[message.tone], fallback, blocks: [...listed, ...tail] }],
  };
}

function headOf({ icon, title }: Message, mentions: string): Block[] {
  const headline = `${icon} ${title}`;
  const short = escapeFit(headline, most.header);
  return [
    { type: 'header', text: plainText(short) },
    ...(short === escaped(headline) ? [] : [{ type: 'section' as const, text: plainText(escapeFit(headline, 1000)) }]),
    ...(mentions === '' ? [] : [{ type: 'section' as const, text: markup(mentions) }]),
  ];
}

function listOf({ failures }: Message, lines: readonly string[]): Block[] {
  const heading = failures.length === 1 ? '*The component that failed*' : `*${failures.length} components failed*`;
  return [
    ...(failures.length > 0 ? [{ type: 'section' as const, text: markup(heading) }] : []),
    ...pack(lines, most.section).map((text) => ({ type: 'section' as const, text: plainText(text) })),
  ];
}

/** What stands below the failures or the digest's lines. */
function tailOf({ facts, advice, notes, link, id }: Message): Block[] {
  const texts = facts.filter((fact) => fact.time === undefined).map(({ label, value }) => `${label}: ${value}`);
  const fitted = fitAll(texts, 2500, 2000);
  // Two columns are narrow: a sentence reads better across the whole width.
  const [short, long] = [fitted.filter((text) => text.length <= 100), fitted.filter((text) => text.length > 100)];
  const times = facts.filter((fact) => fact.time !== undefined).map(dateOf);
  const small: (Plain | Markup)[] = [
    ...(times.length > 0 ? [markup(times.join(' · '))] : []),
    ...(link && link.url.length < 2000 ? [markup(`<${escaped(link.url)}|${escaped(link.label)}>`)] : []),
    plainText(escapeFit(id, 300)),
  ];
  return [
    ...long.map((text) => ({ type: 'section' as const, text: plainText(text) })),
    ...(short.length > 0
      ? [{ type: 'section' as const, fields: short.slice(0, most.fields).map((text) => plainText(text)) }]
      : []),
    ...(advice ? [{ type: 'section' as const, text: plainText(escapeFit(`What to do: ${advice}`, 1000)) }] : []),
    ...fitAll(notes, 1000).map((note) => ({ type: 'context' as const, elements: [plainText(note)] })),
    { type: 'context', elements: small },
  ];
}

/** In the reader's own time zone; the words behind the bar are for clients that cannot. */
function dateOf({ label, value, time = '' }: Fact): string {
  const seconds = Math.floor(Date.parse(time) / 1000);
  const date = `<!date^${seconds}^{date_short_pretty} {time}|${escaped(value)}>`;
  return `${escaped(label)} ${Number.isNaN(seconds) ? escaped(value) : date}`;
}

/** The only place that calls people. One that Slack has no way to call is shown as it was written. */
function mentionsOf({ mention }: Message): string {
  const calls = mention.map((one) => {
    if (one === 'here') return '<!here>';
    if (one === 'all') return '<!channel>';
    const [, kind, id] = /^(user|group):([A-Z0-9]{2,40})$/.exec(one) ?? [];
    if (kind === 'user') return `<@${id}>`;
    return kind === 'group' ? `<!subteam^${id}>` : escapeFit(one, 100);
  });
  return pack(calls, most.mentions, ' ')[0] ?? '';
}

const plainText = (text: string): Plain => ({ type: 'plain_text', text, emoji: false });
const markup = (text: string): Markup => ({ type: 'mrkdwn', text, verbatim: true });

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Exactly these three, https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string): string => text.replace(/[&<>]/g, (one) => entities[one] ?? one);

/** Escapes, and cuts between characters where the result is longer than `longest`. */
function escapeFit(text: string, longest: number): string {
  if (text.length <= longest) {
    const whole = escaped(text);
    if (whole.length <= longest) return whole;
  }
  let fitted = '';
  for (const character of text) {
    const next = entities[character] ?? character;
    if (fitted.length + next.length >= longest) break;
    fitted += next;
  }
  return `${fitted}…`;
}

/**
 * Escapes texts so that together, a line each, they fit `budget`: the longest are cut first, so that short ones stay
 * whole and every one is there.
 */
function fitAll(texts: readonly string[], budget: number, longest = budget): string[] {
  const room = Math.max(1, Math.floor(budget / leastLine) - 1);
  const shown = texts.slice(0, texts.length > room ? room : texts.length);
  const each = Math.min(longest, shareOf(shown, budget - shown.length - leastLine));
  const fitted = shown.map((text) => escapeFit(text, each));
  return shown.length < texts.length ? [...fitted, `… (${texts.length - shown.length} more)`] : fitted;
}

/** The length at which cutting makes them fit: what short texts leave of their share goes to the others. */
function shareOf(texts: readonly string[], budget: number): number {
  const lengths = texts.map((text) => escaped(text.slice(0, budget)).length).sort((a, b) => a - b);
  let left = budget;
  for (const [index, length] of lengths.entries()) {
    const share = Math.floor(left / (lengths.length - index));
    if (length > share) return share;
    left -= length;
  }
  return budget;
}

/** Joins texts into as few as `longest` allows. */
function pack(texts: readonly string[], longest: number, between = '\n'): string[] {
  const packed: string[] = [];
  for (const text of texts) {
    const last = packed.at(-1);
    if (last !== undefined && last.length + between.length + text.length <= longest) {
      packed[packed.length - 1] = `${last}${between}${text}`;
    } else packed.push(text);
  }
  return packed;
}

const lengthOf = (blocks: readonly Block[]): number =>
  blocks.flatMap(textsOf).reduce((sum, { text }) => sum + text.length, 0);

const textsOf = (block: Block): (Plain | Markup)[] => {
  if (block.type === 'context') return block.elements;
  return 'fields' in block ? block.fields : [block.text];
};
