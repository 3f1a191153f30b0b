import type { Message } from '../core/message.ts';
import { createFit, inBytes } from './fit.ts';

/**
 * A message as SMN publishes it to a topic, https://support.huaweicloud.com/intl/en-us/api-smn/PublishMessage.html
 * All of it is plain text, in which nobody reads markup.
 */
export type SmnPayload = {
  /** Of the mail. */
  subject?: string;
  /** Plain form only: the same for everyone, SMS too. */
  message?: string;
  /** JSON: protocol → text; who is not named gets `default`. */
  message_structure?: string;
  /** Seconds. */
  time_to_live: string;
};

/** In bytes, and for an SMS in characters. */
const most = {
  /** "Fewer than 512". */
  subject: 500,
  /** SMN takes 256 kB; the chats behind a topic take about so much. */
  text: 20_000,
  /** Over 490, operators may hold it back. */
  sms: 490,
} as const;

/** A day: by default SMN gives up after an hour, and the oldest sites take no more than a day. */
const timeToLive = '86400';

export function smnPayload(message: Message, { plain }: { readonly plain: boolean }): SmnPayload {
  const fit = createFit({ measure: inBytes, more: message.labels.more });
  const text = fit.all(message.text.split('\n'), most.text).join('\n');
  if (plain) return { message: text, time_to_live: timeToLive };
  return {
    subject: fit.cut(`${message.icon} ${message.title}`, most.subject),
    message_structure: JSON.stringify({ default: text, sms: smsOf(message) }),
    time_to_live: timeToLive,
  };
}

/** What, which, where and why, without the icons, which old phones show as two question marks. */
function smsOf({ title, failures, lines, facts, notes, id, labels }: Message): string {
  const fit = createFit({ escape: (character) => brackets[character] ?? character, more: labels.more });
  const why = [
    ...failures.map(({ component, reason }) => labels.pair(component, reason)),
    ...lines.map(({ title: name, detail }) => (detail === '' ? name : labels.pair(name, detail))),
  ];
  const [first] = facts;
  if (why.length === 0 && first) why.push(labels.pair(first.label, first.value));
  const tail = [...fit.all(notes, 250), fit.cut(id, 100)].join('\n');
  const head = fit.cut(title, 200);
  return [head, ...fit.all(why, most.sms - head.length - tail.length - 2), tail].join('\n');
}

/** "An SMS cannot contain [] or 【】": operators take what is in them for the sender's name. */
const brackets: Readonly<Record<string, string>> = { '[': '(', ']': ')', '【': '（', '】': '）' };
