import type { FailureCause } from '../core/failure-cause.ts';
import { errorText } from './error-text.ts';
import type { Look, LookDeps } from './known.ts';
import { look, reserveMs } from './look.ts';

/** What a poll hands back to whoever asked for it: fixed, other tools read it. */
export type PollSummary = {
  readonly sources: readonly {
    readonly source: string;
    readonly ok: boolean;
    readonly revision: number;
    readonly plans: number;
    readonly events: number;
    readonly contended?: true;
    readonly error?: string;
  }[];
};

export type PollRequest = { readonly only?: string };

/** The request names a source that the configuration does not have. */
export class UnknownSourceError extends Error {
  override readonly name = 'UnknownSourceError';
}

const atOnce = 16;
const leastListMs = 2_000;

/**
 * Looks at every source once. One that fails does not stop the others: its Look says what happened.
 * Throws UnknownSourceError, and nothing else.
 */
export async function poll(deps: LookDeps, request: PollRequest, remaining: () => number): Promise<readonly Look[]> {
  const { only } = request;
  const names = Object.keys(deps.sources).filter((name) => only === undefined || name === only);
  if (only !== undefined && names.length === 0) {
    throw new UnknownSourceError(
      `There is no source "${only}": the configuration has ${Object.keys(deps.sources).join(', ') || 'none'}.`,
    );
  }
  const looks: Look[] = [];
  // Another one first each minute: where some hang and time runs short, it is not always the same that go unseen.
  const first = Math.floor(deps.now().getTime() / 60_000) % Math.max(1, names.length);
  const all = [...names.entries()];
  const waiting = [...all.slice(first), ...all.slice(0, first)];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, name] = next;
      looks[index] = await lookSafely(deps, name, remaining, Math.ceil(waiting.length / atOnce));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, worker));
  return looks;
}

/** `rounds`: how many sources its place is still to serve after it. */
async function lookSafely(deps: LookDeps, name: string, remaining: () => number, rounds: number): Promise<Look> {
  const failed = (error: string, cause: FailureCause): Look => ({
    source: name,
    ok: false,
    revision: 0,
    plans: 0,
    events: [],
    adopted: [],
    error,
    cause,
  });
  // Too late to ask and also finish: that says nothing about the source, so it is not counted against it.
  if (remaining() < reserveMs + leastListMs)
    return failed('No time was left to look at it; the next tick does.', 'time-out');
  const begun = deps.now().getTime();
  try {
    const done = await look(deps, name, fairShare(remaining, rounds));
    return { ...done, ms: deps.now().getTime() - begun };
  } catch (error) {
    // The store, the queue, or a mistake of ours: nothing was decided, and the next tick begins again.
    return { ...failed(errorText(error), 'other'), ms: deps.now().getTime() - begun };
  }
}

/**
 * One that hangs may take as much time as there is for each of those that its place still serves, itself among them: so it
 * does not eat the time of the others. What it leaves over is theirs.
 */
function fairShare(remaining: () => number, rounds: number): () => number {
  const toAsk = remaining() - reserveMs;
  // On a laptop nothing ends an invocation.
  if (toAsk === Number.POSITIVE_INFINITY) return remaining;
  const othersMs = Math.max(0, toAsk - Math.max(leastListMs, toAsk / (rounds + 1)));
  return () => remaining() - othersMs;
}

/** How the looks went, in the shape that other tools read. */
export const summarize = (looks: readonly Look[]): PollSummary => ({
  sources: looks.map(({ source, ok, revision, plans, events, contended, error }) => ({
    source,
    ok,
    revision,
    plans,
    events: events.length,
    ...(contended && { contended }),
    ...(error !== undefined && { error }),
  })),
});

/** For a platform that has no other alarm than a failed invocation. */
export function throwIfAllFailed(looks: readonly Look[]): void {
  if (looks.length > 0 && looks.every((one) => !one.ok)) {
    throw new Error(looks.map(({ source, error }) => `${source}: ${error}`).join('\n'));
  }
}
