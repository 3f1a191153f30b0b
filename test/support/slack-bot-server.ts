import { isRecord } from '../../lib/core/plan.ts';
import { createRoom, type Room, type Shown } from './chat-room.ts';
import { type Answered, type Receiver, type SlackBody, startReceiver, type Taken } from './chat-server.ts';
import { slackFaults } from './slack-faults.ts';

export type SlackBotBody = SlackBody & {
  readonly channel: string;
  readonly metadata: { readonly event_type: string; readonly event_payload: { readonly id: string } };
  readonly thread_ts?: string;
  readonly reply_broadcast?: boolean;
};

/** All that is said to it, in JSON or as a form. */
type Asked = SlackBotBody & Readonly<Record<string, unknown>> & { readonly ts?: string };

/** The one channel that the bot is in, and what people change about it. */
export type SlackChannel = {
  /** What the bot may; an app is installed again to change it. */
  readonly scopes: Set<string>;
  /** What every call answers until it is mended, such as `is_archived`. */
  fault?: string;
  /** The workspace lets messages be edited no more. */
  editWindowClosed: boolean;
  /** A message of somebody else, or a person's answer in a thread. */
  hear(text: string, under?: string): void;
};

export const botToken = 'xoxb-17653672481-TokenOfTheBot';
export const botChannel = 'C024BE91L';

const address = '/gateway-of-the-company';
const methods = ['chat.update', 'conversations.history', 'conversations.replies'];
const refuses = (error: string, more = {}): Answered => ({
  status: 200,
  body: JSON.stringify({ ok: false, error, ...more }),
  posts: false,
});

/** Slack's Web API, as far as a bot in one channel needs it: always 200, and `ok` says whether it was done. */
export async function startSlackBotReceiver({
  now = () => new Date('2026-11-24T03:04:06.000Z'),
}: {
  readonly now?: () => Date;
} = {}): Promise<Receiver<SlackBotBody> & { readonly room: Room<SlackBotBody>; readonly channel: SlackChannel }> {
  const room = createRoom<SlackBotBody>();
  let count = 0;
  const nextTs = () => `${Math.floor(now().getTime() / 1000)}.${String(++count).padStart(6, '0')}`;
  const channel: SlackChannel = {
    scopes: new Set(['chat:write', 'channels:history']),
    editWindowClosed: false,
    hear(text, under) {
      const reference = `${botChannel}/${nextTs()}`;
      room.add({ reference, body: { text } as SlackBotBody, ...(under !== undefined && { under }) });
    },
  };
  const receiver = await startReceiver<SlackBotBody>({
    address,
    path: `${address}/chat.postMessage`,
    asks: (method, path) => method === 'POST' && methods.some((name) => path === `${address}/${name}`),
    success: (request) => answerOf(room, channel, request as Taken<Asked>, nextTs),
    isSuccess: (status, body) => status === 200 && body.includes('"ok":true'),
    refuse({ path, headers, body }) {
      const [error, fault] = refusalOf(path.slice(address.length + 1), headers, body as Asked);
      return fault === undefined ? undefined : { fault, ...refuses(error) };
    },
  });
  return { ...receiver, room, channel };
}

function answerOf(
  room: Room<SlackBotBody>,
  channel: SlackChannel,
  { path, body }: Taken<Asked>,
  nextTs: () => string,
): Answered {
  if (channel.fault !== undefined) return refuses(channel.fault);
  if (body.channel !== botChannel) return refuses('channel_not_found');
  const done = (more: object, posts = false): Answered => ({
    status: 200,
    body: JSON.stringify({ ok: true, ...more }),
    ...(!posts && { posts }),
  });
  switch (path.slice(address.length + 1)) {
    case 'chat.postMessage': {
      const ts = nextTs();
      const { thread_ts, reply_broadcast } = body;
      const parent = `${botChannel}/${thread_ts}`;
      // https://github.com/slack-go/slack/issues/1571: where the parent is gone, it is a message of its own.
      const under = room.find(parent) && { under: parent, ...(reply_broadcast && { broadcast: true as const }) };
      room.add({ reference: `${botChannel}/${ts}`, body, ...under });
      return done({ channel: botChannel, ts, message: { text: body.text, ...(under && { thread_ts }) } }, true);
    }
    case 'chat.update': {
      const reference = `${botChannel}/${body.ts}`;
      const old = room.find(reference);
      if (!old) return refuses('message_not_found');
      // Other people's messages have no metadata of ours.
      if (!old.body.metadata) return refuses('cant_update_message');
      if (channel.editWindowClosed) return refuses('edit_window_closed');
      const { channel: _channel, ts, parse: _parse, ...change } = body;
      room.edit(reference, change as Partial<SlackBotBody>);
      return done({ channel: botChannel, ts, text: body.text });
    }
    default:
      return historyOf(
        room,
        channel,
        path.endsWith('replies'),
        body as never as Readonly<Record<string, string>>,
        done,
      );
  }
}

function historyOf(
  room: Room<SlackBotBody>,
  { scopes }: SlackChannel,
  replies: boolean,
  { ts = '', oldest = '0', limit = '100', include_all_metadata: all }: Readonly<Record<string, string>>,
  done: (more: object) => Answered,
): Answered {
  if (!scopes.has('channels:history')) {
    return refuses('missing_scope', { needed: 'channels:history', provided: [...scopes].join(',') });
  }
  const parent = `${botChannel}/${ts}`;
  if (replies && !room.find(parent)) return refuses('thread_not_found');
  const threads = new Set(room.shown().flatMap(({ under }) => under ?? []));
  const asSlackDoes = ({
    reference,
    body,
    under = threads.has(reference) ? reference : undefined,
  }: Shown<SlackBotBody>) => {
    const { metadata, thread_ts: _thread, channel: _channel, ...rest } = body;
    return {
      type: 'message',
      ...rest,
      ts: timeIn(reference),
      ...(under !== undefined && { thread_ts: timeIn(under) }),
      ...(all === 'true' && metadata && { metadata }),
    };
  };
  const since = (one: Shown<SlackBotBody>) => Number(timeIn(one.reference)) > Number(oldest);
  const first = room.shown().filter(({ reference }) => reference === parent);
  const listed = replies
    ? [...first, ...room.shown().filter((one) => one.under === parent && since(one))]
    : room
        .shown()
        .filter((one) => (one.under === undefined || one.broadcast) && since(one))
        .toReversed();
  const messages = listed.slice(0, Number(limit)).map(asSlackDoes);
  return done({ messages, has_more: listed.length > messages.length });
}

const timeIn = (reference: string): string => reference.split('/')[1] ?? '';

function refusalOf(
  method: string,
  headers: Readonly<Record<string, string>>,
  body: Asked,
): readonly [error: string, fault: string | undefined] {
  if (headers['authorization'] !== `Bearer ${botToken}`) return ['invalid_auth', 'another token'];
  if (!/^[CGD][A-Z0-9]{8,}$/.test(body.channel)) return ['channel_not_found', `no channel ${body.channel}`];
  if (method.startsWith('conversations.')) {
    // These do not take JSON.
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return ['invalid_arguments', 'no form'];
    const times = [body['oldest'], body.ts ?? '0.0'];
    return ['invalid_arguments', times.every((ts) => /^\d+\.\d+$/.test(String(ts))) ? undefined : `times are ${times}`];
  }
  // Without the charset Slack takes it, and warns of it in each answer.
  if (headers['content-type'] !== 'application/json; charset=utf-8') return ['invalid_post_type', 'not sent as JSON'];
  const { event_type: type, event_payload: payload } = isRecord(body.metadata) ? body.metadata : {};
  if (!/^[a-zA-Z0-9_]{1,255}$/.test(String(type))) return ['invalid_metadata_format', `event_type is ${type}`];
  if (!isRecord(payload)) return ['invalid_metadata_format', 'no event_payload'];
  if (method === 'chat.update') return ['invalid_arguments', editFault(body) ?? slackFaults(body)[0]];
  const { thread_ts, reply_broadcast } = body;
  if (thread_ts !== undefined && !/^\d+\.\d+$/.test(thread_ts))
    return ['invalid_thread_ts', `thread_ts is ${thread_ts}`];
  if (reply_broadcast && thread_ts === undefined) return ['invalid_arguments', 'broadcast of nothing'];
  return ['invalid_blocks', slackFaults(body)[0]];
}

/** Its parameters: https://docs.slack.dev/reference/methods/chat.update */
const known = ['channel', 'ts', 'text', 'blocks', 'attachments', 'metadata', 'parse', 'link_names', 'reply_broadcast'];

function editFault(body: Asked): string | undefined {
  const strange = Object.keys(body).filter((name) => !known.includes(name));
  if (strange.length > 0) return `strange in an edit: ${strange}`;
  if (typeof body.ts !== 'string') return 'ts is no text';
  if (!Array.isArray(body.blocks) || !Array.isArray(body.attachments)) return 'blocks that were there would stay';
  // What is left out means `client`, by which names and addresses in it become links.
  if (body['parse'] !== 'none') return 'names in it become mentions';
  return /<[!@]/.test(body.text) ? 'an edit calls somebody' : undefined;
}
