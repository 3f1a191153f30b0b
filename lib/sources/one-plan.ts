import { isRecord } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import type { Whereabouts } from '../ports.ts';
import { isGone } from './answer-kind.ts';
import { parseJson } from './json.ts';

/** Whether a plan that a list does not show is gone, by the answer of `GET …/{id}`. */
export async function askWhetherGone(ask: () => Promise<Uint8Array>): Promise<Whereabouts> {
  try {
    const plan = parseJson(await ask());
    // Both editions document a name; anything else is not the plan, whatever its status says.
    return isRecord(plan) && typeof plan['name'] === 'string' ? 'there' : 'unknown';
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return isGone(error) ? 'gone' : 'unknown';
  }
}
