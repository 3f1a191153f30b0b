import type { Message } from '../core/message.ts';
import { isRecord } from '../core/plan.ts';

const eventType = 'planwatch_message';

/** https://docs.slack.dev/messaging/message-metadata */
export const metadataOf = ({ id, to }: Pick<Message, 'id' | 'to'>) => ({
  event_type: eventType,
  event_payload: { id, ...(to !== undefined && { to }) },
});

/** Slack's clock writes a message's time, and ours the time of the attempt. */
const skewMs = 60_000;
/** All that an app gets at once where Slack limits it most: https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps */
const limit = '15';
/** Bytes: fifteen of the longest messages, in JSON, with what Slack adds. */
export const mostOfSearch = 2 * 1024 * 1024;

/** The call that shows the newest messages of a channel, or a thread, since that time (RFC 3339). */
export function searchFor(since: string, thread: string | undefined) {
  const oldest = ((Date.parse(since) - skewMs) / 1000).toFixed(6);
  const query = { oldest, limit, include_all_metadata: 'true' };
  return thread === undefined
    ? { method: 'conversations.history', query }
    : { method: 'conversations.replies', query: { ...query, ts: thread } };
}

/**
 * The time of the message with this id that this destination sent. In a thread its first message does not count, which may show the same event;
 * nor does in a channel what is an answer and was shown there as well.
 */
export function foundIn(
  answer: Readonly<Record<string, unknown>> | undefined,
  { id, to }: { readonly id: string; readonly to: string },
  thread: string | undefined,
): string | undefined {
  const { ok, messages } = answer ?? {};
  if (ok !== true || !Array.isArray(messages)) return undefined;
  const found = messages.filter(isRecord).find(({ ts, thread_ts: under = ts, metadata }) => {
    if (thread === undefined ? under !== ts : ts === thread) return false;
    const { event_type: type, event_payload: payload } = isRecord(metadata) ? metadata : {};
    return type === eventType && isRecord(payload) && payload['id'] === id && payload['to'] === to;
  });
  return typeof found?.['ts'] === 'string' ? found['ts'] : undefined;
}
