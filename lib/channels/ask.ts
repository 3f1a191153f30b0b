import type { Retry } from '../core/outcome.ts';
import type { Misconfigured } from './address.ts';
import type { Answer } from './answer.ts';

/** Asks once, and says what the answer means. What is wrong with the settings is the outcome, and so is that no answer came. */
export async function ask<Place extends object, Meant>(
  place: Place | Misconfigured,
  request: (place: Place) => Promise<Answer | Retry>,
  meaning: (answer: Answer) => Meant,
): Promise<Meant | Misconfigured | Retry> {
  if (isFault(place)) return place;
  const answer = await request(place);
  return 'kind' in answer ? answer : meaning(answer);
}

const isFault = (place: object): place is Misconfigured => 'kind' in place;
