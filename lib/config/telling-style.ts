import type { ChannelKind } from '../channels/channel.ts';
import { type TellingStyle, tellingStyles } from '../core/config.ts';

type Styled = Pick<ChannelKind, 'styles'>;

/** Every kind posts; some can do more. */
export const stylesOf = ({ styles = [] }: Styled): readonly TellingStyle[] => ['each', ...styles];

const lacks = { each: '', living: 'cannot edit its messages', thread: 'has no threads' };

/** undefined: the kind can do it, or it is no style at all. Otherwise why not, and which kinds can. */
export function styleFault(given: unknown, kind: string, kinds: Readonly<Record<string, Styled>>): string | undefined {
  const style = tellingStyles.find((one) => one === given);
  if (style === undefined || stylesOf(kinds[kind] ?? {}).includes(style)) return undefined;
  const able = Object.keys(kinds).filter((name) => stylesOf(kinds[name] ?? {}).includes(style));
  // Another kind for the same chat is the shortest way.
  const [first = '', ...others] = able.toSorted((a, b) => Number(b.startsWith(kind)) - Number(a.startsWith(kind)));
  const also = others.length > 0 ? ` (so can ${others.join(', ')})` : '';
  return `is not for ${kind}, which ${lacks[style]}: use ${first} with style: ${style}${also}, or leave style out`;
}
