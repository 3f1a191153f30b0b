import type { ComponentChildren } from 'preact';
import { Clock } from '../clock.tsx';
import { prettyDay, shortTime } from '../time.ts';
import { webLink } from '../web-link.ts';

/** The part of Slack's markup that planwatch writes, https://docs.slack.dev/messaging/formatting-message-text; the rest stays text. */
export function Mrkdwn({ text }: { readonly text: string }) {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(/<([^<>]+)>|\*([^*\n]+)\*/g)) {
    const [whole, special, bold = ''] = match;
    parts.push(decoded(text.slice(end, match.index)));
    parts.push(special === undefined ? <b>{decoded(bold)}</b> : <Special text={special} />);
    end = match.index + whole.length;
  }
  return [...parts, decoded(text.slice(end))];
}

/** What stands in angle brackets: a date, somebody who is called, or a link. */
function Special({ text }: { readonly text: string }) {
  const [target = '', label] = text.split('|', 2).map(decoded);
  const words = label ?? target;
  if (target.startsWith('!date^')) return <SlackDate rule={target} fallback={words} />;
  if (/^[!@]/.test(target)) return <span class="mention">@{words.replace(/^(!subteam\^|[!@])/, '')}</span>;
  const href = webLink(target);
  return href === undefined ? words : <a {...{ href, target: '_blank', rel: 'noreferrer noopener' }}>{words}</a>;
}

/** `!date^<seconds>^<format>`, in the reader's own zone. */
function SlackDate({ rule, fallback }: { readonly rule: string; readonly fallback: string }) {
  const [, seconds, format = ''] = rule.split('^');
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const time = date.toISOString();
  const words = format.replace('{date_short_pretty}', prettyDay(time)).replace('{time}', shortTime(time));
  return <Clock time={time} words={words.includes('{') ? fallback : words} />;
}

const characters: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack escapes exactly these three; the result is only ever a text node. */
export const decoded = (text: string): string =>
  text.replace(/&(?:amp|lt|gt);/g, (entity) => characters[entity] ?? entity);
