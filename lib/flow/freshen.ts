import { isPlanEvent } from '../core/event.ts';
import { withEvent } from '../core/living.ts';
import type { Failing } from '../core/outcome.ts';
import type { Lane } from '../ledger/lanes.ts';
import { longestSleepMs, tokenOf } from './pacing.ts';
import { type Saying, show } from './say.ts';

/** `failed`: the chat did not take an edit; `waiting`: the rest has to wait so many ms. Each with the lane's new tokens. */
export type Freshened =
  | { readonly kind: 'done'; readonly lane: Lane }
  | { readonly kind: 'waiting'; readonly lane: Lane; readonly ms: number }
  | { readonly kind: 'failed'; readonly lane: Lane; readonly outcome: Failing };

/**
 * Before a digest is told, the messages of its plans show what it tells; the digest rings for all of them. Each that is
 * done is written down, so a second try goes on where the first one stopped. A plan without a message gets none: forty new
 * posts are what a digest is there to spare. `begin`: a saying with the time of its own that each edit has.
 */
export async function freshen(begin: () => Saying, before: Lane, hasTime: () => boolean): Promise<Freshened> {
  const { deps, target, queued } = begin();
  let lane = before;
  for (const event of queued.events.filter(isPlanEvent)) {
    const { posted } = await deps.ledger.messages.find(queued.destination, event);
    if (!posted || withEvent(posted.life, event) === posted.life) continue;
    const { waitMs, tokensAfter } = tokenOf(target.pace, lane, deps.now());
    if (waitMs > longestSleepMs) return { kind: 'waiting', lane, ms: waitMs };
    if (waitMs > 0) await deps.sleep(waitMs);
    if (!hasTime()) return { kind: 'waiting', lane, ms: 0 };
    lane = { ...lane, tokens: tokensAfter, tokensAt: deps.now().toISOString() };
    const shown = await show(begin(), event, posted);
    // A message that is gone, or that cannot be drawn, keeps no digest from being told.
    if (shown.kind === 'retry' || shown.kind === 'misconfigured') return { kind: 'failed', lane, outcome: shown };
  }
  return { kind: 'done', lane };
}
