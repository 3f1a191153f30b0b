import { contentOf } from '../../lib/core/delivery.ts';
import { type Event, isPlanEvent, type PlanEvent } from '../../lib/core/event.ts';
import { isStepOf, type Life, mustRing, withEvent } from '../../lib/core/living.ts';
import type { Ledger } from '../../lib/ledger/ledger.ts';
import type { Posted } from '../../lib/ledger/messages.ts';

/**
 * Where an event was told, where that is not a post of its own. `opened`: by the post that is the plan's message since, or
 * that opened its thread; `edited`: into that message; `said`: in its thread; `earlier`: in one that was there before it.
 */
export type ToldPlace = {
  readonly how: 'opened' | 'edited' | 'said' | 'earlier';
  /** The provider's name of the plan's message as it is now. */
  readonly reference: string;
  /** It was said as well, since an edit rings no bell. */
  readonly rang: boolean;
  /** The event that the plan's message was posted for, where it is still known. */
  readonly opener?: PlanEvent;
};

type Asked = {
  readonly posted: Posted;
  readonly event: PlanEvent;
  /** The provider's name for what told it, from its receipt; absent: it was told in a digest. */
  readonly reference?: string | undefined;
  /** Somebody is called by it. */
  readonly calls: boolean;
  /** What is known to have been told there of the plan, in order. */
  readonly known: readonly PlanEvent[];
};

/** By what is remembered, not by the style of today. undefined: it was a post of its own. */
export function toldPlace({ posted, event, reference, calls, known }: Asked): ToldPlace | undefined {
  const opener = known.find((one) => contentOf([one]) === posted.opened);
  const place = { reference: posted.reference, ...(opener && { opener }) };
  if (contentOf([event]) === posted.opened) return { how: 'opened', rang: false, ...place };
  if (reference === posted.reference) return { how: 'edited', rang: calls || hadToRing(event, known), ...place };
  const at = known.indexOf(event);
  if (!isStepOf(posted.life, event) && !isLeftOut(posted.life, at, known)) return undefined;
  // In a digest it is edited in, and the digest rings for it.
  if (reference === undefined) return { how: 'edited', rang: false, ...place };
  // A message that opens with a history took the place of another one.
  return { how: opener && at < known.indexOf(opener) ? 'earlier' : 'said', rang: false, ...place };
}

/** One of those before the first that is shown, of which only the number is remembered. */
function isLeftOut(life: Life, at: number, known: readonly PlanEvent[]): boolean {
  const first = known.findIndex((one) => isStepOf(life, one));
  return at >= 0 && at < first && at >= first - life.earlier;
}

function hadToRing(event: PlanEvent, known: readonly PlanEvent[]): boolean {
  let life: Life | undefined;
  for (const one of known) {
    life = withEvent(life, one);
    if (one.id === event.id) return mustRing(event, life);
  }
  return false;
}

/** The events of a life that the log still has, in its order. */
export async function eventsOfLife({ log }: Pick<Ledger, 'log'>, life: Life): Promise<readonly PlanEvent[]> {
  const found = await Promise.all(
    life.steps.map(async ({ id, time }): Promise<Event | undefined> => {
      const [, source, revision] = /^(.+)-(\d{12})-\d+$/.exec(id) ?? [];
      if (source === undefined) return undefined;
      const reading = await log.read(source, Number(revision));
      if (reading.kind !== 'found') return undefined;
      return reading.value.events.find((event) => event.id === id && event.time === time);
    }),
  );
  return found.filter((event) => event !== undefined).filter(isPlanEvent);
}
