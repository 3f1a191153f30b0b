import { isPlanEvent } from '../../lib/core/event.ts';
import { mentionsFor } from '../../lib/core/route.ts';
import type { ExplainDeps, Explanation, Hearing } from '../../lib/flow/explain.ts';
import { eventsOfLife, type ToldPlace, toldPlace } from './told-place.ts';

export type Placed = Omit<Explanation, 'destinations'> & { readonly destinations: readonly PlacedHearing[] };
export type PlacedHearing = Hearing & { readonly place?: Omit<ToldPlace, 'opener'> };

/** With where in the chat it was told: edited into the plan's message, or in its thread. */
export async function placed(
  { destinations, ...rest }: Explanation,
  { ledger, routing }: ExplainDeps,
): Promise<Placed> {
  const { event } = rest;
  const find = async (hearing: Hearing): Promise<PlacedHearing> => {
    const { fate, destination, delivery } = hearing;
    if (!isPlanEvent(event) || (fate?.kind !== 'delivered' && fate?.kind !== 'accepted')) return hearing;
    const { posted } = await ledger.messages.find(destination, event);
    if (!posted) return hearing;
    const steps = await eventsOfLife(ledger, posted.life);
    const known = steps.map((one) => (one.id === event.id && one.time === event.time ? event : one));
    const reference = delivery === event.id ? fate.reference : undefined;
    const calls = mentionsFor(event, destination, routing.routes).length > 0;
    const place = toldPlace({ posted, event, reference, calls, known });
    if (!place) return hearing;
    const { opener, ...told } = place;
    return { ...hearing, place: told };
  };
  return { ...rest, destinations: await Promise.all(destinations.map(find)) };
}

export function placeWords({ how, reference, rang }: Omit<ToldPlace, 'opener'>): string {
  switch (how) {
    case 'opened':
      return `It is the plan’s message since: ${reference}.`;
    case 'edited':
      return `Edited into the plan’s message ${reference}${rang ? ', and said as well, since an edit rings no bell' : ''}.`;
    case 'said':
      return `Said below the plan’s message ${reference}.`;
    case 'earlier':
      return 'Into an earlier message of the plan, which is not there any more.';
  }
}
