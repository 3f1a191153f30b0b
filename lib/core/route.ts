import type { Config, Match, Patterns, Route } from './config.ts';
import { type Event, isPlanEvent, type PlanEvent } from './event.ts';

/** Why one route did or did not take an event: what `planwatch explain` prints. */
export type Verdict = { readonly route: number; readonly matches: boolean; readonly because: string };

export type Explanation = { readonly destinations: readonly string[]; readonly verdicts: readonly Verdict[] };

/** The part of the configuration that says who hears of what. */
export type Routing = Pick<Config, 'routes' | 'notices' | 'destinations'>;

/** Which destinations hear of an event, in the configuration's order. Every route that matches counts. */
export const routeEvent = (event: Event, routing: Routing): readonly string[] =>
  explainRoutes(event, routing).destinations;

/** The same, with the verdict of every route; a notice has none, and goes where `notices` says. */
export function explainRoutes(event: Event, { routes, notices, destinations }: Routing): Explanation {
  const all = Object.keys(destinations);
  if (!isPlanEvent(event)) {
    // A destination that fails cannot be told about by itself.
    const to = all.filter((name) => notices.includes(name) && name !== event.destination);
    return { destinations: to, verdicts: [] };
  }
  if (routes.length === 0) return { destinations: all, verdicts: [] };
  const verdicts = routes.map((route, index) => verdict(route, index, event));
  const reached = new Set(verdicts.filter((one) => one.matches).flatMap((one) => routes[one.route]?.to ?? []));
  return { destinations: all.filter((name) => reached.has(name)), verdicts };
}

/**
 * Whom a destination should call about an event: the mentions of every route that took it there. Unless a route asks
 * for a class or a status itself, its mentions are for failures: nobody wants to be called for good news.
 */
export function mentionsFor(event: Event, destination: string, routes: readonly Route[]): readonly string[] {
  if (!isPlanEvent(event)) return [];
  const called = routes
    .filter(({ match = {} }) => event.plan.class === 'bad' || match.class !== undefined || match.status !== undefined)
    .filter((route) => route.to.includes(destination) && verdict(route, 0, event).matches)
    .flatMap((route) => route.mention ?? []);
  return [...new Set(called)];
}

function verdict(route: Route, index: number, event: PlanEvent): Verdict {
  const match = route.match ?? {};
  for (const [field, patterns] of Object.entries(match) as [keyof Match, Patterns][]) {
    const value = fields[field](event);
    if (value === undefined)
      return { route: index, matches: false, because: `${field}: a ${event.type} event has none` };
    if (!matchesAny(value, patterns)) {
      return {
        route: index,
        matches: false,
        because: `${field} is "${value}", wanted ${[patterns].flat().join(' or ')}`,
      };
    }
  }
  const names = Object.keys(match);
  return {
    route: index,
    matches: true,
    because: names.length > 0 ? `${names.join(', ')} match` : 'it matches everything',
  };
}

const fields: Record<keyof Match, (event: PlanEvent) => string | undefined> = {
  type: (event) => event.type,
  class: (event) => event.plan.class,
  status: (event) => event.plan.status,
  from: (event) => event.from,
  source: (event) => event.source,
  action: (event) => event.plan.action,
  name: (event) => event.plan.name,
  creator: (event) => event.plan.creator,
};

export const matchesAny = (value: string, patterns: Patterns): boolean =>
  [patterns].flat().some((pattern) => glob(pattern, value));

/** `*` any run, `?` one character, the rest literal. Two indices and one way back, so no pattern can take exponential time. */
export function glob(pattern: string, value: string): boolean {
  // Most are names; a source of a thousand changes is compared with every route.
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === value;
  const [p, v] = [[...pattern], [...value]];
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (j < v.length) {
    if (p[i] === '*') [star, mark, i] = [i, j, i + 1];
    else if (p[i] === '?' || p[i] === v[j]) [i, j] = [i + 1, j + 1];
    else if (star >= 0) [i, mark, j] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (p[i] === '*') i++;
  return i === p.length;
}
