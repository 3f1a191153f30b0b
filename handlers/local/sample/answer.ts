import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** One answer. A string is sent as it is; `cutAfter` ends the connection after so many bytes. */
export type SampleAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly cutAfter?: number;
  /** How long the cloud thinks before it says anything. */
  readonly delayMs?: number;
  /** In place of an answer: the connection is reset, or left open without a word. */
  readonly instead?: 'reset' | 'silence';
};

export const fault = (status: number, error_code: string, error_msg: string): SampleAnswer => ({
  status,
  body: { error_code, error_msg },
});

/** IAM spells its faults in a way of its own, the code being the status again. */
export const iamFault = (code: number, message: string, title: string): SampleAnswer => ({
  status: code,
  body: { error: { code, message, title } },
});

/** Sends it as this cloud sends everything: with a request id in the header, and in the body of a fault. */
export async function sendAnswer(
  response: ServerResponse,
  { status = 200, headers = {}, body, cutAfter, delayMs, instead }: SampleAnswer,
  { requestId, at }: { readonly requestId: string; readonly at: Date },
): Promise<void> {
  if (delayMs !== undefined) await wait(delayMs, undefined, { ref: false });
  if (instead === 'reset') response.socket?.resetAndDestroy();
  if (instead !== undefined) return;
  const told = status >= 400 && isFault(body) ? { ...body, request_id: requestId } : body;
  const text = typeof told === 'string' ? told : told === undefined ? '' : JSON.stringify(told);
  response.writeHead(status, {
    'Content-Type': 'application/json;charset=utf8',
    Date: at.toUTCString(),
    'X-Request-Id': requestId,
    ...headers,
    'Content-Length': Buffer.byteLength(text),
  });
  if (cutAfter === undefined) response.end(text);
  else response.write(Buffer.from(text).subarray(0, cutAfter), () => response.destroy());
}

const isFault = (body: unknown): body is object => typeof body === 'object' && body !== null && 'error_code' in body;
