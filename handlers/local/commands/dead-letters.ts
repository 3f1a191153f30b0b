import { composeMessage } from '../../../lib/core/message.ts';
import type { Env } from '../../../lib/environment.ts';
import type { DeadLetter } from '../../../lib/ledger/dead-letters.ts';
import { colours as pc } from '../colours.ts';
import { openState, type StateOptions } from '../state.ts';
import { printable, type Terminal } from '../terminal.ts';

type DeadLettersOptions = StateOptions & { readonly destination?: string };

/** What was given up, by destination and id; with --json one dead letter a line, as it is stored. */
export async function deadLetters(options: DeadLettersOptions, env: Env, terminal: Terminal): Promise<void> {
  const { ledger } = await openState(options, env);
  let count = 0;
  for await (const { key, reading } of ledger.deadLetters.all(options.destination)) {
    count++;
    if (reading.kind === 'found') {
      terminal.json(reading.value);
      for (const line of linesOf(reading.value)) terminal.say(line);
    } else if (reading.kind === 'damaged') {
      terminal.json({ key, damaged: true });
      terminal.say(pc.red(`${key} cannot be read: it is damaged. Look at it there, and remove it.`));
    }
  }
  if (count === 0) terminal.say('No dead letters: nothing was given up.');
  else terminal.say(`\n${count} given up. Once the cause is mended, send them again: ${redrive(options)}`);
}

/** The laptop's command, or the deployed function. */
export const redrive = ({ store }: StateOptions): string =>
  store === undefined
    ? 'npx planwatch backfill --dead-letters'
    : `npx serverless invoke -f backfill -d '{"deadLetters":true}'`;

function linesOf({ delivery, reason, answer, attempts, at }: DeadLetter): string[] {
  const { id, events, destination } = delivery;
  const { icon, title } = composeMessage({ id, events });
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;
  return [
    printable(`${pc.bold(destination)}  ${icon} ${title}`),
    printable(pc.red(`    ${[reason, answer].filter(Boolean).join(' ')}`)),
    pc.dim(`    ${id} · given up ${at} after ${tries}`),
  ];
}
