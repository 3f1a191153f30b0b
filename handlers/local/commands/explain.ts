import { closest } from '../../../lib/config/closest.ts';
import { type ChangeType, changeTypes } from '../../../lib/core/change.ts';
import { isPlanEvent } from '../../../lib/core/event.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import type { Routing } from '../../../lib/core/route.ts';
import type { Env } from '../../../lib/environment.ts';
import { explainId, type Hearing } from '../../../lib/flow/explain.ts';
import { explainGuess, type Guess, seenLike } from '../../../lib/flow/explain-guess.ts';
import type { Fate } from '../../../lib/flow/fate.ts';
import { colours } from '../colours.ts';
import { type Placed, type PlacedHearing, placed, placeWords } from '../explained-place.ts';
import { padTo, when, widthOf, wrap } from '../layout.ts';
import { openState, type State, type StateOptions } from '../state.ts';
import { inert, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type ExplainOptions = StateOptions & Omit<Guess, 'type'> & { readonly event?: string; readonly type?: string };

type Known = State & { readonly routing: Routing };

/** Who is told of an event and who is not, and why. false: there is no such event. */
export async function explain(options: ExplainOptions, env: Env, terminal: Terminal): Promise<boolean> {
  const { config, store, event: id, type, ...rest } = options;
  const guess: Guess = { ...given(rest), ...(type !== undefined && { type: changeType(type) }) };
  if ((id === undefined) === (Object.keys(guess).length === 0))
    throw new UsageError(
      id === undefined
        ? 'Say which event: --event ID (it stands small at the end of each message), or what you know of it, such as --status FAILED --source shop-prod --name checkout.'
        : '--event names the event already: leave out what describes it.',
    );
  const state = await openState(
    { ...(config !== undefined && { config }), ...(store !== undefined && { store }) },
    env,
  );
  // Without a configuration what was decided then still tells who was told.
  const nowhere: Routing = {
    routes: [],
    notices: [],
    destinations: Object.fromEntries(state.destinations.map((name) => [name, { kind: '?' }])),
  };
  const known: Known = { ...state, routing: state.routing ?? nowhere };
  if (state.routing === undefined)
    terminal.say(
      colours.yellow(
        wrap('There is no planwatch.yml here, so today’s routes are not known: only what was decided then is told.', 0),
      ),
    );
  return id === undefined ? ofGuess(known, guess, terminal) : ofId(known, id, terminal);
}

const given = (options: Omit<Guess, 'type'>): Guess => {
  const { status, from, source, action, name, creator } = options;
  return Object.fromEntries(
    Object.entries({ status, from, source, action, name, creator }).filter(([, value]) => value !== undefined),
  );
};

function changeType(text: string): ChangeType {
  const type = changeTypes.find((one) => one === text || one === `plan.${text}`);
  if (type) return type;
  const near = closest(text, changeTypes);
  throw new UsageError(
    `--type is none of ${changeTypes.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
}

async function ofId(state: Known, id: string, terminal: Terminal): Promise<boolean> {
  const found = await explainId(state, id);
  if (found.kind === 'unknown') {
    terminal.json({ event: id, unknown: found.reason });
    terminal.say(colours.red(wrap(found.reason, 0)));
    return false;
  }
  const explanations = await Promise.all(found.explanations.map((one) => placed(one, state)));
  terminal.json({ event: id, explanations });
  for (const explanation of explanations) tell(explanation, state, terminal);
  return true;
}

function tell(explanation: Placed, state: Known, terminal: Terminal): void {
  const { event, verdicts, destinations, text } = explanation;
  const now = state.now();
  terminal.say(
    `\n${text
      .split('\n')
      .map(inert)
      .map((line, index) => (index === 0 ? colours.bold(line) : line))
      .join('\n')}`,
  );
  terminal.say(colours.bold('\nWho was told'));
  const rows = destinations.map((one) => [one.destination, heard(one, now)] as const);
  sayRows(rows, terminal);
  if (state.routing.routes.length > 0 && isPlanEvent(event)) sayVerdicts(verdicts, state.routing, terminal);
  else if (!isPlanEvent(event))
    terminal.say(
      `\nIt is about planwatch itself, so routes do not count: it goes to notices: ${list(state.routing.notices)}.`,
    );
  const missed = destinations.filter(({ decided, routed, fate }) => decided === false && routed && !fate);
  if (missed.length > 0 && isPlanEvent(event))
    terminal.say(
      wrap(
        `\nBy today's routes ${list(missed.map((one) => one.destination))} would hear of it. To tell it now: npx planwatch backfill --source ${event.source} --plans ${event.plan.id} --since ${event.time} --until ${event.time}`,
        0,
      ),
    );
}

async function ofGuess(state: Known, guess: Guess, terminal: Terminal): Promise<boolean> {
  const explained = explainGuess(guess, state.routing, state.now());
  const seen = await seenLike(state, guess);
  terminal.json({ given: guess, ...explained, seen });
  const words = Object.entries(guess)
    .map(([field, value]) => `${field} ${value}`)
    .join(', ');
  terminal.say(colours.bold(inert(`An event with ${words} would go to`)));
  const routed = { true: colours.green('yes'), false: colours.dim('no'), depends: colours.yellow('it depends') };
  sayRows(
    explained.destinations.map(({ destination, routed: to, mention }) => [
      destination,
      `${routed[`${to}`]}${to !== false && mention.length > 0 ? `, and calls ${list(mention)}` : ''}`,
    ]),
    terminal,
  );
  if (state.routing.routes.length > 0) sayVerdicts(explained.verdicts, state.routing, terminal);
  else terminal.say('\nThere are no routes, so everything goes to every destination.');
  terminal.say(colours.bold('\nAs'));
  for (const line of explained.text.split('\n').slice(0, -1)) terminal.say(`  ${inert(line)}`);
  terminal.say(colours.bold('\nSeen like this, latest first'));
  if (seen.length === 0) terminal.say('  none');
  for (const one of seen) {
    const { title, icon } = composeMessage({ id: one.event.id, events: [one.event] });
    terminal.say(`  ${inert(`${one.event.time.slice(0, 19).replace('T', ' ')} UTC  ${icon} ${title}`)}`);
    terminal.say(
      `    ${wrap(one.destinations.map((hearing) => `${hearing.destination}: ${inShort(hearing)}`).join(', '), 4)}`,
    );
    terminal.say(colours.dim(`    npx planwatch explain --event ${one.event.id}`));
  }
  return true;
}

type Row = readonly [name: string, words: string];

function sayRows(rows: readonly Row[], terminal: Terminal): void {
  const width = Math.max(0, ...rows.map(([name]) => widthOf(name)));
  for (const [name, words] of rows) terminal.say(`  ${padTo(name, width)}  ${wrap(words, width + 4)}`);
}

function sayVerdicts(
  verdicts: readonly { readonly route: number; readonly matches: boolean | 'depends'; readonly because: string }[],
  { routes }: Routing,
  terminal: Terminal,
): void {
  const marks = { true: colours.green('✓'), false: colours.dim('✗'), depends: colours.yellow('?') };
  terminal.say(colours.bold("\nToday's routes"));
  for (const { route, matches, because } of verdicts)
    terminal.say(
      `  ${marks[`${matches}`]} routes[${route}] to ${list(routes[route]?.to ?? [])}: ${wrap(inert(because), 4)}`,
    );
}

const list = (names: readonly string[]): string => names.join(', ') || 'nobody';

const inShort = ({ decided, fate }: Hearing): string =>
  fate
    ? { delivered: 'told', accepted: 'taken in', dead: 'given up', waiting: 'waiting' }[fate.kind]
    : decided === false
      ? 'not routed'
      : '?';

function heard({ routed, decided, delivery, fate, mention, place }: PlacedHearing, now: Date): string {
  const called = mention.length > 0 ? ` It calls ${list(mention)}.` : '';
  if (fate) {
    const digest = delivery !== undefined && /\.d\d+$/.test(delivery) ? ` In the digest ${delivery}.` : '';
    const later = decided === false ? ' It was not routed here then: a backfill told it.' : '';
    const where = place ? ` ${placeWords(place)}` : '';
    return `${words(fate, now)}${where}${digest}${later}${called}`;
  }
  if (decided === undefined) return routed ? 'goes here' : colours.dim('not routed here');
  const today = routed ? "today's routes would tell it here, but those of then did not." : "nor would today's.";
  return `${colours.dim('not told:')} when it was seen, no route took it here; ${today}`;
}

function words(fate: Fate, now: Date): string {
  const tries = `${fate.attempts} ${fate.attempts === 1 ? 'try' : 'tries'}`;
  switch (fate.kind) {
    case 'delivered':
      return `${colours.green('told')} ${when(fate.at, now)}, after ${tries}.`;
    case 'accepted':
      return `${colours.green('taken in')} by the provider ${when(fate.at, now)}, after ${tries}; whether it was shown, it does not say.`;
    case 'dead':
      return `${colours.red('given up')} ${when(fate.at, now)}, after ${tries}: ${inert(fate.reason)}${fate.maybeSeen ? ' (It may have been seen: an answer was lost.)' : ''} To send it again: npx planwatch backfill --dead-letters`;
    case 'waiting':
      return `${colours.yellow('waiting')}, ${tries} so far: ${inert(fate.reason)}${fate.nextAt === undefined ? '' : ` Next attempt ${when(fate.nextAt, now)}.`}`;
  }
}
