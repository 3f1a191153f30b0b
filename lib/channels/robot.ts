import type { Mention } from '../core/mention.ts';
import type { Message } from '../core/message.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Channel } from '../ports.ts';
import type { Misconfigured } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import { ask } from './ask.ts';
import type { Edges, SettingSpecs, Settings } from './channel.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { callsAmong, type Mentions } from './mentions.ts';
import { postJson } from './post.ts';

/** What a group's robot answers: 0 is success, at HTTP 200 like everything else. */
type Verdict = { readonly code: unknown; readonly words: unknown };

export type Robot = {
  readonly specs: SettingSpecs;
  readonly values: Settings;
  readonly answers: Answers;
  /** For an address that the status alone calls wrong. */
  readonly advice: string;
  /** How it answers when all is well. */
  readonly success: string;
  verdict(json: Readonly<Record<string, unknown>>): Verdict;
  /** What is posted where, signed for this moment. */
  request(
    message: Message,
    how: { readonly plain: boolean; readonly now: Date },
  ): { readonly address: URL; readonly body: unknown } | Misconfigured;
};

/** The robots of Chinese group chats: a secret address takes JSON, and only the body says whether it was shown. */
export function createRobot(
  { specs, values, answers, advice, success, verdict, request }: Robot,
  edges: Edges,
): Channel {
  const quote = createQuote(specs, values);

  function outcomeOf(answer: Answer): Outcome {
    const { status, body } = answer;
    const { code, words }: Partial<Verdict> = verdict(jsonOf(body) ?? {});
    // Even if the connection broke after it: half an object does not parse.
    if (code === 0 && status >= 200 && status < 300) return { kind: 'delivered' };
    const known = code !== undefined;
    return meaningOf(answers, answer, {
      code: known ? String(code) : '',
      words: quote(known ? `${code} ${words ?? ''}` : body),
      success,
      advice,
    });
  }

  return {
    send: async (message, { plain, signal }) =>
      ask(
        request(message, { plain, now: edges.now() }),
        ({ address, body }) => postJson(address, body, { ...edges, signal }),
        outcomeOf,
      ),
  };
}

/** As DingTalk and WeCom say it. */
export const errcode: Robot['verdict'] = ({ errcode: code, errmsg: words }) => ({ code, words });

/** Whom a message calls, at most `most` of them; then the last text says how many are left out. */
export function callsOf(
  { mention, labels }: Message,
  mentions: Exclude<Mentions, 'nobody'>,
  most: number,
): readonly { readonly text: string; readonly call?: Mention }[] {
  const calls = callsAmong(mention, mentions);
  return calls.length > most ? [...calls.slice(0, most), { text: labels.more(calls.length - most) }] : calls;
}

/**
 * The last line of each message. A robot may be set to take only what holds a keyword, and this one is in every message
 * of any language.
 */
export const signature = (id: string): string => `${keyword} · ${id}`;
export const keyword = 'planwatch';
