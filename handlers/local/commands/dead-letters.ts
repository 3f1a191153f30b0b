import pc from 'picocolors';
import { composeMessage } from '../../../lib/core/message.ts';
import type { Env } from '../../../lib/environment.ts';
import type { DeadLetter } from '../../../lib/ledger/dead-letters.ts';
import { withApp } from '../single-run.ts';
import { printable, type Terminal } from '../terminal.ts';

export type DeadLettersOptions = { readonly config?: string; readonly destination?: string };

/** What was given up, by destination and id; with --json one dead letter a line, as it is stored. */
export const deadLetters = (options: DeadLettersOptions, env: Env, terminal: Terminal): Promise<void> =>
  withApp(options, env, { onNotice: terminal.notice }, async ({ app }) => {
    let count = 0;
    for await (const { key, reading } of app.ledger.deadLetters.all(options.destination)) {
      count++;
      if (reading.kind === 'found') {
        terminal.json(reading.value);
        for (const line of linesOf(reading.value)) terminal.say(line);
      } else if (reading.kind === 'damaged') {
        terminal.json({ key, damaged: reading.kept });
        terminal.say(pc.red(`${key} cannot be read; it is kept as ${reading.kept}.`));
      }
    }
    if (count === 0) terminal.say('No dead letters: nothing was given up.');
    else
      terminal.say(
        `\n${count} given up. Once the cause is mended, send them again: npx planwatch backfill --dead-letters`,
      );
  });

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
