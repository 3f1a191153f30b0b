import type { Message, Tone } from '../core/message.ts';
import type { Fit } from './fit.ts';
import { outlineOf } from './outline.ts';

/** How one robot's texts differ from another's. Lengths are in the measure of `fit`, which escapes for this chat. */
export type Dialect = {
  readonly fit: Fit;
  /** All of it together. */
  readonly longest: number;
  readonly lineBreak: string;
  readonly blockBreak: string;
  readonly headline: (text: string, tone: Tone) => string;
  readonly heading: (text: string) => string;
  readonly fact: (text: string) => string;
  readonly link: (label: string, url: string) => string;
  /** The last line, small where the chat can. */
  readonly last: (id: string) => string;
};

/** The little markdown that DingTalk and WeCom have in common. */
export const markdown = {
  heading: (text: string) => `**${text}**`,
  fact: (text: string) => `> ${text}`,
  link: (label: string, url: string) => `[${label}](${url})`,
} satisfies Partial<Dialect>;

/** A message as one text; `calls` is written for this chat already. What is cut are its lists, not its end. */
export function robotText(message: Message, calls: string, dialect: Dialect): string {
  const { fit, longest, lineBreak, blockBreak } = dialect;
  const { headline, heading, lines, facts, advice, notes, link, id } = outlineOf(message);
  const rest = fit.all([...facts, ...(advice === undefined ? [] : [advice]), ...notes], Math.floor(longest * 0.45));
  const target = encloseable(link?.url ?? '');
  const around = (listed: readonly string[]): string =>
    [
      [dialect.headline(fit.cut(headline, Math.floor(longest / 12)), message.tone)],
      [calls],
      [heading === undefined ? '' : dialect.heading(heading), ...listed],
      rest.slice(0, facts.length).map(dialect.fact),
      rest.slice(facts.length),
      // An address so long that it would push the message out is no help.
      [link === undefined || fit.measure(target) > longest / 10 ? '' : dialect.link(fit.escaped(link.label), target)],
      [dialect.last(fit.cut(id, 150))],
    ]
      .map((block) => block.filter((line) => line !== '').join(lineBreak))
      .filter((block) => block !== '')
      .join(blockBreak);
  // `all` counts a bare line break for each line; what this chat's are longer comes on top.
  const extra = (lineEnd: string): number => fit.measure(lineEnd) - fit.measure('\n');
  const breaks = lines.length * extra(lineBreak) + extra(blockBreak);
  return around(fit.all(lines, longest - fit.measure(around([])) - breaks, Math.floor(longest / 4)));
}

/** Without what would end a link inside its address. */
const encloseable = (url: string): string =>
  url.replace(/[\s()<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
