import type { Env } from '../../../lib/environment.ts';
import { type DestinationStatus, readStatus, type SourceStatus } from '../../../lib/flow/status.ts';
import { colours } from '../colours.ts';
import { counted, padTo, span, when, widthOf, wrap } from '../layout.ts';
import { createProgress } from '../progress.ts';
import { openState, type StateOptions } from '../state.ts';
import { inert, type Terminal } from '../terminal.ts';
import { redrive } from './dead-letters.ts';

/** What stands how, here or in a bucket. false: a source fails or was never read, a destination fails, or there are dead letters. */
export async function status(options: StateOptions, env: Env, terminal: Terminal): Promise<boolean> {
  const state = await openState(options, env);
  const progress = createProgress('Counting what waits:');
  const found = await readStatus(state, (done) => progress.update(done)).finally(() => progress.end());
  const { sources, destinations } = found;
  const well = sources.every(sourceIsWell) && destinations.every(destinationIsWell);
  terminal.json({ state: state.where, ok: well, ...found });

  const now = new Date(found.at);
  const width = Math.max(
    0,
    ...[...sources.map((one) => one.source), ...destinations.map((one) => one.destination)].map(widthOf),
  );
  const row = (good: boolean, name: string, lines: readonly string[]) => {
    const [first = '', ...rest] = lines.map((line) => wrap(inert(line), width + 6));
    const mark = good ? colours.green('✓') : colours.red('✗');
    terminal.say(`  ${mark} ${padTo(name, width)}  ${good ? first : colours.red(first)}`);
    for (const line of rest) terminal.say(' '.repeat(width + 6) + line);
  };
  terminal.say(`${colours.bold('State')}  ${state.where}, as of ${found.at.slice(0, 19).replace('T', ' ')} UTC`);
  if (sources.length === 0)
    terminal.say(wrap('Nothing was ever looked at here: is this the right storage, and did poll or start run?', 0));
  if (sources.length > 0) terminal.say(colours.bold('\nSources'));
  for (const one of sources) row(sourceIsWell(one), one.source, sourceLines(one, now));
  if (destinations.length > 0) terminal.say(colours.bold('\nDestinations'));
  for (const one of destinations) row(destinationIsWell(one), one.destination, destinationLines(one, now));
  const dead = destinations.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  const at = options.store === undefined ? '' : ` --store ${options.store}`;
  if (dead > 0) {
    terminal.say(`\nWhy they were given up:    npx planwatch dead-letters${at}`);
    terminal.say(`Once that is mended:       ${redrive(options)}`);
  }
  terminal.say(
    colours.dim(
      `\n${wrap('A look that finds nothing new leaves no trace here: that poll still runs shows in its log and its metrics.', 0)}`,
    ),
  );
  return well;
}

const sourceIsWell = ({ unreadable, failing, lastGood }: SourceStatus): boolean =>
  unreadable === undefined && !failing && lastGood !== undefined;

const destinationIsWell = ({ unreadable, failing, deadLetters }: DestinationStatus): boolean =>
  unreadable === undefined && !failing && deadLetters === 0;

function sourceLines(
  { plans, revision, lastChange, lastGood, failing, unreadable }: SourceStatus,
  now: Date,
): string[] {
  if (unreadable !== undefined) return [`cannot be read: ${unreadable}`];
  const good = lastGood === undefined ? 'no good look yet' : `last known good look ${when(lastGood, now)}`;
  const seen =
    revision === undefined
      ? []
      : [`${counted(plans ?? 0, 'plan')}, revision ${revision}, last change ${when(lastChange ?? '', now)}`];
  if (!failing) return lastGood === undefined ? [good] : ['no look has failed since its last change', ...seen];
  const since = failing.since === undefined ? '' : ` since ${when(failing.since, now)}`;
  return [`failing${since}, ${failing.looks} looks in a row: ${failing.reason ?? 'no reason given'}`, good, ...seen];
}

function destinationLines(
  { waiting, oldestWaiting, failing, deadLetters, unreadable }: DestinationStatus,
  now: Date,
): string[] {
  const age = oldestWaiting === undefined ? '' : `, the oldest for ${span(now.getTime() - Date.parse(oldestWaiting))}`;
  const waits = waiting === 0 ? 'nothing waits' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}${age}`;
  const next = failing?.nextAt === undefined ? '' : `; next attempt ${when(failing.nextAt, now)}`;
  return [
    ...(unreadable === undefined ? [] : [`cannot be read: ${unreadable}`]),
    ...(failing ? [`failing since ${when(failing.since, now)}: ${failing.reason ?? 'no answer'}`] : []),
    ...(deadLetters > 0 ? [`${deadLetters} given up (dead ${deadLetters === 1 ? 'letter' : 'letters'})`] : []),
    `${waits}${next}`,
  ];
}
