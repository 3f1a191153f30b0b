import type { Change, ChangeType } from '../core/change.ts';
import type { Match, Route } from '../core/config.ts';
import { type PlanEvent, planEvent } from '../core/event.ts';
import { composeMessage } from '../core/message.ts';
import { explainRoutes, glob, mentionsFor, type Routing } from '../core/route.ts';
import { type ExplainDeps, type Explanation, explainSeen } from './explain.ts';
import { readBack } from './read-back.ts';

/** What somebody knows of an event; the rest is open. */
export type Guess = {
  readonly type?: ChangeType;
  readonly status?: string;
  readonly from?: string;
  readonly source?: string;
  readonly action?: string;
  readonly name?: string;
  readonly creator?: string;
};

type Perhaps = boolean | 'depends';

type GuessExplanation = {
  readonly verdicts: readonly { readonly route: number; readonly matches: Perhaps; readonly because: string }[];
  readonly destinations: readonly {
    readonly destination: string;
    readonly routed: Perhaps;
    readonly mention: readonly string[];
  }[];
  /** The message in plain text, with `…` for what is open. */
  readonly text: string;
};

const open = '…';

/** Where an event of which only some is known would go by today's routes. What is open decides nothing. */
export function explainGuess(guess: Guess, routing: Routing, now: Date): GuessExplanation {
  const event = eventOf(guess, now);
  const isKnown = (field: string): boolean =>
    field === 'class' ? guess.status !== undefined : Object.hasOwn(guess, field) || isSettled(field, guess);
  const verdicts = routing.routes.map((route, index) => {
    const fields = Object.entries(route.match ?? {});
    const match: Match = Object.fromEntries(fields.filter(([field]) => isKnown(field)));
    const [verdict] = explainRoutes(event, { ...routing, routes: [{ ...route, match }] }).verdicts;
    const openFields = fields.filter(([field]) => !isKnown(field));
    if (verdict?.matches !== true || openFields.length === 0)
      return { route: index, matches: verdict?.matches === true, because: verdict?.because ?? '' };
    const wanted = openFields.map(([field, patterns]) => `${field} is ${[patterns].flat().join(' or ')}`);
    return { route: index, matches: 'depends' as const, because: `only if ${wanted.join(' and ')}` };
  });
  const routedBy = (destination: string): Perhaps => {
    const found = verdicts.filter(({ route }) => routing.routes[route]?.to.includes(destination));
    if (routing.routes.length === 0 || found.some(({ matches }) => matches === true)) return true;
    return found.some(({ matches }) => matches === 'depends') ? 'depends' : false;
  };
  const sure: Route[] = routing.routes.filter((_, index) => verdicts[index]?.matches === true);
  return {
    verdicts,
    destinations: Object.keys(routing.destinations).map((destination) => ({
      destination,
      routed: routedBy(destination),
      mention: mentionsFor(event, destination, sure),
    })),
    text: composeMessage({ id: event.id, events: [event] }).text,
  };
}

/** `from` is of changes of status alone. */
const isSettled = (field: string, { type }: Guess): boolean =>
  field === 'from' && type !== undefined && type !== 'plan.status';

function eventOf(
  { type, status = open, from, source = open, action = open, name = open, creator = open }: Guess,
  now: Date,
): PlanEvent {
  const plan = { id: open, name, action, status, creator };
  const change: Change =
    type === undefined || type === 'plan.status' ? { type: 'plan.status', plan, from: from ?? open } : { type, plan };
  return planEvent(change, 'an-event-that-may-come', now.toISOString(), {
    source,
    region: open,
    projectId: open,
  });
}

const mostEntries = 1_000;
const mostSeen = 5;

/** The latest events that were seen and fit, with what became of each: for whoever was told nothing, and so has no id. */
export async function seenLike(
  deps: ExplainDeps & { readonly sources: readonly string[] },
  guess: Guess,
): Promise<readonly Explanation[]> {
  const found: Explanation[] = [];
  for (const source of deps.sources) {
    if (guess.source !== undefined && !glob(guess.source, source)) continue;
    let entries = 0;
    let here = 0;
    for await (const entry of readBack(deps.ledger, source)) {
      for (const event of entry.events.toReversed()) {
        if (here === mostSeen || !('plan' in event) || !fits(guess, event)) continue;
        found.push(await explainSeen(deps, event, entry));
        here++;
      }
      if (++entries === mostEntries || here === mostSeen) break;
    }
  }
  return found.sort((a, b) => (a.event.time < b.event.time ? 1 : -1)).slice(0, mostSeen);
}

function fits(guess: Guess, { type, from, plan: { name, status, action, creator } }: PlanEvent): boolean {
  const has: Record<string, string | undefined> = { type, from, name, status, action, creator };
  return Object.entries(guess).every(
    ([field, wanted]) => field === 'source' || (has[field] !== undefined && glob(wanted, has[field])),
  );
}
