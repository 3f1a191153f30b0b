import type { TellingStyle } from '../core/config.ts';
import type { PlanEvent } from '../core/event.ts';
import type { Failing, Outcome } from '../core/outcome.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Destination } from '../ports.ts';
import { living } from './living.ts';
import type { Saying } from './saying.ts';
import { thread } from './thread.ts';

/** How a plan is told where that is not a post for each change. */
export type StyleOfTelling = {
  /** What a channel must be able to do; one that cannot (its secret could not be read, say) posts. */
  readonly needs: 'edit' | 'reply';
  /** Tells one event of a plan. Throws only for what is ours: the store did not take what has to be remembered. */
  say(saying: Saying, event: PlanEvent): Promise<Outcome>;
  /** Before a digest is told, what was told of its plans shows what it tells, in silence: the digest rings for all. */
  freshen?(attempt: () => Saying, before: Lane, hasTime: () => boolean): Promise<Freshened>;
};

/** `failed`: the chat did not take an edit; `waiting`: the rest has to wait so many ms, and why. Each with the lane's new tokens. */
export type Freshened =
  | { readonly kind: 'done'; readonly lane: Lane }
  | { readonly kind: 'waiting'; readonly lane: Lane; readonly ms: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly lane: Lane; readonly outcome: Failing };

/** A build holds those that its planwatch.yml names (handlers/aws/deploy/used-entries.ts). */
export const styles: Partial<Record<TellingStyle, StyleOfTelling>> = {
  living,
  thread,
};

/** undefined: a post for each change, because that is its style, or because its channel can do no more. */
export function styleOfTelling({ style = 'each', channel }: Destination): StyleOfTelling | undefined {
  const found = styles[style];
  return found && channel[found.needs] ? found : undefined;
}
