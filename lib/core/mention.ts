/** Whom a message calls, in planwatch's one notation: `here`, `all`, `user:ID`, `group:ID`. Each channel has its own. */
export type Mention = { readonly sort: 'here' | 'all' } | { readonly sort: 'user' | 'group'; readonly id: string };

/** One pattern for the parser and for the JSON Schema, so that an editor and a build agree. */
export const mentionPattern = /^(?:here|all|(?:user|group):[\w.@:+-]{1,128})$/;

export const howToMention = 'write here, all, user:ID or group:ID';

/** undefined: calls nobody. */
export function parseMention(text: string): Mention | undefined {
  if (!mentionPattern.test(text)) return undefined;
  if (text === 'here' || text === 'all') return { sort: text };
  const colon = text.indexOf(':');
  return { sort: text.slice(0, colon) as 'user' | 'group', id: text.slice(colon + 1) };
}
