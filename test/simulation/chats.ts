import { isRecord } from '../../lib/core/plan.ts';
import { slackFaults } from '../support/slack-faults.ts';
import type { Run, Stage } from './stage.ts';

/** What a chat can answer. Whoever "told" showed the message to people, whatever it says afterwards. */
export const answers = [
  'fine',
  'told, then silence',
  'told, then a broken line',
  'told, then 502',
  'told, then half an answer',
  'silence',
  'broken line',
  'no connection',
  'busy for 30 s',
  'busy for half an hour',
  '503',
  '500',
  'a page with 200',
  'an error with 200',
  'gone',
  'rejected',
] as const;

export type ChatAnswer = (typeof answers)[number];

/** One copy of a delivery that people saw. */
export type Copy = {
  readonly tick: number;
  readonly destination: string;
  readonly delivery: string;
  readonly marked: boolean;
  /** The chat itself made sure that planwatch could know. */
  readonly clear: boolean;
  readonly run: Run;
  /** What was posted. */
  readonly body: Record<string, unknown>;
};

export const secrets = {
  accessKey: 'AKIDSIMULATED0000001',
  secretKey: 'sk-simulated-0123456789abcdef',
  slackUrl: 'https://hooks.slack.com/services/T0SIMUL/B0SIMUL/xoxSimulatedSecret',
  oncallUrl: 'https://hooks.oncall.test/in/oncallSimulatedSecret',
  auditUrl: 'https://hooks.audit.test/in/auditSimulatedSecret',
  signing: 'whsec_c2ltdWxhdGVkLXNpZ25pbmctc2VjcmV0LTAwMDE=',
} as const;

const hosts: Readonly<Record<string, string>> = {
  'hooks.slack.com': 'releases',
  'hooks.oncall.test': 'oncall',
  'hooks.audit.test': 'audit',
};

export type Chats = ReturnType<typeof createChats>;

/** The three destinations, as fetch meets them. */
export function createChats(stage: Stage, broke: (rule: string) => void) {
  const copies: Copy[] = [];
  /** The next answers of each destination, then its mood. */
  const next: Record<string, ChatAnswer[]> = { releases: [], oncall: [], audit: [] };
  const moods: Record<string, { answer: ChatAnswer; until: number }> = {};

  function post(run: Run, url: URL, text: string, headers: Headers): Response {
    const destination = hosts[url.hostname] ?? 'nowhere';
    const slack = destination === 'releases';
    const body: unknown = JSON.parse(text);
    if (!isRecord(body)) throw new Error('not an object');
    checkLimits(slack, body, text, broke);
    const delivery = slack ? slackId(body) : webhookId(body, headers);
    const mood = moods[destination];
    const answer = next[destination]?.shift() ?? (mood && mood.until > stage.now ? mood.answer : 'fine');
    stage.say(`    ${destination} got ${delivery}${isMarked(text) ? ' (may be a repeat)' : ''}: ${answer}`);
    const told = (clear: boolean) =>
      copies.push({ tick: stage.tick, destination, delivery, marked: isMarked(text), clear, run, body });
    // Some servers repeat what they got.
    const echo = `cannot POST ${url.href}`;
    const silence = () => {
      stage.now += 10_000;
      return Object.assign(new Error(`timed out: ${url.href}`), { name: 'TimeoutError' });
    };
    switch (answer) {
      case 'fine':
        told(true);
        return slack ? new Response('ok') : new Response(null, { status: 204 });
      case 'told, then silence':
        told(false);
        throw silence();
      case 'told, then a broken line':
        told(false);
        throw broken('ECONNRESET', url);
      case 'told, then half an answer':
        told(!slack);
        return new Response('o');
      case 'told, then 502':
        told(false);
        return new Response(`<html><title>502 ${url.href}</title></html>`, { status: 502 });
      case 'silence':
        throw silence();
      case 'broken line':
        throw broken('UND_ERR_SOCKET', url);
      case 'no connection':
        throw broken('ECONNREFUSED', url);
      case 'busy for 30 s':
        return new Response('{"ok":false,"error":"rate_limited","retry_after":30}', {
          status: 429,
          headers: { 'retry-after': '30' },
        });
      case 'busy for half an hour':
        return new Response('later', { status: 429, headers: { 'retry-after': '1800' } });
      case '503':
        return new Response(echo, { status: 503 });
      case '500':
        return new Response(echo, { status: 500 });
      case 'a page with 200':
        return slack ? new Response(`<html><title>Sign in</title></html>`) : new Response(echo, { status: 503 });
      case 'an error with 200':
        return slack ? new Response('invalid_token') : new Response(echo, { status: 401 });
      case 'gone':
        return new Response(slack ? 'no_service' : echo, { status: 404 });
      case 'rejected':
        return new Response(slack ? 'invalid_blocks' : echo, { status: 400 });
    }
  }

  return { copies, next, moods, post };
}

const broken = (code: string, url: URL): Error =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(`${code} ${url.href}`), { code }) });

const isMarked = (text: string): boolean => text.includes('May be a repeat');

const maxWebhookBytes = 256 * 1024;

function checkLimits(slack: boolean, body: Record<string, unknown>, text: string, broke: (rule: string) => void): void {
  const faults = slack ? slackFaults(body) : Buffer.byteLength(text) > maxWebhookBytes ? ['over 256 kB'] : [];
  if (!text.isWellFormed()) faults.push('half a character');
  if (faults.length > 0) broke(`I7: a message is over what its provider takes: ${faults.join(', ')}`);
}

/** The last thing that is shown: small, the id. */
export function slackId(body: Record<string, unknown>): string {
  const lines = String(body['text']).split('\n');
  const attachments = body['attachments'];
  if (!Array.isArray(attachments)) return lines.at(-1)?.trim() ?? '';
  return String(attachments[0]?.blocks?.at(-1)?.elements?.at(-1)?.text);
}

/** A repeat of one event has its own id only in the header; a digest's has a dot, and a dash for it in the header. */
const webhookId = (body: Record<string, unknown>, headers: Headers): string =>
  body['type'] === 'digest' ? String(body['id']) : (headers.get('webhook-id') ?? '');
