import { cut } from '../core/event.ts';
import type { Fact, Message, Tone } from '../core/message.ts';
import { createFit, type Fit } from './fit.ts';
import { callsAmong } from './mentions.ts';
import { type Outline, outlineOf } from './outline.ts';

/**
 * A message as a Discord webhook takes it (https://docs.discord.com/developers/resources/webhook#execute-webhook).
 *
 * The headline is `content`: it is what a phone shows, and all that is left for people who have embeds switched off.
 * Everything else is an embed, whose colour tells how bad it is. Nobody is called but by `allowed_mentions`.
 */
export type DiscordPayload = {
  content: string;
  embeds?: Embed[];
  allowed_mentions: { parse: 'everyone'[]; users: string[]; roles: string[] };
  /** SUPPRESS_EMBEDS: a link in the plain form grows no preview. In the full form it would take our own embed away. */
  flags?: 4;
};

type Embed = {
  color: number;
  description?: string;
  fields?: { name: string; value: string; inline: true }[];
  /** The one part of it in which Discord reads no markup. */
  footer: { text: string };
};

/**
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits: its parts may have 6000 together, and what
 * is beside a full description here has less than 1000.
 */
const most = { content: 2000, description: 4096, headline: 1500, url: 1000, mentions: 20 } as const;

const colors: Record<Tone, number> = {
  good: 0x2eb67d,
  bad: 0xe01e5a,
  warning: 0xecb22e,
  info: 0x36a3d9,
  neutral: 0x8d8d8d,
};

/** Ids are snowflakes: "Copy User ID" and "Copy Role ID" of the developer mode. */
export const discordMentions = { here: true, all: true, user: /^\d{17,20}$/, group: /^\d{17,20}$/ } as const;

export function discordPayload(message: Message, { plain }: { readonly plain: boolean }): DiscordPayload {
  const fit = createFit({ more: message.labels.more });
  const { calls, allowed_mentions } = callsOf(message, fit);
  if (plain) {
    const lines = fit.all(message.text.split('\n').map(unmarked), most.content - calls.length - 1);
    return { content: joined([calls, lines.join('\n')], ' '), allowed_mentions, flags: 4 };
  }
  const headline = `${message.icon} **${fit.cut(unmarked(message.title), most.headline)}**`;
  return { content: joined([calls, headline], ' '), embeds: [embedOf(message, fit)], allowed_mentions };
}

function embedOf(message: Message, fit: Fit): Embed {
  const outline = outlineOf(message);
  const { short, long } = factsOf(message, fit);
  const footer = cut(outline.id, 200);
  const heading = outline.heading === undefined ? [] : [`**${outline.heading}**`];
  const tail = [...long, ...tailOf(outline, fit)];
  const own = [...heading, ...tail].reduce((sum, line) => sum + line.length + 1, 0);
  const room = most.description - own - 10;
  const description = [...heading, ...fit.all(outline.lines.map(unmarked), room), ...tail].join('\n');
  return {
    color: colors[message.tone],
    ...(description !== '' && { description }),
    ...(short.length > 0 && { fields: short }),
    footer: { text: footer },
  };
}

/** Columns are narrow: a sentence is a line of its own, before what to do about it. */
function factsOf({ facts, labels }: Message, fit: Fit) {
  const timed = facts.map((fact) => dateOf(fact) ?? unmarked(fact.value));
  const values = fit.all(timed, 1600, 1000);
  const all = facts.map(({ label }, index) => ({ name: unmarked(label), value: values[index] ?? '' }));
  const isShort = ({ value }: { readonly value: string }) => value.length <= 60;
  return {
    short: all.filter(isShort).map((fact) => ({ ...fact, inline: true as const })),
    long: all.filter((fact) => !isShort(fact)).map(({ name, value }) => labels.pair(`**${name}**`, value)),
  };
}

/** What stands below the failures or the digest's lines. `-#` makes a line small. */
function tailOf({ advice, notes, link }: Outline, fit: Fit): string[] {
  return [
    ...(advice === undefined ? [] : [fit.cut(unmarked(advice), 600)]),
    ...fit.all(notes.map(unmarked), 600).map((note) => `-# ${note}`),
    // In angle brackets a link may hold parentheses, which a template for `consoleUrl` may have.
    ...(link && link.url.length <= most.url
      ? [`[${unmarked(link.label)}](<${link.url.replace(/[<>\s]/g, encodeURIComponent)}>)`]
      : []),
  ];
}

/** In the reader's own time zone, by the one token that Discord has for that. */
function dateOf({ time = '' }: Fact): string | undefined {
  const seconds = Math.floor(Date.parse(time) / 1000);
  return Number.isNaN(seconds) ? undefined : `<t:${seconds}:f>`;
}

/** The only place that calls people. One that Discord has no way to call is shown as it was written. */
function callsOf({ mention }: Message, fit: Fit) {
  const allowed_mentions: DiscordPayload['allowed_mentions'] = { parse: [], users: [], roles: [] };
  const calls = callsAmong(mention, discordMentions)
    .slice(0, most.mentions)
    .map(({ text, call }) => {
      if (call === undefined) return fit.cut(unmarked(text), 100);
      if (!('id' in call)) {
        allowed_mentions.parse = ['everyone'];
        return call.sort === 'here' ? '@here' : '@everyone';
      }
      allowed_mentions[call.sort === 'user' ? 'users' : 'roles'].push(call.id);
      return call.sort === 'user' ? `<@${call.id}>` : `<@&${call.id}>`;
    });
  return { calls: fit.pack(calls, most.content - most.headline - 100, ' ')[0] ?? '', allowed_mentions };
}

/**
 * A backslash takes its meaning from any punctuation mark; only what could mean something gets one, since a phone's
 * notification shows the backslashes. Colons: `:emoji:` and `https://`; a slash: `discord.gg/invite`; at the start of a
 * line: quotes, headings and lists. https://docs.discord.com/developers/reference#message-formatting
 */
const unmarked = (text: string): string =>
  text
    .replace(/[\\*_~`|<[@]|:(?=[\w+-]+:|\/\/)|(?<=\.gg|invite)\//gi, '\\$&')
    .replace(/^(\s*)(?=[>#+-])|^(\s*\d+)(?=[.)])/, '$1$2\\');

const joined = (parts: readonly string[], between: string): string => parts.filter((part) => part !== '').join(between);
