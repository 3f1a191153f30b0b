import { isRecord } from '../../lib/core/plan.ts';

/** https://docs.slack.dev/reference/block-kit/blocks; the sum was measured: https://github.com/slackapi/bolt-js/issues/2509 */
const limits = {
  blocks: 50,
  header: 150,
  section: 3000,
  field: 2000,
  fields: 10,
  elements: 10,
  sum: 13_200,
  text: 4000,
};

type Text = { readonly type: unknown; readonly text: string; readonly at: string };

/** What Slack, or its readers, would not take of a payload; empty when it is fine. Written from its documents, not from our builder. */
export function slackFaults(payload: unknown): string[] {
  if (!isRecord(payload)) return ['no_text'];
  const faults: string[] = [];
  const { text } = payload;
  if (typeof text !== 'string' || text.trim() === '') faults.push('text is empty');
  else faults.push(...markupFaults('text', text), ...lengthFaults('text', text, limits.text));

  const attachments = asList(payload['attachments']);
  const texts: Text[] = [];
  for (const [at, blocks] of [payload, ...attachments].map((one, index) => [index, asList(one['blocks'])] as const)) {
    if (blocks.length > limits.blocks) faults.push(`${blocks.length} blocks`);
    for (const [index, block] of blocks.entries()) texts.push(...textsOf(block, `${at}.${index}`, faults));
  }
  for (const { type, text, at } of texts) {
    if (text.length === 0) faults.push(`${at} is empty`);
    if (!text.isWellFormed()) faults.push(`${at} has half a character`);
    if (type !== 'plain_text' && type !== 'mrkdwn') faults.push(`${at} has the type ${type}`);
    faults.push(...markupFaults(at, text, type === 'mrkdwn'));
  }
  const sum = texts.reduce((total, { text }) => total + text.length, 0);
  if (sum > limits.sum) faults.push(`msg_blocks_too_long: ${sum}`);
  return faults;
}

function textsOf(block: Record<string, unknown>, at: string, faults: string[]): Text[] {
  const one = (value: unknown, most: number): Text => {
    const { type, text, verbatim } = isRecord(value) ? value : {};
    if (type === 'mrkdwn' && verbatim !== true) faults.push(`${at} links bare names`);
    faults.push(...lengthFaults(at, String(text), most));
    return { type, text: String(text ?? ''), at: `${at} ${block['type']}` };
  };
  const many = (value: unknown, name: string, count: number, most: number): Text[] => {
    const list = asList(value);
    if (list.length === 0 || list.length > count) faults.push(`${at} has ${list.length} ${name}`);
    return list.map((item) => one(item, most));
  };
  switch (block['type']) {
    case 'header':
      if (isRecord(block['text']) && block['text']['type'] !== 'plain_text') faults.push(`${at}: a header is plain`);
      return [one(block['text'], limits.header)];
    case 'section':
      return [
        ...(block['text'] === undefined ? [] : [one(block['text'], limits.section)]),
        ...(block['fields'] === undefined ? [] : many(block['fields'], 'fields', limits.fields, limits.field)),
      ];
    case 'context':
      return many(block['elements'], 'elements', limits.elements, limits.section);
    default:
      faults.push(`${at} is a ${block['type']}`);
      return [];
  }
}

const lengthFaults = (at: string, text: string, most: number): string[] =>
  text.length > most ? [`${at} has ${text.length} characters`] : [];

const tokens =
  /<(?:!here|!channel|!subteam\^[A-Z0-9]+|@[A-Z0-9]+|!date\^-?\d+\^[^<>|]+\|[^<>]*|https:\/\/[^\s<>|]+\|[^<>|]+)>/g;

/** Outside the documented tokens `&`, `<` and `>` stand escaped; in plain text there are no tokens. */
function markupFaults(at: string, text: string, markup = true): string[] {
  const rest = (markup ? text.replace(tokens, '') : text).replace(/&(?:amp|lt|gt);/g, '');
  return /[&<>]/.test(rest) ? [`${at} has an unescaped character`] : [];
}

const asList = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
