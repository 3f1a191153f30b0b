import { webLink } from '../web-link.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one] ?? one);

/**
 * The part of Markdown that a card's text block knows (https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features)
 * and a notifier needs: bold, italic, links, and a backslash before a character that is meant as it is. Everything else is
 * text, and no tag but ours comes out.
 */
export function teamsMarkdown(text: string): string {
  let html = '';
  let end = 0;
  for (const match of text.matchAll(
    /\\([!-/:-@[-`{-~])|\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(?<!\w)_([^_\n]+)_(?!\w)/g,
  )) {
    const [whole, literal, bold, label, address = '', italic] = match;
    html += escaped(text.slice(end, match.index));
    end = match.index + whole.length;
    if (literal !== undefined) html += escaped(literal);
    else if (bold !== undefined) html += `<strong>${teamsMarkdown(bold)}</strong>`;
    else if (italic !== undefined) html += `<em>${teamsMarkdown(italic)}</em>`;
    else html += linkHtml(label ?? '', address);
  }
  return `${html}${escaped(text.slice(end))}`.replaceAll('\n', '<br>');
}

function linkHtml(label: string, address: string): string {
  const href = webLink(address);
  const words = teamsMarkdown(label);
  return href === undefined
    ? words
    : `<a href="${escaped(href)}" target="_blank" rel="noreferrer noopener">${words}</a>`;
}
