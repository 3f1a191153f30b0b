import type { Config } from '../../../lib/core/config.ts';
import { contentOf, toMessages } from '../../../lib/core/delivery.ts';
import type { Lane } from '../../../lib/ledger/lanes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { LogEntry } from '../../../lib/ledger/log.ts';
import type { Receipt } from '../../../lib/ledger/receipts.ts';
import { drawMessage, type Kinds } from './draw.ts';
import type { MessageState, MessageView } from './view.ts';

const mostMessages = 300;

type Deps = { readonly ledger: Ledger; readonly config: Config; readonly kinds: Kinds };

type Drawn = {
  readonly view: Omit<MessageView, 'state'>;
  readonly content: string;
  /** Kept once it is told: then nothing about it changes any more. A dead letter may still be sent again. */
  told?: Receipt;
};

/** The newest deliveries that the logs decided, drawn as their destinations get them, each with what became of it. */
export function createMessages({ ledger, config, kinds }: Deps) {
  const known = new Map<LogEntry, readonly Drawn[]>();
  const reasons = new Map<string, string>();

  function drawn(entry: LogEntry): readonly Drawn[] {
    const before = known.get(entry);
    if (before) return before;
    const fresh = toMessages(entry, entry.at).map((delivery) => ({
      view: drawMessage({ ...delivery, time: entry.at }, config, kinds),
      content: contentOf(delivery.events),
    }));
    known.set(entry, fresh);
    return fresh;
  }

  async function receiptOf(one: Drawn): Promise<Receipt | undefined> {
    if (one.told) return one.told;
    const receipt = await ledger.receipts.find({ ...one.view, content: one.content });
    if (receipt && receipt.outcome !== 'dead') one.told = receipt;
    return receipt;
  }

  /** Dead letters can only be listed, so a destination's are listed when there is one whose reason is not known yet. */
  async function learnReasons(dead: readonly string[], destination: string): Promise<void> {
    if (dead.every((key) => reasons.has(key))) return;
    for await (const { reading } of ledger.deadLetters.all(destination)) {
      if (reading.kind !== 'found') continue;
      const { delivery, reason, answer, at } = reading.value;
      reasons.set(deadKey(delivery, at), [reason, answer].filter(Boolean).join(' '));
    }
  }

  return async (logs: readonly (readonly LogEntry[])[], lanes: ReadonlyMap<string, Lane>) => {
    // The sort is stable and each log comes in its order: what one look saw stays together.
    const entries = logs.flatMap((log) => log.toReversed()).sort((a, b) => compare(b.at, a.at));
    const shown: Drawn[] = [];
    let read = 0;
    for (; read < entries.length && shown.length < mostMessages; read++) {
      const entry = entries[read];
      if (entry) shown.push(...drawn(entry).toReversed());
    }
    const newest = shown.slice(0, mostMessages);
    const current = new Set(entries);
    for (const entry of known.keys()) if (!current.has(entry)) known.delete(entry);

    const receipts = await Promise.all(newest.map(receiptOf));
    const dead = Map.groupBy(
      newest.flatMap(({ view }, index) => {
        const receipt = receipts[index];
        return receipt?.outcome === 'dead' ? [{ ...view, key: deadKey(view, receipt.at) }] : [];
      }),
      ({ destination }) => destination,
    );
    for (const [destination, its] of dead)
      await learnReasons(
        its.map(({ key }) => key),
        destination,
      );

    const messages = newest.map(({ view }, index): MessageView => {
      const receipt = receipts[index];
      return { ...view, state: receipt ? settled(receipt, view, reasons) : waiting(view, lanes.get(view.destination)) };
    });
    const older =
      shown.length > mostMessages || read < entries.length || logs.some(([first]) => (first?.revision ?? 1) > 1);
    return { messages, older };
  };
}

type Which = { readonly destination: string; readonly id: string };

/** With the time: the same delivery can be sent again, and be given up again for another reason. */
const deadKey = ({ destination, id }: Which, at: string): string => `${destination} ${id} ${at}`;

function settled({ outcome, at, attempts }: Receipt, which: Which, reasons: ReadonlyMap<string, string>): MessageState {
  if (outcome === 'delivered') return { kind: 'told', at, attempts };
  if (outcome === 'accepted') return { kind: 'accepted', at, attempts };
  return {
    kind: 'dead',
    at,
    attempts,
    reason: reasons.get(deadKey(which, at)) ?? 'Its dead letter is not there any more.',
  };
}

/** Only the head of a lane is tried; those behind it wait for the same reason. */
function waiting({ id }: Which, { attempt, failingSince, reason, notBefore }: Lane = { v: 1 }): MessageState {
  return {
    kind: 'waiting',
    attempts: attempt?.id === id ? attempt.n : 0,
    ...(failingSince !== undefined && reason !== undefined && { reason }),
    ...(failingSince !== undefined && notBefore !== undefined && { nextAt: notBefore }),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
