import { isPlanEvent } from '../core/event.ts';
import type { Outcome } from '../core/outcome.ts';
import { messageOf, post, type Saying } from './saying.ts';
import { styleOfTelling } from './styles.ts';

/** Says it in the destination's style. Throws only for what is ours: the store did not take what has to be remembered. */
export async function say(saying: Saying): Promise<Outcome> {
  const { target, queued } = saying;
  const style = styleOfTelling(target);
  const [event, ...more] = queued.events;
  // Asked for again by hand, it is a post of its own: the plan's message shows it already.
  const isOfOnePlan = event && more.length === 0 && isPlanEvent(event) && queued.repeat === undefined;
  if (style && isOfOnePlan) return style.say(saying, event);
  return post(saying, () => messageOf(saying));
}
