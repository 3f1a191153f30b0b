import { contentOf, type QueueMessage } from '../core/delivery.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Receipt } from '../ledger/receipts.ts';

/** What became of one delivery. Times are RFC 3339. */
export type Fate =
  /** `accepted`: the provider only took it in. */
  | {
      readonly kind: 'delivered' | 'accepted';
      readonly at: string;
      readonly attempts: number;
      readonly reference?: string;
    }
  | {
      readonly kind: 'dead';
      readonly at: string;
      readonly attempts: number;
      readonly reason: string;
      readonly maybeSeen?: true;
    }
  | { readonly kind: 'waiting'; readonly attempts: number; readonly reason: string; readonly nextAt?: string };

type Which = Pick<QueueMessage, 'id' | 'destination' | 'events'>;

/** By its receipt, else by the lane of its destination. */
export async function fateOf(ledger: Ledger, message: Which, lane: Lane): Promise<Fate> {
  const receipt = await ledger.receipts.find({ ...message, content: contentOf(message.events) });
  return receipt ? settledFate(ledger, message, receipt) : waitingFate(message, lane);
}

/** What a receipt says; of one that was given up also what its dead letter says. */
export async function settledFate(
  ledger: Ledger,
  which: Pick<Which, 'id' | 'destination'>,
  { outcome, at, attempts, reference, unsure }: Receipt,
): Promise<Fate> {
  if (outcome !== 'dead') return { kind: outcome, at, attempts, ...(reference !== undefined && { reference }) };
  const letter = await ledger.deadLetters.find(which);
  const reason =
    letter.kind === 'found'
      ? [letter.value.reason, letter.value.answer].filter(Boolean).join(' ')
      : 'Its dead letter is not there any more.';
  return { kind: 'dead', at, attempts, reason, ...(unsure && { maybeSeen: true }) };
}

/** Only the head of a lane is tried; those behind it wait for the same reason. */
export function waitingFate({ id }: Pick<Which, 'id'>, { attempt, failingSince, reason, notBefore }: Lane): Fate {
  const attempts = attempt?.id === id ? attempt.n : 0;
  const next = notBefore === undefined ? {} : { nextAt: notBefore };
  if (failingSince !== undefined) {
    const words = reason ?? 'Its destination does not answer.';
    const behind = attempts === 0 && attempt !== undefined ? `It waits behind ${attempt.id}: ` : '';
    return { kind: 'waiting', attempts, reason: `${behind}${words}`, ...next };
  }
  const words =
    attempts > 0
      ? 'It is being told, or planwatch died while it was; then it is told again, and says so.'
      : 'It is in the queue and has not been tried yet.';
  return { kind: 'waiting', attempts, reason: words };
}
