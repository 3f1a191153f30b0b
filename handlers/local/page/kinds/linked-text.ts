import { webLink } from '../web-link.ts';

export type Part = string | { readonly label: string; readonly href: string };

/** A text as it was written, cut where a link stands: in Markdown, in Slack's or HTML's way, or bare. */
export function linkedParts(text: string): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  const links =
    /\[([^\]\n]+)\]\(([^)\s]+)\)|<(https?:[^|>\s]+)\|([^>]+)>|<a href="([^"]+)">([^<]+)<\/a>|https?:\/\/[^\s<>()"]+/g;
  for (const match of text.matchAll(links)) {
    const [whole, markdownLabel, markdownUrl, slackUrl, slackLabel, htmlUrl, htmlLabel] = match;
    const href = webLink(markdownUrl ?? slackUrl ?? htmlUrl ?? whole);
    if (href === undefined) continue;
    parts.push(text.slice(end, match.index), { label: markdownLabel ?? slackLabel ?? htmlLabel ?? whole, href });
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== '');
}
