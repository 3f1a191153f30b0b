import { SourceError } from '../core/source-error.ts';

const mostPlans = 5;
const atOnce = 3;
const eachMs = 2_000;

/**
 * Asks about a few plans, beside the list: the first five, three at once. Answers that are known from before, of an
 * earlier race of the same look, are not asked for again. A plan that is not in the result was not asked about.
 */
export async function askSome<T>(
  plans: readonly { readonly id: string; readonly key: string }[],
  ask: (id: string, signal: AbortSignal) => Promise<T>,
  until: AbortSignal,
  known: Map<string, T>,
): Promise<ReadonlyMap<string, T | SourceError>> {
  const found = new Map<string, T | SourceError>();
  const waiting = plans.slice(0, mostPlans);
  const worker = async () => {
    for (let next = waiting.shift(); next && !until.aborted; next = waiting.shift()) {
      const { id, key } = next;
      try {
        const answer = known.get(key) ?? (await ask(id, AbortSignal.any([until, AbortSignal.timeout(eachMs)])));
        known.set(key, answer);
        found.set(id, answer);
      } catch (error) {
        if (error instanceof SourceError) found.set(id, error);
      }
    }
  };
  if (waiting.length > 0) await Promise.all(Array.from({ length: atOnce }, worker));
  return found;
}
