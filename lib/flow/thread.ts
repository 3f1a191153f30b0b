import { contentOf } from '../core/delivery.ts';
import type { PlanEvent } from '../core/event.ts';
import { isIn, withEvent } from '../core/living.ts';
import { isTold, type Outcome } from '../core/outcome.ts';
import type { Posted } from '../ledger/messages.ts';
import { open, record, reply, rings, wordsInThread } from './plan-message.ts';
import type { Saying } from './saying.ts';
import type { StyleOfTelling } from './styles.ts';

/** The first post about a plan opens a thread, and the rest is said in it. */
export const thread: StyleOfTelling = { needs: 'reply', say };

async function say(saying: Saying, event: PlanEvent): Promise<Outcome> {
  const { deps, queued } = saying;
  const { messages } = deps.ledger;
  const { posted, damaged } = await messages.find(queued.destination, event);
  const life = withEvent(posted?.life, event);
  const words = wordsInThread(saying, event, life);
  if (!posted) return (await open(saying, event, { life, replaces: damaged, words })).outcome;
  if (isSaid(posted, event)) return { kind: 'delivered', reference: posted.reference };
  const outcome = await reply(saying, words, posted.reference, rings(saying, event, life));
  if (outcome.kind === 'gone') return (await open(saying, event, { life, replaces: true, words })).outcome;
  if (!isTold(outcome)) return outcome;
  const { reference, alone } = outcome;
  // It took the place of the first one, which is gone: what comes goes below it.
  const first = alone && reference !== undefined ? { reference, opened: contentOf([event]) } : posted;
  await messages.save(queued.destination, event, record(first, life, deps.now()));
  return outcome;
}

/** What was shown by an edit, before the style became this one, may still be to be said. */
const isSaid = ({ life, opened, unsaid }: Posted, event: PlanEvent): boolean =>
  unsaid !== event.id && (isIn(life, event) || opened === contentOf([event]));
