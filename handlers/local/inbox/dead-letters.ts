import { composeMessage } from '../../../lib/core/message.ts';
import type { DeadLetter } from '../../../lib/ledger/dead-letters.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { DeadLetterView } from './view.ts';

const mostShown = 200;

type Which = { readonly destination: string; readonly id: string; readonly at: string };

/** With the time: the same delivery can be sent again, and be given up again for another reason. */
export const deadLetterKey = ({ destination, id, at }: Which): string => `${destination} ${id} ${at}`;

export type DeadLetters = {
  readonly shown: readonly DeadLetterView[];
  readonly more: boolean;
  /** In words, by `deadLetterKey`. */
  readonly reasons: ReadonlyMap<string, string>;
};

/** They can only be listed. A damaged one has been set aside by whoever reads it first, and is passed over. */
export async function readDeadLetters({ deadLetters }: Pick<Ledger, 'deadLetters'>): Promise<DeadLetters> {
  const shown: DeadLetterView[] = [];
  let more = false;
  for await (const { reading } of deadLetters.all()) {
    if (shown.length === mostShown) {
      more = true;
      break;
    }
    if (reading.kind === 'found') shown.push(viewOf(reading.value));
  }
  const reasons = new Map(
    shown.map((letter) => [deadLetterKey(letter), [letter.reason, letter.answer].filter(Boolean).join(' ')]),
  );
  return { shown: shown.sort((a, b) => (a.at < b.at ? 1 : -1)), more, reasons };
}

const viewOf = ({ delivery, reason, answer, attempts, at }: DeadLetter): DeadLetterView => ({
  id: delivery.id,
  destination: delivery.destination,
  title: composeMessage(delivery).title,
  reason,
  answer,
  attempts,
  at,
});
