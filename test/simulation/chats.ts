import { isRecord } from '../../lib/core/plan.ts';
import { slackFaults } from '../support/slack-faults.ts';
import { createBoard } from './board.ts';
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
  botToken: 'xoxb-simulatedBotToken0001',
  auditUrl: 'https://hooks.audit.test/in/auditSimulatedSecret',
  signing: 'whsec_c2ltdWxhdGVkLXNpZ25pbmctc2VjcmV0LTAwMDE=',
} as const;

const hosts: Readonly<Record<string, string>> = {
  'hooks.slack.com': 'releases',
  'slack.com': 'board',
  'hooks.oncall.test': 'oncall',
  'hooks.audit.test': 'audit',
};

export type Chats = ReturnType<typeof createChats>;

/** Those that show a message to people instead of handing it to a program. */
export const isSlack = (destination: string): boolean => destination === 'releases' || destination === 'board';

/** The four destinations, as fetch meets them. */
export function createChats(stage: Stage, broke: (rule: string) => void) {
  const copies: Copy[] = [];
  /** The next answers of each destination, then its mood. */
  const next: Record<string, ChatAnswer[]> = { releases: [], board: [], oncall: [], audit: [] };
  const board = createBoard(() => stage.now);
  /** Messages of the board that were not edited though they should have been: the edit was rejected. */
  const stale = new Set<string>();
  const moods: Record<string, { answer: ChatAnswer; until: number }> = {};

  function post(run: Run, url: URL, text: string, headers: Headers): Response {
    const destination = hosts[url.hostname] ?? 'nowhere';
    const mood = moods[destination];
    const answer = next[destination]?.shift() ?? (mood && mood.until > stage.now ? mood.answer : 'fine');
    const to = destination === 'board' ? bot(run, url, text, answer) : hook(run, destination, text, headers);
    stage.say(`    ${destination} got ${to.what}${isMarked(text) ? ' (may be a repeat)' : ''}: ${answer}`);
    // Some servers repeat what they got.
    const echo = `cannot POST ${url.href}`;
    const silence = () => {
      stage.now += 10_000;
      return Object.assign(new Error(`timed out: ${url.href}`), { name: 'TimeoutError' });
    };
    switch (answer) {
      case 'fine':
        return to.take(true);
      case 'told, then silence':
        to.take(false);
        throw silence();
      case 'told, then a broken line':
        to.take(false);
        throw broken('ECONNRESET', url);
      case 'told, then half an answer':
        to.take(!isSlack(destination));
        return new Response(destination === 'board' ? '{"ok":tr' : 'o');
      case 'told, then 502':
        to.take(false);
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
        return isSlack(destination)
          ? new Response(`<html><title>Sign in</title></html>`)
          : new Response(echo, { status: 503 });
      case 'an error with 200':
        return to.refuse('invalid_token', 'invalid_auth', 401, echo);
      case 'gone':
        return to.refuse('no_service', 'channel_not_found', 404, echo);
      case 'rejected':
        return to.refuse('invalid_blocks', 'invalid_blocks', 400, echo);
    }
  }

  /** What one request asks for. `take`: people see it; `clear`: and the chat itself made sure that planwatch could know. */
  type Asked = {
    readonly what: string;
    take(clear: boolean): Response;
    refuse(webhook: string, bot: string, status: number, echo: string): Response;
  };

  const copyOf = (run: Run, destination: string, delivery: string, body: Record<string, unknown>, clear: boolean) =>
    copies.push({
      tick: stage.tick,
      destination,
      delivery,
      marked: isMarked(JSON.stringify(body)),
      clear,
      run,
      body,
    });

  function hook(run: Run, destination: string, text: string, headers: Headers): Asked {
    const body: unknown = JSON.parse(text);
    if (!isRecord(body)) throw new Error('not an object');
    const slack = isSlack(destination);
    checkLimits(slack, body, text, broke);
    const delivery = slack ? slackId(body) : webhookId(body, headers);
    return {
      what: delivery,
      take(clear) {
        copyOf(run, destination, delivery, body, clear);
        return slack ? new Response('ok') : new Response(null, { status: 204 });
      },
      refuse: (webhook, _bot, status, echo) =>
        slack
          ? new Response(webhook, { status: webhook === 'invalid_token' ? 200 : status })
          : new Response(echo, { status }),
    };
  }

  function bot(run: Run, url: URL, text: string, answer: ChatAnswer): Asked {
    const method = url.pathname.replace('/api/', '');
    const isPost = method.startsWith('chat.');
    const body: Record<string, unknown> = isPost ? JSON.parse(text) : {};
    if (isPost) checkLimits(true, body, text, broke);
    if (method === 'chat.update' && answer === 'rejected') stale.add(String(body['ts']));
    return {
      what: `${method} ${String(body['ts'] ?? body['thread_ts'] ?? '')}`,
      take(clear) {
        const done = board.call(method, text);
        if (done.posted) copyOf(run, 'board', done.id, body, clear);
        return Response.json(done.answer);
      },
      refuse: (_webhook, error) => Response.json({ ok: false, error }),
    };
  }

  return { copies, next, moods, post, board, stale };
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
