import { backoff, backoffMisconfigured, hour } from '../core/backoff.ts';
import { contentOf, type QueueMessage } from '../core/delivery.ts';
import { causeOf, type Failing, isTold, type Told } from '../core/outcome.ts';
import type { Lane } from '../ledger/lanes.ts';
import { beginAttempt, sayingOf } from './attempt.ts';
import { flushNotices, noteFailing, noteRecovered } from './destination-notices.ts';
import { giveUp } from './give-up.ts';
import { againMs, type LaneDeps, outOfTime, type Step } from './lane-deps.ts';
import { longestSleepMs, outOfPace, tokenOf } from './pacing.ts';
import { say } from './say.ts';
import { styleOfTelling } from './styles.ts';

/** A deploy may change the function that looks before the one that tells. */
const unknownForMs = 15 * 60_000;

/** Hosts disagree by this much without anybody having set a clock. */
const clockSkewMs = 60_000;

/**
 * Settled already? Its turn yet? Then: note the attempt, send once, write down what came of it.
 * `inHand`: how many of its lane are in hand, itself included. `hasTime`: a send that is begun now can still end in time.
 */
export async function tell(
  deps: LaneDeps,
  before: Lane,
  message: QueueMessage,
  inHand: number,
  hasTime: () => boolean = () => true,
): Promise<Step> {
  const { ledger, now } = deps;
  const { id, destination } = message;
  const about = { id, destination, message };
  const content = contentOf(message.events);

  const receipt = await ledger.receipts.find({ destination, id, content });
  // A dead letter that is sent again on request carries a run: having been given up does not settle that.
  if (receipt && !(receipt.outcome === 'dead' && message.run !== undefined)) {
    if (receipt.outcome !== 'dead') await forgetDeadLetter(deps, before, message);
    return { lane: before, result: { ...about, outcome: 'settled' } };
  }

  const target = await deps.destination(destination);
  if (!target && now().getTime() - Date.parse(message.queuedAt) < unknownForMs) {
    const reason = 'The configuration has no such destination (yet?): a deploy may be under way.';
    return { lane: before, result: { ...about, outcome: 'waiting', reason }, againInMs: 60_000 };
  }
  if (!target) {
    return giveUp(deps, before, message, {
      reason: 'The destination is not in the configuration any more.',
      answer: '',
      attempts: 0,
    });
  }
  if (overdue(deps, before, message)) return giveUp(deps, before, message, tooLate(before));

  const waitMs = waitOf(before, now().getTime());
  if (waitMs > 0) {
    const reason = before.reason ?? 'Its destination asked to wait.';
    return { lane: before, result: { ...about, outcome: 'waiting', reason }, againInMs: waitMs };
  }
  const begin = (lane: Lane) => sayingOf(deps, target, message, lane);
  let lane = before;
  const { freshen } = styleOfTelling(target) ?? {};
  if (freshen && message.events.length > 1) {
    const fresh = await freshen(() => begin(before), before, hasTime);
    if (fresh.kind === 'failed') {
      const { tokens = 0 } = fresh.lane;
      return holdBack(deps, beginAttempt(fresh.lane, id, now(), tokens), message, fresh.outcome, {});
    }
    lane = fresh.lane;
    if (fresh.kind === 'waiting') {
      await ledger.lanes.save(destination, lane);
      return { lane, result: { ...about, outcome: 'waiting', reason: fresh.reason }, againInMs: fresh.ms };
    }
  }
  const token = tokenOf(target.pace, lane, now());
  if (token.waitMs > longestSleepMs) {
    // What was spent since the attempt is not written down yet.
    if (lane.tokensAt !== undefined) await ledger.lanes.save(destination, lane);
    return { lane, result: { ...about, outcome: 'waiting', reason: outOfPace }, againInMs: token.waitMs };
  }
  if (token.waitMs > 0) await deps.sleep(token.waitMs);
  // Asked again at the last moment: reading a receipt or a secret may have taken long.
  if (!hasTime()) return { lane, result: { ...about, outcome: 'waiting', reason: outOfTime }, againInMs: againMs() };

  lane = beginAttempt(lane, id, now(), token.tokensAfter, receipt?.unsure === true);
  await ledger.lanes.save(destination, lane);
  const begun = now().getTime();
  const outcome = await say(begin(lane));
  const attempts = lane.attempt?.n ?? 1;
  const tried = { attempts, ms: now().getTime() - begun };

  if (isTold(outcome)) {
    const result = { ...about, outcome: outcome.kind, ...tried, ...delayOf(message, now()) };
    return { lane: await settle(deps, spend(lane, outcome), message, outcome, content, inHand), result };
  }
  const failure = { ...tried, cause: causeOf(outcome) };
  if (outcome.kind === 'rejected') {
    const alive = await working(deps, lane, destination, inHand);
    const why = { reason: 'The provider rejected it.', answer: outcome.reason, attempts };
    return withFailure(await giveUp(deps, alive, message, why), failure);
  }
  return holdBack(deps, lane, message, outcome, failure);
}

/** The attempt failed, and not for this message's sake: it comes again, unless its time is over. */
async function holdBack(
  deps: LaneDeps,
  lane: Lane,
  message: QueueMessage,
  outcome: Failing,
  failure: Partial<Step['result']>,
): Promise<Step> {
  const { id, destination } = message;
  const failing = await failed(deps, lane, destination, outcome);
  const known = { ...failure, cause: causeOf(outcome), ...(failing.told?.failing && { failing: true as const }) };
  if (overdue(deps, failing, message)) {
    return withFailure(await giveUp(deps, failing, message, tooLate(failing)), known);
  }
  return {
    lane: failing,
    result: { id, destination, message, outcome: 'waiting', reason: outcome.reason, ...known },
    againInMs: waitOf(failing, deps.now().getTime()),
  };
}

const withFailure = (step: Step, failure: Partial<Step['result']>): Step => ({
  ...step,
  result: { ...step.result, ...failure },
});

/** The attempt took one token; below none, the next one waits for what is owed as well. */
const spend = ({ tokens = 0, ...lane }: Lane, { calls = 1 }: Told): Lane => ({
  ...lane,
  tokens: tokens - (calls - 1),
  ...(calls > 1 && lane.attempt && { tokensAt: lane.attempt.at }),
});

/** Backfill and a redrive queue later than the event: what they take says nothing about how fast planwatch is. */
function delayOf({ events, queuedAt }: QueueMessage, now: Date): { readonly seconds?: number } {
  const time = events[0]?.time;
  return time === queuedAt ? { seconds: Math.max(0, now.getTime() - Date.parse(time)) / 1000 } : {};
}

/** The receipt comes after the provider's answer: the other order loses what was never sent. */
async function settle(
  deps: LaneDeps,
  lane: Lane,
  message: QueueMessage,
  outcome: Told,
  content: string,
  inHand: number,
): Promise<Lane> {
  const attempts = lane.attempt?.n ?? 1;
  const { kind, reference, remember } = outcome;
  await deps.ledger.receipts.write(message, {
    v: 1,
    outcome: kind,
    at: deps.now().toISOString(),
    attempts,
    content,
    ...(reference !== undefined && { reference }),
  });
  await forgetDeadLetter(deps, lane, message);
  const known = remember === undefined || remember === lane.memory ? lane : { ...lane, memory: remember };
  // After the receipt: a memory that is lost is only asked for again, a receipt that is lost tells twice.
  if (known !== lane) await deps.ledger.lanes.save(message.destination, known);
  return working(deps, known, message.destination, inHand);
}

/** A dead letter goes only once its receipt is there: one that was sent again, or one that planwatch died while it was made. */
async function forgetDeadLetter({ ledger }: LaneDeps, lane: Lane, message: QueueMessage): Promise<void> {
  if (message.run !== undefined || lane.told?.lastDead === message.id) await ledger.deadLetters.remove(message);
}

/** The destination answers again. */
async function working(deps: LaneDeps, lane: Lane, destination: string, inHand: number): Promise<Lane> {
  if (lane.failingSince === undefined) return lane;
  const noted = lane.told?.failing ? noteRecovered(lane, destination, deps.now(), inHand) : lane;
  const { failingSince, reason, notBefore, ...after } = noted;
  await deps.ledger.lanes.save(destination, after);
  return flushNotices(deps, destination, after);
}

/** Writes down that the destination failed, and when it may be asked again; tells once that it fails. */
async function failed(deps: LaneDeps, lane: Lane, destination: string, outcome: Failing): Promise<Lane> {
  const now = deps.now();
  const attempt = lane.attempt;
  const delay =
    outcome.kind === 'misconfigured'
      ? (outcome.retryAfterMs ?? backoffMisconfigured(deps.random))
      : Math.max(backoff(attempt?.n ?? 1, deps.random), outcome.retryAfterMs ?? 0);
  const unsure = outcome.kind === 'retry' && outcome.unsure === true;
  const failing: Lane = {
    ...lane,
    ...(attempt && { attempt: { ...attempt, ...(unsure && { unsure }) } }),
    failingSince: lane.failingSince ?? now.toISOString(),
    notBefore: new Date(now.getTime() + delay).toISOString(),
    reason: outcome.reason,
  };
  const long = now.getTime() - Date.parse(failing.failingSince ?? '') >= hour;
  const due = !failing.told?.failing && (outcome.kind === 'misconfigured' || long);
  const advice = outcome.kind === 'misconfigured' ? outcome.advice : undefined;
  const after = due ? noteFailing(failing, destination, now, advice) : failing;
  await deps.ledger.lanes.save(destination, after);
  return flushNotices(deps, destination, after);
}

/** ms until the lane may be tried again. */
function waitOf({ notBefore, attempt }: Lane, now: number): number {
  const ahead = (timeOf(attempt?.at) ?? now) - now;
  // The clock was set back since the attempt: `notBefore` says nothing any more, and could hold the lane for days.
  if (ahead > clockSkewMs) return 0;
  return Math.max(0, (timeOf(notBefore) ?? now) - now);
}

/** Past its time, and an attempt made after that time has failed: the message itself need not be tried again. */
function overdue({ giveUpAfterMs }: LaneDeps, lane: Lane, { queuedAt }: QueueMessage): boolean {
  const failedAt =
    lane.failingSince !== undefined && lane.notBefore !== undefined ? timeOf(lane.attempt?.at) : undefined;
  return failedAt !== undefined && failedAt >= Date.parse(queuedAt) + giveUpAfterMs;
}

const tooLate = (lane: Lane) => ({
  reason: 'It could not be told in the time that giveUpAfter allows.',
  answer: lane.reason ?? '',
  attempts: lane.attempt?.n ?? 0,
});

const timeOf = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));
