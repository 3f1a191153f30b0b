import { createHmac } from 'node:crypto';
import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

export type FeishuBody = Readonly<Record<string, unknown>>;

/**
 * A custom bot of Feishu that verifies signatures. Written from its documents and not from our code:
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export function startFeishuReceiver({
  secret,
  now = () => new Date(),
}: {
  readonly secret?: string;
  readonly now?: () => Date;
} = {}): Promise<Receiver<FeishuBody>> {
  const say = (code: number, msg: string) => ({
    fault: msg,
    status: 200,
    body: JSON.stringify({ code, data: {}, msg }),
  });
  return startReceiver<FeishuBody>({
    path: '/open-apis/bot/v2/hook/0f4dcf6b-secret-path-of-feishu',
    success: { status: 200, body: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}' },
    isSuccess: (status, body) => status === 200 && /"code":0\b/.test(body),
    refuse({ headers, raw, body }) {
      if (headers['content-type'] !== 'application/json') return say(9499, 'Bad Request: not sent as JSON');
      const { timestamp, sign, ...payload } = body;
      if (secret !== undefined) {
        const age = Math.abs(now().getTime() / 1000 - Number(timestamp));
        if (
          typeof timestamp !== 'string' ||
          !/^\d{10}$/.test(timestamp) ||
          age > 3600 ||
          sign !== feishuSign(secret, timestamp)
        ) {
          return say(19021, 'sign match fail or timestamp is not within one hour from current time');
        }
      } else if (timestamp !== undefined || sign !== undefined)
        return say(9499, 'Bad Request: signed without a secret');
      if (Buffer.byteLength(raw) > 20_000) return say(19036, 'the request is too large');
      const [fault] = feishuFaults(payload);
      return fault === undefined ? undefined : say(9499, `Bad Request: ${fault}`);
    },
  });
}

/** The recipe of the documents; `timestamp` in seconds. */
export const feishuSign = (secret: string, timestamp: string): string =>
  createHmac('sha256', `${timestamp}\n${secret}`).update(Buffer.alloc(0)).digest('base64');

const templates = ['blue', 'wathet', 'turquoise', 'green', 'yellow', 'orange', 'red', 'carmine', 'violet', 'purple'];
const moreTemplates = ['indigo', 'grey', 'default'];

/** What Feishu would not take of an unsigned payload; empty when it is fine. */
export function feishuFaults(payload: unknown): string[] {
  const { msg_type: type, card, content, ...rest } = isRecord(payload) ? payload : {};
  const faults = Object.keys(rest).map((key) => `${key} is nothing it knows`);
  if (Buffer.byteLength(JSON.stringify(payload)) > 20_000 - 120) faults.push('too large once it is signed');
  if (!JSON.stringify(payload).isWellFormed() || /\\ud[89a-f]/i.test(JSON.stringify(payload)))
    faults.push('half a character');
  if (type === 'interactive' && isRecord(card) && content === undefined) return [...faults, ...cardFaults(card)];
  if (type === 'post' && isRecord(content) && card === undefined) return [...faults, ...postFaults(content)];
  return [...faults, `msg_type ${type} and its content do not agree`];
}

function cardFaults({ config, header, elements, ...rest }: Record<string, unknown>): string[] {
  const faults = Object.keys(rest).map((key) => `the card has ${key}`);
  if (!isRecord(config) || config['wide_screen_mode'] !== true) faults.push('the card is narrow');
  const { template, title } = isRecord(header) ? header : {};
  if (![...templates, ...moreTemplates].includes(String(template))) faults.push(`there is no template ${template}`);
  faults.push(...plainFaults('the title', title));
  if (!Array.isArray(elements) || elements.length === 0 || elements.length > 50)
    return [...faults, 'no elements, or too many'];
  return [...faults, ...elements.flatMap((element, index) => elementFaults(`element ${index}`, element))];
}

function elementFaults(at: string, element: unknown): string[] {
  const { tag, text, fields, content, elements, actions } = isRecord(element) ? element : {};
  switch (tag) {
    case 'div':
      if (text !== undefined) return plainFaults(at, text);
      return manyOf(at, fields, (field) =>
        typeof field['is_short'] === 'boolean' ? plainFaults(at, field['text']) : [`${at}: is_short is missing`],
      );
    case 'note':
      return manyOf(at, elements, (one) => plainFaults(at, one));
    case 'action':
      return manyOf(at, actions, ({ tag: button, url, text: label }) => {
        const good = button === 'button' && typeof url === 'string' && /^https:\/\//.test(url) && URL.canParse(url);
        return [...(good ? [] : [`${at}: no button to an address`]), ...plainFaults(at, label)];
      });
    case 'markdown':
      // All that may stand where Feishu reads markup: whom it calls, and one heading of ours.
      return /^(?:(?:<at id=(?:all|[A-Za-z0-9_-]+)><\/at>)+|\*\*[^*<>&]+\*\*)$/.test(String(content))
        ? []
        : [`${at}: strange markdown: ${content}`];
    default:
      return [`${at}: there is no ${tag}`];
  }
}

function manyOf(at: string, list: unknown, faultsOf: (one: Record<string, unknown>) => string[]): string[] {
  if (!Array.isArray(list) || list.length === 0) return [`${at} is empty`];
  return list.flatMap((one) => (isRecord(one) ? faultsOf(one) : [`${at} holds ${one}`]));
}

const plainFaults = (at: string, text: unknown): string[] =>
  isRecord(text) && text['tag'] === 'plain_text' && typeof text['content'] === 'string' && text['content'] !== ''
    ? []
    : [`${at} has no plain text`];

function postFaults({ post }: Record<string, unknown>): string[] {
  const { zh_cn: page } = isRecord(post) ? post : {};
  const { title, content } = isRecord(page) ? page : {};
  if (typeof title !== 'string' || !Array.isArray(content) || content.length === 0) return ['the post has no content'];
  return content.flatMap((paragraph, index) =>
    manyOf(`paragraph ${index}`, paragraph, ({ tag, text, user_id: id, ...rest }) => {
      if (Object.keys(rest).length > 0) return [`paragraph ${index} has ${Object.keys(rest)}`];
      if (tag === 'text' && typeof text === 'string') return [];
      return tag === 'at' && /^(?:all|[A-Za-z0-9_-]+)$/.test(String(id)) ? [] : [`paragraph ${index} has a ${tag}`];
    }),
  );
}
