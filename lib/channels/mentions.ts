import { type Mention, parseMention } from '../core/mention.ts';
import type { Message } from '../core/message.ts';

/**
 * Whom a kind can call, with the form that its ids have. `'nobody'`: there are no people to call (a server, a pager), so
 * what a route says of mentions for its chats passes such a destination by.
 */
export type Mentions =
  | { readonly here?: true; readonly all?: true; readonly user?: RegExp; readonly group?: RegExp }
  | 'nobody';

/** undefined: it can be called. Otherwise what this kind can call instead. */
export function mentionFault(text: string, mentions: Mentions): string | undefined {
  const mention = parseMention(text);
  if (mentions === 'nobody' || mention === undefined || isCallable(mention, mentions)) return undefined;
  const form = 'id' in mention ? mentions[mention.sort] : undefined;
  if (form) return `has no such id: it must match ${form.source}`;
  const sorts = (['here', 'all', 'user', 'group'] as const).filter((sort) => mentions[sort] !== undefined);
  const spelled = sorts.map((sort) => (sort === 'user' || sort === 'group' ? `${sort}:ID` : sort));
  return sorts.length === 0 ? 'can call nobody' : `can call only ${spelled.join(', ')}`;
}

function isCallable(mention: Mention, mentions: Exclude<Mentions, 'nobody'>): boolean {
  return 'id' in mention ? mentions[mention.sort]?.test(mention.id) === true : mentions[mention.sort] === true;
}

/** The only texts of a message that call people: those that this kind can call. The rest is to be shown as written. */
export function callsAmong(
  texts: readonly string[],
  mentions: Exclude<Mentions, 'nobody'>,
): readonly { readonly text: string; readonly call?: Mention }[] {
  return texts.map((text) => {
    const mention = parseMention(text);
    return mention && isCallable(mention, mentions) ? { text, call: mention } : { text };
  });
}

/** For an edit, which rings no bell: whoever is named in it would believe to have been called. */
export const callingNobody = (message: Message): Message => ({ ...message, mention: [] });
