import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

type GoogleChatBody = Readonly<Record<string, unknown>>;

const webhook = '/v1/spaces/AAAASecretSpace/messages?key=AIzaSecretKeyOfGoogle&token=secret-token-of-google%3D';
export const googleChatMessage = 'messages/UMxbHmzDlr4.UMxbHmzDlr4';

/** A space's webhook: 200 and the message. */
export const startGoogleChatReceiver = (): Promise<Receiver<GoogleChatBody>> =>
  startReceiver<GoogleChatBody>({
    address: webhook,
    path: `${webhook}&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD`,
    success: { status: 200, body: JSON.stringify({ name: `spaces/AAAASecretSpace/${googleChatMessage}` }) },
    isSuccess: (status, body) => status === 200 && body.includes('"name"'),
    refuse({ headers, raw, body }) {
      const invalid = (fault: string) => ({ fault, status: 400, body: googleError(400, 'INVALID_ARGUMENT', fault) });
      if (headers['content-type'] !== 'application/json') return invalid('not sent as JSON');
      const [fault] = googleChatFaults(body, raw);
      return fault === undefined ? undefined : invalid(fault);
    },
  });

export const googleError = (code: number, status: string, message: string, reason?: string): string =>
  JSON.stringify({ error: { code, message, status, ...(reason && { details: [{ '@type': 'ErrorInfo', reason }] }) } });

const mention = /<users\/(?:all|\d+)>/g;
const tags = /<\/?(?:b|i)>|<font color="#[0-9a-f]{6}">|<\/font>/g;

/**
 * What Google Chat, or its readers, would not take of a message; empty when it is fine. Written from
 * https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages, not from our builder.
 */
export function googleChatFaults(payload: unknown, raw = JSON.stringify(payload)): string[] {
  const { text, fallbackText, cardsV2 = [], thread, ...strange } = isRecord(payload) ? payload : {};
  const faults: string[] = [];
  const fail = (condition: boolean, fault: string) => {
    if (condition) faults.push(fault);
  };
  fail(Object.keys(strange).length > 0, `strange: ${Object.keys(strange)}`);
  fail(Buffer.byteLength(raw) > 32_000, `${Buffer.byteLength(raw)} bytes`);
  fail(/\\ud[89a-f]/i.test(raw) || !raw.isWellFormed(), 'half a character');
  fail(text === undefined && (cardsV2 as []).length === 0, 'neither text nor card');
  if (text !== undefined) fail(typeof text !== 'string' || text.trim() === '', 'text is empty');
  if (typeof text === 'string') {
    // Outside of blocks of code `text` is markup, so only mentions may stand there.
    const [outside = '', code, rest] = text.split('```');
    fail(rest !== undefined && rest !== '', 'something stands below the block of code');
    fail(outside.replace(mention, '').trim() !== '', `markup in text: ${outside}`);
    fail(code?.match(mention) != null, 'somebody is called in the block of code');
  }
  const key = isRecord(thread) ? thread['threadKey'] : undefined;
  if (thread !== undefined) fail(typeof key !== 'string' || key === '' || key.length > 4000, 'no key of a thread');
  fail(!Array.isArray(cardsV2) || cardsV2.length > 1, 'more than one card');
  fail((cardsV2 as []).length > 0 && (typeof fallbackText !== 'string' || fallbackText === ''), 'no fallback');
  const sections = (cardsV2 as { card: { sections: { widgets: Record<string, unknown>[] }[] } }[]).flatMap(
    ({ card }) => card.sections,
  );
  const widgets = sections.flatMap((section) => section.widgets);
  fail(
    sections.some((section) => section.widgets.length === 0),
    'a section without widgets',
  );
  fail(widgets.length > 100, 'more than 100 widgets');
  for (const { textParagraph, buttonList, ...other } of widgets) {
    fail(Object.keys(other).length > 0, `strange widgets: ${Object.keys(other)}`);
    if (textParagraph !== undefined) faults.push(...htmlFaults(textParagraph));
    if (buttonList === undefined) continue;
    const { buttons = [] } = buttonList as { buttons?: { text?: string; onClick?: { openLink?: { url?: string } } }[] };
    for (const { text: label, onClick } of buttons)
      fail(!label || !/^https:\/\/\S+$/.test(onClick?.openLink?.url ?? ''), 'a button without text or address');
    fail(buttons.length === 0, 'no button in a list of buttons');
  }
  return faults;
}

function htmlFaults(paragraph: unknown): string[] {
  const text = isRecord(paragraph) ? paragraph['text'] : undefined;
  if (typeof text !== 'string' || text.trim() === '') return ['a paragraph is empty'];
  const stack: string[] = [];
  for (const [tag] of text.matchAll(tags)) {
    const name = tag.replace(/[</>]|\s.*/g, '');
    if (!tag.startsWith('</')) stack.push(name);
    else if (stack.pop() !== name) return [`${tag} closes nothing`];
  }
  const rest = text.replace(tags, '').replace(/&(?:amp|lt|gt);/g, '');
  return [
    ...(stack.length > 0 ? [`<${stack}> stays open`] : []),
    ...(/[<>&]/.test(rest) ? [`markup: ${rest.slice(0, 200)}`] : []),
  ];
}
