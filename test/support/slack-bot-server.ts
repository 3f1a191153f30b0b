import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, type SlackBody, startReceiver } from './chat-server.ts';
import { slackFaults } from './slack-faults.ts';

export type SlackBotBody = SlackBody & {
  readonly channel: string;
  readonly metadata: { readonly event_type: string; readonly event_payload: { readonly id: string } };
};

export const botToken = 'xoxb-17653672481-TokenOfTheBot';
export const botChannel = 'C024BE91L';

const address = '/gateway-of-the-company';

/** Slack's chat.postMessage: always 200, and `ok` says whether it was posted. */
export const startSlackBotReceiver = (): Promise<Receiver<SlackBotBody>> =>
  startReceiver<SlackBotBody>({
    address,
    path: `${address}/chat.postMessage`,
    success: { status: 200, body: JSON.stringify({ ok: true, channel: botChannel, ts: '1503435956.000247' }) },
    isSuccess: (status, body) => status === 200 && body.includes('"ok":true'),
    refuse({ headers, body }) {
      const [error, fault] = refusalOf(headers, body);
      return fault === undefined ? undefined : { fault, status: 200, body: JSON.stringify({ ok: false, error }) };
    },
  });

function refusalOf(
  headers: Readonly<Record<string, string>>,
  body: SlackBotBody,
): readonly [error: string, fault: string | undefined] {
  if (headers['authorization'] !== `Bearer ${botToken}`) return ['invalid_auth', 'another token'];
  // Without the charset Slack takes it, and warns of it in each answer.
  if (headers['content-type'] !== 'application/json; charset=utf-8') return ['invalid_post_type', 'not sent as JSON'];
  if (!/^[CGD][A-Z0-9]{8,}$/.test(body.channel)) return ['channel_not_found', `no channel ${body.channel}`];
  const { event_type: type, event_payload: payload } = isRecord(body.metadata) ? body.metadata : {};
  if (!/^[a-zA-Z0-9_]{1,255}$/.test(String(type))) return ['invalid_metadata_format', `event_type is ${type}`];
  if (!isRecord(payload)) return ['invalid_metadata_format', 'no event_payload'];
  return ['invalid_blocks', slackFaults(body)[0]];
}
