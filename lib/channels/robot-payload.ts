import type { Message, Tone } from '../core/message.ts';
import type { Fit } from './fit.ts';
import { outlineOf } from './outline.ts';

/** How one robot's markdown differs from another's. Lengths are in the measure of `fit`, which escapes for this chat. */
export type Dialect = {
  readonly fit: Fit;
  /** All of it together. */
  readonly longest: number;
  readonly lineBreak: string;
  readonly blockBreak: string;
  readonly headline: (text: string, tone: Tone) => string;
  /** The last line, small where the chat can. */
  readonly last: (id: string) => string;
};

/** A message in the little markdown that DingTalk and WeCom have in common; `calls` is markup already. */
export function markdownOf(message: Message, calls: string, dialect: Dialect): string {
  const { fit, longest, lineBreak, blockBreak } = dialect;
  const { headline, heading, lines, facts, advice, notes, link, id } = outlineOf(message);
  const rest = fit.all([...facts, ...(advice === undefined ? [] : [advice]), ...notes], Math.floor(longest * 0.45));
  const around = (listed: readonly string[]): string =>
    [
      [dialect.headline(fit.cut(headline, Math.floor(longest / 12)), message.tone)],
      [calls],
      [heading === undefined ? '' : `**${heading}**`, ...listed],
      rest.slice(0, facts.length).map((fact) => `> ${fact}`),
      rest.slice(facts.length),
      [link === undefined ? '' : linkTo(link, fit, longest / 10)],
      [dialect.last(fit.cut(id, 150))],
    ]
      .map((block) => block.filter((line) => line !== '').join(lineBreak))
      .filter((block) => block !== '')
      .join(blockBreak);
  // `all` counts a bare line break between lines, and there is none yet before the first.
  const breaks = lines.length * (fit.measure(lineBreak) - fit.measure('\n')) + fit.measure(lineBreak + blockBreak);
  return around(fit.all(lines, longest - fit.measure(around([])) - breaks, Math.floor(longest / 4)));
}

/** An address so long that it would push the message out is no help. */
function linkTo(
  { label, url }: { readonly label: string; readonly url: string },
  { escaped, measure }: Fit,
  longest: number,
) {
  // What would end the link inside the address.
  const target = url.replace(/[\s()<>\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return measure(target) > longest ? '' : `[${escaped(label)}](${target})`;
}
