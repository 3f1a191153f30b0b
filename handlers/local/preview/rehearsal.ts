import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import type { TellingStyle } from '../../../lib/core/config.ts';
import type { PlanEvent } from '../../../lib/core/event.ts';
import type { Message } from '../../../lib/core/message.ts';
import { isTold } from '../../../lib/core/outcome.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import type { LaneDeps } from '../../../lib/flow/lane-deps.ts';
import { say } from '../../../lib/flow/say.ts';
import type { Saying } from '../../../lib/flow/saying.ts';
import { styleOfTelling } from '../../../lib/flow/styles.ts';
import { quietLane } from '../../../lib/ledger/lanes.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import type { Channel, Destination } from '../../../lib/ports.ts';
import { createMemoryQueue } from '../../../lib/queues/memory.ts';
import { createMemoryStore } from '../../../lib/stores/memory.ts';
import { createNowhere, type SentRequest } from './requests.ts';

/** A kind that nobody is told by: no configuration has this name, so no route leads there. */
export const unnamed = 'NONE';

/** Who is told, and how. */
export type Stage = {
  readonly kind: ChannelKind;
  readonly settings: Settings;
  readonly style: TellingStyle;
  /** Its name in `routing`, or `unnamed`. */
  readonly destination: string;
  readonly routing: LaneDeps['routing'];
};

/** `digest`: it is told in one, so that the plan's message only comes to show it. */
export type Cue = { readonly event: PlanEvent; readonly digest?: boolean };

/** One thing that is done in the chat to tell an event. */
export type Deed = {
  readonly event: PlanEvent;
  readonly what: 'post' | 'edit' | 'reply';
  /** The whole chat hears it. */
  readonly rings: boolean;
  readonly message: Message;
  readonly requests: readonly SentRequest[];
};

/**
 * What is done in a chat to tell one plan's events, found by telling them to nowhere: the real flow over the real channel, so
 * what is shown is what will be done. `fault`: why it went no further.
 */
export async function rehearse(
  stage: Stage,
  cues: readonly Cue[],
): Promise<{ readonly deeds: readonly Deed[]; readonly fault?: string }> {
  const { kind, style, destination, routing } = stage;
  let current = cues[0]?.event;
  const now = () => new Date(current?.time ?? 0);
  const { channel, deeds } = createWatched(stage, now, () => current);
  const target: Destination = { channel, style, pace: kind.pace, hasPlain: kind.hasPlain };
  const store = createMemoryStore();
  const deps: LaneDeps = {
    store,
    ledger: createLedger(store),
    queue: createMemoryQueue({ now }),
    destination: async () => target,
    routing,
    giveUpAfterMs: Number.POSITIVE_INFINITY,
    now,
    random: () => 0,
    sleep: async () => undefined,
  };
  for (const { event, digest = false } of cues) {
    current = event;
    const queued = { v: 1, id: event.id, destination, events: [event], queuedAt: event.time } as const;
    const saying: Saying = { deps, target, queued, how: { signal: new AbortController().signal } };
    const outcome = digest ? await showInSilence(saying) : await say(saying);
    if (outcome && !isTold(outcome)) {
      const advice = 'advice' in outcome ? outcome.advice : undefined;
      return { deeds, fault: [outcome.reason, advice].filter(Boolean).join('. ') };
    }
  }
  return { deeds };
}

/** As before a digest is told: a plan that has no message gets none. */
async function showInSilence(saying: Saying) {
  const fresh = await styleOfTelling(saying.target)?.freshen?.(
    () => saying,
    quietLane,
    () => true,
  );
  return fresh?.kind === 'failed' ? fresh.outcome : undefined;
}

/** The kind's own channel, with a note of each thing that is done over it. */
function createWatched({ kind, settings, style }: Stage, now: () => Date, eventNow: () => PlanEvent | undefined) {
  const deeds: Deed[] = [];
  let shown = 0;
  const nowhere = createNowhere(kind, settings, ({ body }) => tookIt(++shown, body));
  const real = kind.create({ ...settings, style }, { fetch: nowhere.fetch, now });

  async function note<T>(what: Deed['what'], rings: boolean, message: Message, act: () => Promise<T>): Promise<T> {
    const before = nowhere.requests.length;
    const outcome = await act();
    const event = eventNow();
    if (event) deeds.push({ event, what, rings, message, requests: nowhere.requests.slice(before) });
    return outcome;
  }

  const { edit, reply } = real;
  const channel: Channel = {
    send: (message, how) => note('post', true, message, () => real.send(message, how)),
    ...(edit && {
      edit: (reference, message, how) => note('edit', false, message, () => edit(reference, message, how)),
    }),
    ...(reply && {
      reply: (reference, message, how) => note('reply', how.ring, message, () => reply(reference, message, how)),
    }),
  };
  return { channel, deeds };
}

/** What each chat that can edit or has threads says once it shows a message, all in one. */
function tookIt(count: number, body: string): Response {
  const asked: unknown = JSON.parse(body);
  const channel = isRecord(asked) ? asked['channel'] : undefined;
  return Response.json({
    ok: true,
    channel,
    ts: `1764000000.${String(count).padStart(6, '0')}`,
    id: String(count),
    result: { message_id: count },
    name: `spaces/S/messages/${count}`,
  });
}
