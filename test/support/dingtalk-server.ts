import { createHmac } from 'node:crypto';
import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

export type DingTalkBody = Readonly<Record<string, unknown>>;

/**
 * A custom robot of DingTalk, with signing where there is a `secret`. Written from its documents and not from our code:
 * https://open.dingtalk.com/document/robots/custom-robot-access
 */
export function startDingTalkReceiver({
  secret,
  keyword = '',
  now = () => new Date(),
}: {
  readonly secret?: string;
  readonly keyword?: string;
  readonly now?: () => Date;
} = {}): Promise<Receiver<DingTalkBody>> {
  const say = (errcode: number, errmsg: string) => ({
    fault: errmsg,
    status: 200,
    body: JSON.stringify({ errcode, errmsg }),
  });
  return startReceiver<DingTalkBody>({
    path: '/robot/send?access_token=0f4dcf6b5d3b8f2a-secret-token-of-dingtalk',
    success: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
    isSuccess: (status, body) => status === 200 && /"errcode":0\b/.test(body),
    refuse({ headers, query, raw, body }) {
      if (!/^application\/json(?:; ?charset=utf-8)?$/.test(headers['content-type'] ?? '')) {
        return say(43004, 'invalid content type');
      }
      if (secret !== undefined) {
        const timestamp = query.get('timestamp') ?? '';
        const age = Math.abs(now().getTime() - Number(timestamp));
        if (!/^\d{13}$/.test(timestamp) || age > 3_600_000) return say(310000, 'invalid timestamp');
        if (query.get('sign') !== dingtalkSign(secret, timestamp)) return say(310000, 'sign not match');
      } else if (query.size > 1) return say(310000, 'signed without a secret');
      if (!raw.includes(keyword)) return say(310000, 'keywords not in content');
      const [fault] = dingtalkFaults(body);
      return fault === undefined ? undefined : say(40035, fault);
    },
  });
}

/** The recipe of the documents, before it is encoded for the query; `timestamp` in milliseconds. */
export const dingtalkSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');

/** What DingTalk, or its readers, would not take of a payload; empty when it is fine. */
export function dingtalkFaults(payload: unknown): string[] {
  const { msgtype, markdown, text, at, ...rest } = isRecord(payload) ? payload : {};
  const faults = Object.keys(rest).map((key) => `${key} is nothing it knows`);
  const raw = JSON.stringify(payload);
  if (Buffer.byteLength(raw) > 20_000) faults.push('too long');
  if (/\\ud[89a-f]/i.test(raw)) faults.push('half a character');
  const called = isRecord(at) ? [at['atMobiles'], at['atUserIds']].flat().map((one) => `@${one}`) : [];
  if (at !== undefined && !(isRecord(at) && typeof at['isAtAll'] === 'boolean')) faults.push('at is incomplete');
  if (msgtype === 'markdown' && isRecord(markdown) && text === undefined) {
    const { title, text: shown } = markdown;
    if (typeof title !== 'string' || title === '') faults.push('400402 title is missing');
    if (typeof shown !== 'string' || shown === '') return [...faults, '400403 text is missing'];
    return [...faults, ...markupFaults(shown, called), ...namedFaults(shown, called)];
  }
  if (msgtype === 'text' && isRecord(text) && markdown === undefined) {
    return [...faults, ...namedFaults(String(text['content']), called)];
  }
  return [...faults, `msgtype ${msgtype} and its content do not agree`];
}

/** Whoever is called has to stand in the text. */
const namedFaults = (text: string, called: readonly string[]): string[] =>
  called.filter((name) => !text.includes(name)).map((name) => `${name} is not in the text`);

/** The markup that we write: a coloured heading, a bold one, quotations, one link. The rest has to stand escaped. */
const ours = [
  /^#### <font color=#[0-9a-f]{6}>|(?<=[^\\])<\/font>$/gm,
  /^\*\*[^*_[\]<>\\]+\*\*(?= {2}$|$)/gm,
  /^> /gm,
  /^\[[^[\]]+\]\(https:\/\/[^\s()<>]+\)$/gm,
];

function markupFaults(text: string, called: readonly string[]): string[] {
  const escaped = called.reduce((shown, name) => shown.replaceAll(name, ''), text).replace(/\\[\\`*_~[\]]/g, '');
  const rest = ours.reduce((shown, markup) => shown.replace(markup, ''), escaped);
  const faults = /[\\`*_~[\]<>]|&(?!(?:amp|lt|gt);)/.test(rest) ? [`something is not escaped in ${rest}`] : [];
  // Every line begins with something of ours, so that no name begins a heading or a list.
  const begins = /^(?:#### |\*\*|> |\[|• |@|… |planwatch · |[\p{L}]|\p{Extended_Pictographic})/u;
  const strange = text.split('\n').filter((line) => line !== '' && !begins.test(line));
  return [...faults, ...strange.map((line) => `a line begins strangely: ${line.slice(0, 50)}`)];
}
