import type { Message, Tone } from '../core/message.ts';
import { createFit, inBytes } from './fit.ts';
import { callsOf } from './robot.ts';
import { markdown, robotText } from './robot-payload.ts';

/** A message as WeCom takes it from a group's robot, https://developer.work.weixin.qq.com/document/path/91770 */
export type WeComPayload =
  | { msgtype: 'markdown'; markdown: { content: string } }
  | { msgtype: 'text'; text: { content: string; mentioned_list?: string[] } };

/** In bytes of UTF-8: 4096 and 2048. */
const most = { markdown: 4096, text: 2048, called: 8 } as const;

/** All the colours there are: green, orange and grey. */
const colors: Record<Tone, string> = {
  good: 'info',
  bad: 'warning',
  warning: 'warning',
  info: 'comment',
  neutral: 'comment',
};

/** "all" only in a text, which has no colours and half the room. */
export const wecomMentions = { all: true, user: /^[\w.@-]{1,64}$/ } as const;

/**
 * Nothing escapes in WeCom's markdown: a backslash is shown. So what would begin markup is written with the wide form of
 * the same character, and everything else as it is; `<@userid>` calls somebody in a text as well.
 */
const wide: Readonly<Record<string, string>> = { '<': '＜', '*': '＊', '[': '［', '`': '｀' };

export function wecomPayload(message: Message, { plain }: { readonly plain: boolean }): WeComPayload {
  const calls = callsOf(message, wecomMentions, most.called);
  return plain || calls.some(({ call }) => call?.sort === 'all') ? textOf(message, calls) : markdownOf(message, calls);
}

type Calls = ReturnType<typeof callsOf>;

function markdownOf(message: Message, calls: Calls): WeComPayload {
  const { more } = message.labels;
  const fit = createFit({ escape: (character) => wide[character] ?? character, measure: inBytes, more });
  const names = calls.map(({ text, call }) => (call && 'id' in call ? `<@${call.id}>` : fit.cut(text, 70)));
  const content = robotText(message, names.join(' '), {
    ...markdown,
    lineBreak: '\n',
    // A line after a quotation could go on with it.
    blockBreak: '\n\n',
    fit,
    longest: most.markdown,
    headline: (headline, tone) => `### <font color="${colors[tone]}">${headline}</font>`,
    last: (id) => `<font color="comment">${id}</font>`,
  });
  return { msgtype: 'markdown', markdown: { content } };
}

function textOf(message: Message, calls: Calls): WeComPayload {
  const { more, pair } = message.labels;
  const fit = createFit({ escape: (character) => (character === '<' ? '＜' : character), measure: inBytes, more });
  const as = (text: string): string => text;
  const ids = calls.flatMap(({ call }) => (call === undefined ? [] : 'id' in call ? [call.id] : ['@all']));
  const others = calls.flatMap(({ text, call }) => (call === undefined ? [text] : []));
  const content = robotText(message, fit.cut(others.join(' '), 200), {
    lineBreak: '\n',
    blockBreak: '\n',
    fit,
    longest: most.text,
    headline: as,
    heading: as,
    fact: as,
    link: pair,
    last: as,
  });
  return { msgtype: 'text', text: { content, ...(ids.length > 0 && { mentioned_list: ids }) } };
}
