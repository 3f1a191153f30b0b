import type { Mention } from '../core/mention.ts';
import type { Message, Tone } from '../core/message.ts';
import { createFit, inJsonBytes } from './fit.ts';
import { outlineOf } from './outline.ts';
import { callsOf, signature } from './robot.ts';
import { markdown, robotText } from './robot-payload.ts';

/** A message as DingTalk takes it from a custom robot, https://open.dingtalk.com/document/robots/custom-robot-access */
export type DingTalkPayload = (
  | { msgtype: 'markdown'; markdown: { title: string; text: string } }
  | { msgtype: 'text'; text: { content: string } }
) & { at?: At };

type At = { atMobiles: string[]; atUserIds: string[]; isAtAll: boolean };

/** The request may have 20 kB; these are bytes of JSON. `title` is what a notification and the list of chats show. */
const most = { text: 17_000, title: 600, called: 20 } as const;

const colors: Record<Tone, string> = {
  good: '#2eb67d',
  bad: '#e01e5a',
  warning: '#d97706',
  info: '#1d74f5',
  neutral: '#8d8d8d',
};

/** A mobile number, or a userId of the organisation. */
export const dingtalkMentions = { all: true, user: /^[\w.+-]{1,64}$/ } as const;
const mobile = /^(?:\+\d{1,4}-)?1\d{10}$/;

/**
 * Its documents name no way to escape. A backslash before what is markup, and entities for what is HTML, are what
 * prometheus-webhook-dingtalk has shown alert names with for years.
 */
const escaped = (character: string): string =>
  entities[character] ?? (/[\\`*_~[\]]/.test(character) ? `\\${character}` : character);
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export function dingtalkPayload(message: Message, { plain }: { readonly plain: boolean }): DingTalkPayload {
  const { more } = message.labels;
  const bare = createFit({ measure: inJsonBytes, more });
  const marked = createFit({ escape: escaped, measure: inJsonBytes, more });
  const calls = callsOf(message, dingtalkMentions, most.called);
  // A number or an id that is called has to stand in the text as well; "all" is written by the client.
  const names = (written: (text: string) => string) =>
    calls
      .map(({ text, call }) => (call === undefined ? written(text) : 'id' in call ? `@${call.id}` : ''))
      .filter((name) => name !== '')
      .join(' ');
  const at = atOf(calls.flatMap(({ call }) => call ?? []));
  if (plain) {
    const lines = [...message.text.split('\n').slice(0, -1), signature(message.id)];
    const content = [names((text) => bare.cut(text, 300)), ...bare.all(lines, most.text)].filter((line) => line !== '');
    return { msgtype: 'text', text: { content: content.join('\n') }, ...at };
  }
  const text = robotText(
    message,
    names((name) => marked.cut(name, 300)),
    {
      ...markdown,
      fit: marked,
      longest: most.text,
      // One alone is only a blank, and a line after a quotation would go on with it.
      lineBreak: '  \n',
      blockBreak: '\n\n',
      headline: (headline, tone) => `#### <font color=${colors[tone]}>${headline}</font>`,
      last: signature,
    },
  );
  return { msgtype: 'markdown', markdown: { title: bare.cut(outlineOf(message).headline, most.title), text }, ...at };
}

/** The only place that calls people. */
function atOf(calls: readonly Mention[]): { at?: At } {
  if (calls.length === 0) return {};
  const ids = calls.flatMap((call) => ('id' in call ? [call.id] : []));
  return {
    at: {
      atMobiles: ids.filter((id) => mobile.test(id)),
      atUserIds: ids.filter((id) => !mobile.test(id)),
      isAtAll: calls.some(({ sort }) => sort === 'all'),
    },
  };
}
