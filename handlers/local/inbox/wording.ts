import { type Event, isPlanEvent } from '../../../lib/core/event.ts';
import { composeMessage, type Tone } from '../../../lib/core/message.ts';
import type { ReleasePlan } from '../../../lib/core/plan.ts';
import { planWords } from '../../../lib/core/wording.ts';
import { wordsOf } from '../../../lib/core/words.ts';
import { printable } from '../terminal.ts';
import type { Group } from './view.ts';

type EventWords = {
  readonly group: Group;
  readonly tone: Tone;
  readonly words: string;
  readonly detail: string;
  readonly reasons: readonly string[];
};

/** What people typed, with nothing in it that turns the words around it: a message that a chat gets has its own care. */
export const namesOf = ({ name, action, creator, status }: ReleasePlan) => ({
  name: printable(name),
  action: printable(action ?? ''),
  creator: printable(creator ?? ''),
  status: printable(status),
});

/** How the page's own lists call an event; the message that a chat gets is another thing. */
export function wordingOf(event: Event): EventWords {
  const { tone, title, failures } = composeMessage({ id: event.id, events: [event] });
  if (!isPlanEvent(event)) {
    return { group: 'planwatch', tone, words: title, detail: printable(event.reason ?? ''), reasons: [] };
  }
  const { type, plan, from } = event;
  return {
    group: type === 'plan.removed' ? 'removed' : plan.class,
    tone,
    words: printable(planWords(event, wordsOf())),
    detail: printable(from === undefined ? plan.status : `${from} → ${plan.status}`),
    reasons: failures.map(({ component, reason }) => `${component}: ${reason}`),
  };
}
