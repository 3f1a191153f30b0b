import { CommanderError } from 'commander';
import { BackfillRequestError, UnknownSourceError } from '../../lib/wire.ts';
import { coloursFor } from './colours.ts';
import { printable } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Exit status: done, failed, or wrong usage, configuration or request. */
export const [done, failed, wrongUsage] = [0, 1, 2];

const wrongRequests = [UsageError, BackfillRequestError, UnknownSourceError];

/** Says on standard error what went wrong, in one to a few lines, with a stack only for those who ask; and the exit status. */
export function report(error: unknown, { verbose }: { readonly verbose: boolean }): number {
  // Commander has said its piece already; --help and --version come this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? done : wrongUsage;
  const words = error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error);
  // They may quote what was typed, or what a vendor said.
  for (const line of words.split('\n')) console.error(printable(coloursFor(process.stderr).red(line)));
  return wrongRequests.some((kind) => error instanceof kind) ? wrongUsage : failed;
}

/** Ends at the first Ctrl-C. A second one does not wait; what is half done is done again at the next start. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  const end = () => {
    if (stop.signal.aborted) process.exit(failed);
    stop.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  return stop.signal;
}
