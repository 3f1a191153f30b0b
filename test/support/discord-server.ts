import { isRecord } from '../../lib/core/plan.ts';
import { createRoom, type Room } from './chat-room.ts';
import { type Answered, type Receiver, startReceiver } from './chat-server.ts';

type DiscordBody = Readonly<Record<string, unknown>>;

const webhook = 'webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fec_secret-token-of-discord';
export const discordMessageId = '1310000000000000001';

/** The thread that the address names, and what people change about it. */
export type DiscordThread = { archived: boolean };

/**
 * A channel's webhook: 200 and the saved message. Without `wait=true` in the address nobody answers a post here. `thread`:
 * the address names this thread of the channel, and the messages are in it.
 */
export async function startDiscordReceiver({
  thread,
}: {
  readonly thread?: string;
} = {}): Promise<Receiver<DiscordBody> & { readonly room: Room<DiscordBody>; readonly thread: DiscordThread }> {
  const room = createRoom<DiscordBody>();
  const state: DiscordThread = { archived: false };
  let next = BigInt(discordMessageId);
  const place = thread === undefined ? '' : `thread_id=${thread}`;
  const path = `/api/v10/${webhook}`;
  const saved = (id: string): Answered => ({
    status: 200,
    body: JSON.stringify({ id, type: 0, channel_id: thread ?? '1300000000000000000' }),
  });
  const receiver = await startReceiver<DiscordBody>({
    address: `/api/${webhook}${place && `?${place}`}`,
    path: `${path}?${place && `${place}&`}wait=true`,
    asks: (method, at) => method === 'PATCH' && /^\/messages\/\d+$/.test(at.replace(path, '')),
    success({ method, path: at, query, body }) {
      if (method === 'POST') {
        const id = String(next++);
        // https://docs.discord.com/developers/topics/threads#active--archived-threads
        state.archived = false;
        room.add({ reference: id, body });
        return saved(id);
      }
      const id = at.split('/').at(-1) ?? '';
      if (!room.find(id) || (query.get('thread_id') ?? undefined) !== thread) {
        return { status: 404, body: discordError(10008, 'Unknown Message'), posts: false };
      }
      if (state.archived) return { status: 400, body: discordError(50083, 'Thread is archived'), posts: false };
      room.edit(id, body);
      return { ...saved(id), posts: false };
    },
    isSuccess: (status, body) => status === 200 && body.includes('"id"'),
    refuse({ method, headers, query, body }) {
      const invalid = (fault: string) => ({ fault, status: 400, body: discordError(50035, 'Invalid Form Body') });
      if (headers['content-type'] !== 'application/json') return invalid('not sent as JSON');
      if (!/^planwatch\//.test(headers['user-agent'] ?? '')) {
        return { fault: 'no user agent', status: 403, body: discordError(40333, 'internal network error') };
      }
      const [fault] = method === 'PATCH' ? editFaults(body, query) : discordFaults(body);
      return fault === undefined ? undefined : invalid(fault);
    },
  });
  return { ...receiver, room, thread: state };
}

/** What it leaves out stays, and without `allowed_mentions` whoever is named in it is called. */
function editFaults({ flags, ...body }: DiscordBody, query: URLSearchParams): string[] {
  const { embeds, allowed_mentions: allowed } = body;
  const shown = (embeds as unknown[])?.length > 0;
  return [
    ...(query.has('wait') ? ['an edit does not wait'] : []),
    ...(Array.isArray(embeds) ? [] : ['embeds that were there would stay']),
    ...(flags === (shown ? 0 : 4) ? [] : [`flags are ${flags}`]),
    ...(JSON.stringify(allowed) === '{"parse":[],"users":[],"roles":[]}' ? [] : ['an edit calls somebody']),
    ...discordFaults(body),
  ];
}

export const discordError = (code: number, message: string): string => JSON.stringify({ message, code });

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const limits = { content: 2000, description: 4096, fields: 25, name: 256, value: 1024, footer: 2048, sum: 6000 };

/**
 * What Discord, or its readers, would not take of a message; empty when it is fine. Written from its documents, not from
 * our builder.
 */
export function discordFaults(payload: unknown): string[] {
  const faults: string[] = [];
  const { content, embeds = [], allowed_mentions: allowed, flags, ...rest } = isRecord(payload) ? payload : {};
  if (Object.keys(rest).length > 0) faults.push(`strange: ${Object.keys(rest)}`);
  if (!isRecord(allowed) || !Array.isArray(allowed['parse'])) faults.push('whoever is named in it is called');
  let sum = 0;
  const check = (at: string, text: unknown, most: number, markup = true) => {
    if (typeof text !== 'string' || text.trim() === '') return void faults.push(`${at} is empty`);
    if (text.length > most) faults.push(`${at} has ${text.length} characters`);
    if (!text.isWellFormed()) faults.push(`${at} has half a character`);
    if (at !== 'content') sum += text.length;
    if (markup) faults.push(...markupFaults(at, text, isRecord(allowed) ? allowed : {}));
  };
  check('content', content, limits.content);
  if (!Array.isArray(embeds) || embeds.length > 1) faults.push('not one embed');
  for (const embed of Array.isArray(embeds) ? embeds : []) {
    const { color, description, fields = [], footer, ...strange } = isRecord(embed) ? embed : {};
    if (Object.keys(strange).length > 0) faults.push(`strange in an embed: ${Object.keys(strange)}`);
    if (!Number.isInteger(color) || Number(color) < 0 || Number(color) > 0xffffff) faults.push('no colour');
    if (description !== undefined) check('description', description, limits.description);
    if (!Array.isArray(fields) || fields.length > limits.fields) faults.push('too many fields');
    for (const field of fields as Record<string, unknown>[]) {
      check('name', field['name'], limits.name);
      check('value', field['value'], limits.value);
      if (typeof field['inline'] !== 'boolean') faults.push('inline is not true or false');
    }
    if (footer !== undefined) check('footer', isRecord(footer) ? footer['text'] : '', limits.footer, false);
  }
  if (sum > limits.sum) faults.push(`the embed has ${sum} characters`);
  // SUPPRESS_EMBEDS takes our own away as well.
  if (flags !== undefined && (flags !== 4 || (embeds as unknown[]).length > 0)) faults.push(`flags are ${flags}`);
  return faults;
}

const listed = (allowed: Record<string, unknown>, name: string): unknown[] =>
  Array.isArray(allowed[name]) ? allowed[name] : [];

/**
 * A backslash makes any punctuation mark plain. What is left of the markup must be tokens that Discord documents, and
 * whoever is called must be in `allowed_mentions`.
 */
function markupFaults(at: string, text: string, allowed: Record<string, unknown>): string[] {
  const called: boolean[] = [];
  const rest = text
    .replace(/\\[^0-9A-Za-z\s]/g, '·')
    .replace(/<@(&?)(\d{17,20})>/g, (_, role: string, id: string) => {
      called.push(at === 'content' && listed(allowed, role ? 'roles' : 'users').includes(id));
      return '';
    })
    .replace(/@(?:here|everyone)/g, () => {
      called.push(at === 'content' && listed(allowed, 'parse').includes('everyone'));
      return '';
    })
    .replace(/<t:-?\d+:[tTdDfFsSR]>/g, '')
    .replace(/\[[^[\]\n]+\]\(<https:\/\/[^<>\s]+>\)/g, '')
    .replace(/^-# /gm, '')
    .replace(/\*\*(?=\S)([^*\n]+)\*\*/g, '$1');
  const lines = rest.split('\n');
  return [
    ...(called.includes(false) ? [`${at} shows a mention that calls nobody, or one that should not`] : []),
    ...(/[*_~`|<[@]|:\/\/|:[\w+-]+:|(?:\.gg|invite)\//i.test(rest) ? [`${at} has markup: ${rest.slice(0, 200)}`] : []),
    ...(lines.some((line) => /^\s*(?:[>#+-]|\d+[.)])/.test(line))
      ? [`${at} has a line that is a quote or a list`]
      : []),
  ];
}
