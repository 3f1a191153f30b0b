import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

export type WeComBody = Readonly<Record<string, unknown>>;

/**
 * A group's robot of WeCom. Written from its documents and not from our code:
 * https://developer.work.weixin.qq.com/document/path/91770
 */
export const startWeComReceiver = (): Promise<Receiver<WeComBody>> =>
  startReceiver<WeComBody>({
    path: '/cgi-bin/webhook/send?key=693a91f6-secret-key-of-wecom',
    success: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
    isSuccess: (status, body) => status === 200 && /"errcode":0\b/.test(body),
    refuse({ headers, query, body }) {
      const [fault] = [
        ...(headers['content-type'] === 'application/json' ? [] : ['not sent as JSON']),
        ...(query.size === 1 ? [] : ['the query has more than the key']),
        ...wecomFaults(body),
      ];
      const errcode = fault?.includes('exceed max length') ? 40058 : 40035;
      return fault === undefined ? undefined : { fault, status: 200, body: JSON.stringify({ errcode, errmsg: fault }) };
    },
  });

/** What WeCom, or its readers, would not take of a payload; empty when it is fine. */
export function wecomFaults(payload: unknown): string[] {
  const { msgtype, markdown, text, ...rest } = isRecord(payload) ? payload : {};
  const faults = Object.keys(rest).map((key) => `${key} is nothing it knows`);
  if (/\\ud[89a-f]/i.test(JSON.stringify(payload))) faults.push('half a character');
  if (msgtype === 'markdown' && isRecord(markdown) && text === undefined) {
    const { content, ...others } = markdown;
    faults.push(...Object.keys(others).map((key) => `markdown has ${key}`));
    return [...faults, ...lengthFaults('markdown', content, 4096), ...markupFaults(String(content))];
  }
  if (msgtype === 'text' && isRecord(text) && markdown === undefined) {
    const { content, mentioned_list: called = [], ...others } = text;
    faults.push(...Object.keys(others).map((key) => `text has ${key}`));
    if (!Array.isArray(called) || !called.every((one) => /^[\w.@-]{1,64}$/.test(one))) faults.push('strange mentions');
    return [...faults, ...lengthFaults('text', content, 2048), ...(/<@/.test(String(content)) ? ['a mention'] : [])];
  }
  return [...faults, `msgtype ${msgtype} and its content do not agree`];
}

function lengthFaults(what: string, content: unknown, most: number): string[] {
  if (typeof content !== 'string' || content.trim() === '') return [`${what}.content is empty`];
  return Buffer.byteLength(content) > most ? [`${what}.content exceed max length ${most}`] : [];
}

/** The markup that we write: a coloured heading, mentions, a bold heading, quotations, one link, a grey end. */
const ours: readonly (readonly [RegExp, string])[] = [
  [/^(?:### )?<font color="(?:info|warning|comment)">([^<]*)<\/font>$/, '$1'],
  [/<@[\w.@-]{1,64}>/g, ''],
  [/^\*\*([^*]+)\*\*$/, '$1'],
  [/^> /, ''],
  [/^\[([^\]]+)\]\(https:\/\/[^\s()<>]+\)$/, '$1'],
];

function markupFaults(content: string): string[] {
  const rest = content.split('\n').flatMap((line) => {
    const left = ours.reduce((shown, [markup, text]) => shown.replace(markup, text), line);
    return /[<*[`]/.test(left) || /^[#>]/.test(left) ? [left] : [];
  });
  return rest.map((line) => `markup of somebody's in ${line}`);
}
