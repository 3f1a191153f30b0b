import { type Event, isPlanEvent } from '../../../lib/core/event.ts';
import { composeMessage, type Tone } from '../../../lib/core/message.ts';
import { planWords } from '../../../lib/core/wording.ts';
import type { Group } from './view.ts';

export type EventWords = {
  readonly group: Group;
  readonly tone: Tone;
  readonly words: string;
  readonly detail: string;
  readonly reasons: readonly string[];
};

/** How the page's own lists call an event; the message that a chat gets is another thing. */
export function wordsOf(event: Event): EventWords {
  const { tone, title, failures } = composeMessage({ id: event.id, events: [event] });
  if (!isPlanEvent(event)) {
    return { group: 'planwatch', tone, words: title, detail: event.reason ?? '', reasons: [] };
  }
  const { type, plan, from } = event;
  return {
    group: type === 'plan.removed' ? 'removed' : plan.class,
    tone,
    words: planWords(event),
    detail: from === undefined ? plan.status : `${from} → ${plan.status}`,
    reasons: failures.map(({ component, reason }) => `${component}: ${reason}`),
  };
}
