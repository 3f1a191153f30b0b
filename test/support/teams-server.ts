import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';

type TeamsBody = { readonly type: string; readonly attachments: readonly { readonly content: TeamsCard }[] };
type TeamsCard = Readonly<Record<string, unknown>> & { readonly body: readonly unknown[] };

const path =
  '/powerautomate/automations/direct/workflows/8d1f2a7c0b6e4c3f9a5d1e2b3c4d5e6f/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=xoSignatureOfTheTeamsFlow';

export const teamsRun = '08584353481562345678901234567CU20';

/** The trigger of a Workflows webhook: 202 and no body. What its flow could not post is a fault at once here. */
export const startTeamsReceiver = (): Promise<Receiver<TeamsBody>> =>
  startReceiver<TeamsBody>({
    path,
    success: { status: 202, body: '' },
    isSuccess: (status) => status === 202,
    refuse({ headers, raw, body }) {
      const [fault] = headers['content-type']?.startsWith('application/json') ? teamsFaults(body, raw) : ['not JSON'];
      return fault === undefined ? undefined : { fault, status: 400, body: teamsError('InvalidRequestContent') };
    },
  });

export const teamsError = (code: string): string => JSON.stringify({ error: { code, message: `about ${code}` } });

/** 28,672 bytes of message properties were reached with 24,453 of a request: https://github.com/MicrosoftDocs/msteams-docs/issues/11274 */
const mostBytes = 24_000;

/** What Teams, or its readers, would not take of a card; empty when it is fine. Written from https://adaptivecards.io/explorer, not from our builder. */
export function teamsFaults(payload: unknown, raw = JSON.stringify(payload)): string[] {
  const faults: string[] = [];
  const fail = (condition: boolean, fault: string) => {
    if (condition) faults.push(fault);
  };
  fail(Buffer.byteLength(raw) > mostBytes, `${Buffer.byteLength(raw)} bytes`);
  fail(!raw.isWellFormed() || /\\ud[89a-f]/i.test(raw), 'half a character');
  const { type, attachments } = isRecord(payload) ? payload : {};
  fail(type !== 'message', 'type is not message');
  const [attachment, ...more] = Array.isArray(attachments) ? attachments : [];
  if (!isRecord(attachment) || more.length > 0) return [...faults, 'not one attachment'];
  fail(attachment['contentType'] !== 'application/vnd.microsoft.card.adaptive', 'not an Adaptive Card');
  fail(attachment['contentUrl'] !== null, 'contentUrl is not null');
  const card = attachment['content'];
  if (!isRecord(card)) return [...faults, 'no card'];
  fail(card['type'] !== 'AdaptiveCard' || card['version'] !== '1.4', 'not a card of version 1.4');
  fail(isBlank(card['fallbackText']), 'no fallback text');
  fail(/\]\(/.test(String(card['fallbackText'])), 'a link in the fallback text');
  const markdown: string[] = [];
  for (const element of asList(card['body'])) faults.push(...elementFaults(element, markdown));
  faults.push(...actionFaults(card['actions']), ...entityFaults(card['msteams'], markdown));
  return faults;
}

function elementFaults(element: unknown, markdown: string[]): string[] {
  if (!isRecord(element)) return ['an element that is none'];
  if (!['Small', 'None', undefined].includes(element['spacing'] as string | undefined)) return ['an unknown spacing'];
  switch (element['type']) {
    case 'Container': {
      const known = ['default', 'emphasis', 'good', 'attention', 'warning', 'accent'];
      const items = asList(element['items']).flatMap((item) => elementFaults(item, markdown));
      return known.includes(String(element['style'])) ? items : [...items, `style is ${element['style']}`];
    }
    case 'TextBlock':
      markdown.push(String(element['text']));
      return [
        ...(element['wrap'] === true ? [] : ['a text that is cut at its first line']),
        ...(isBlank(element['text']) ? ['an empty text'] : []),
      ];
    case 'RichTextBlock': {
      const inlines = asList(element['inlines']);
      return inlines.length === 0 ? ['no inlines'] : inlines.flatMap(runFaults);
    }
    default:
      return [`an element ${element['type']}`];
  }
}

function runFaults(run: unknown): string[] {
  if (!isRecord(run) || run['type'] !== 'TextRun' || typeof run['text'] !== 'string') return ['no run of text'];
  const { text } = run;
  return [
    ...(text === '' ? ['an empty run'] : []),
    ...(/[\r\n]/.test(text) ? ['a line break in a run'] : []),
    ...(/\{\{(?:DATE|TIME)\(/.test(text) ? ['a time where nobody wrote one'] : []),
  ];
}

const actionFaults = (actions: unknown): string[] =>
  asList(actions ?? []).flatMap((action) => {
    const { type, title, url } = isRecord(action) ? action : {};
    const fine = type === 'Action.OpenUrl' && !isBlank(title) && /^https:\/\/[^\s]+$/.test(String(url));
    return fine ? [] : ['an action that is no link'];
  });

/** "The text of an entity must stand in the card just so": a mention without its other half is shown as markup. */
function entityFaults(msteams: unknown, markdown: readonly string[]): string[] {
  const { width, entities = [] } = isRecord(msteams) ? msteams : {};
  const mentions = asList(entities).map((entity) => (isRecord(entity) ? entity : {}));
  const calls = markdown.flatMap((text) => text.match(/<at>.*?<\/at>/g) ?? []);
  return [
    ...(width === 'Full' ? [] : ['narrow']),
    ...mentions.flatMap(({ type, text, mentioned }) => {
      const { id, name } = isRecord(mentioned) ? mentioned : {};
      const fine = type === 'mention' && !isBlank(id) && text === `<at>${name}</at>` && calls.includes(String(text));
      return fine ? [] : [`an entity that nobody is called by: ${text}`];
    }),
    ...calls.filter((call) => !mentions.some(({ text }) => text === call)).map((call) => `${call} has no entity`),
  ];
}

const isBlank = (text: unknown): boolean => typeof text !== 'string' || text.trim() === '';
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [undefined]);
