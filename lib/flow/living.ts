import { styleOf } from '../core/config.ts';
import { contentOf } from '../core/delivery.ts';
import { isPlanEvent, type PlanEvent } from '../core/event.ts';
import { type Life, withEvent } from '../core/living.ts';
import { composeLife } from '../core/message.ts';
import { type Gone, isFailing, isTold, type Outcome, type Told } from '../core/outcome.ts';
import type { Lane } from '../ledger/lanes.ts';
import type { Posted } from '../ledger/messages.ts';
import { againMs, outOfTime } from './lane-deps.ts';
import { longestSleepMs, outOfPace, tokenOf } from './pacing.ts';
import { open, record, reply, rings, wordsInThread } from './plan-message.ts';
import { ask, post, type Saying, tellingOf } from './saying.ts';
import type { Freshened, StyleOfTelling } from './styles.ts';

/** A plan has one message, which is edited; what an edit must not say in silence is said below it as well. */
export const living: StyleOfTelling = { needs: 'edit', say, freshen };

async function say(saying: Saying, event: PlanEvent): Promise<Outcome> {
  const { posted, damaged } = await saying.deps.ledger.messages.find(saying.queued.destination, event);
  if (!posted) return begin(saying, event, withEvent(undefined, event), damaged);
  const shown = await show(saying, event, posted);
  if (shown.kind === 'gone') return begin(saying, event, withEvent(posted.life, event), true);
  if (shown.kind !== 'shown') return shown;
  const { life, isNews, told } = shown;
  const hasRung = !isNews && posted.opened === contentOf([event]);
  if (hasRung || !rings(saying, event, life)) return told;
  // What it shows is written down before it rings: where it is news, nobody has heard of it yet.
  const { unsureSince, ...first } = saying;
  const rung = await ring(isNews ? first : saying, event, life, posted.reference);
  return isNews && isTold(rung) ? { ...rung, calls: 2 } : rung;
}

async function begin(saying: Saying, event: PlanEvent, life: Life, replaces: boolean): Promise<Outcome> {
  const words = () => composeLife(life, tellingOf(saying), styleIn(saying));
  const { outcome, first } = await open(saying, event, { life, replaces, words });
  const shown = first && (await show(saying, event, first));
  return shown && isFailing(shown) ? shown : outcome;
}

type Shown = { readonly kind: 'shown'; readonly life: Life; readonly isNews: boolean; readonly told: Told };

/** Makes the plan's message show the event, where it does not yet, and writes that down. */
async function show(saying: Saying, event: PlanEvent, posted: Posted): Promise<Shown | Gone | Outcome> {
  const { deps, target, queued, how } = saying;
  const { reference } = posted;
  const life = withEvent(posted.life, event);
  const told: Told = { kind: 'delivered', reference };
  if (life === posted.life) return { kind: 'shown', life, isNews: false, told };
  const words = () => composeLife(life, { id: life.shown.id, to: queued.destination }, styleIn(saying));
  const { edit = unable } = target.channel;
  const outcome = await ask(target, words, (message, plain) => edit(reference, message, { ...how, plain }));
  if (!isTold(outcome)) return certain(outcome);
  const unsaid = queued.events.length === 1 && rings(saying, event, life) ? event.id : undefined;
  await deps.ledger.messages.save(queued.destination, event, record(posted, life, deps.now(), unsaid));
  return { kind: 'shown', life, isNews: true, told: { ...told, ...outcome, reference } };
}

const unable = async (): Promise<Gone> => ({ kind: 'gone', reason: 'This kind of destination cannot edit.' });

/** An edit that is made twice is one edit, so one whose answer was lost leaves nothing in doubt. */
function certain<T extends Gone | Outcome>(outcome: T): T {
  if (outcome.kind !== 'retry') return outcome;
  const { unsure, ...rest } = outcome;
  return rest as T;
}

async function ring(saying: Saying, event: PlanEvent, life: Life, reference: string): Promise<Outcome> {
  const words = wordsInThread(saying, event, life);
  const outcome = await reply(saying, words, reference, true);
  // Somebody deleted it since it was edited: then this is the post that rings, and the next change opens a new one.
  const said = outcome.kind === 'gone' ? await post(saying, words) : outcome;
  return isTold(said) ? { ...said, reference } : said;
}

/**
 * Each that is done is written down, so a second try goes on where the first one stopped. A plan without a message gets
 * none: forty new posts are what a digest is there to spare.
 */
async function freshen(attempt: () => Saying, before: Lane, hasTime: () => boolean): Promise<Freshened> {
  const { deps, target, queued } = attempt();
  let lane = before;
  for (const event of queued.events.filter(isPlanEvent)) {
    const { posted } = await deps.ledger.messages.find(queued.destination, event);
    if (!posted || withEvent(posted.life, event) === posted.life) continue;
    const { waitMs, tokensAfter } = tokenOf(target.pace, lane, deps.now());
    if (waitMs > longestSleepMs) return { kind: 'waiting', lane, ms: waitMs, reason: outOfPace };
    if (waitMs > 0) await deps.sleep(waitMs);
    // What came of nothing must not come again at once: a queue gives up what it has handed out too often.
    if (!hasTime()) return { kind: 'waiting', lane, ms: lane === before ? againMs() : 0, reason: outOfTime };
    lane = { ...lane, tokens: tokensAfter, tokensAt: deps.now().toISOString() };
    const shown = await show(attempt(), event, posted);
    // A message that is gone, or that cannot be drawn, keeps no digest from being told.
    if (isFailing(shown)) return { kind: 'failed', lane, outcome: shown };
  }
  return { kind: 'done', lane };
}

const styleIn = ({ deps, queued }: Saying) => styleOf(deps.routing, queued.destination);
