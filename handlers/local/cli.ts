#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { BackfillRequestError, UnknownSourceError } from '../../lib/wire.ts';
import { backfill } from './commands/backfill.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { inbox } from './commands/inbox.ts';
import { poll } from './commands/poll.ts';
import { start } from './commands/start.ts';
import { createTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Exit status: done, failed, or wrong usage, configuration or request. */
const [done, failed, wrongUsage] = [0, 1, 2];

const wrongRequests = [UsageError, BackfillRequestError, UnknownSourceError];

const env = (name: string): string | undefined => process.env[name];
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('planwatch')
  .description('Tells your chat when a Huawei Cloud ServiceStage release plan appears or changes status.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(--help shows what there is)')
  .configureHelp({ showGlobalOptions: true });

const configOption = () =>
  new Option('--config <file>', 'the configuration (default: PLANWATCH_CONFIG, else planwatch.yml)');
const jsonOption = () => new Option('--json', 'one JSON object a line instead of text').default(false);
const verboseOption = () => new Option('--verbose', 'show stack traces').default(false);
const command = (name: string, description: string, example: string): Command =>
  program
    .command(name)
    .description(description)
    .addOption(configOption())
    .addOption(jsonOption())
    .addOption(verboseOption())
    .addHelpText('after', `\nExample:\n  ${example}`);

// `planwatch … | head`: whoever reads has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(done);
});

let exitCode = done;

command(
  'start',
  'Watch and tell on this machine, with a page that shows each message.',
  'npx planwatch start --every 30s',
)
  .option('--port <number>', 'port of the page, on this machine only', wholeNumber(0, 65_535), 4747)
  .option('--every <duration>', 'time between looks, such as 30s or 5m (default: 60s; 2s for the sample)', duration)
  .option('--speed <factor>', 'how much faster than life a new sample goes', wholeNumber(1, 100), 1)
  .action(async (options) => {
    await start(options, env, createTerminal(options.json), untilStopped());
  });

command('inbox', 'Show the page of start over what is there, and change nothing.', 'npx planwatch inbox --port 0')
  .option('--port <number>', 'port of the page, on this machine only', wholeNumber(0, 65_535), 4748)
  .action(async (options) => {
    await inbox(options, env, createTerminal(options.json), untilStopped());
  });

command('poll', 'Look once at each source, tell what is due, and exit.', 'npx planwatch poll --only shop-prod')
  .option('--only <source>', 'this source alone')
  .action(async (options) => {
    if (!(await poll(options, env, createTerminal(options.json)))) exitCode = failed;
  });

command(
  'backfill',
  'Tell what was missed: what has no receipt yet, or again with --repeat.',
  'npx planwatch backfill --since 2d --classes bad --dry-run',
)
  .option('--source <name>', 'of this source')
  .option('--since <time>', 'from this time (2026-11-24T03:00:00Z) or age (90m, 2d) on')
  .option('--until <time>', 'up to this time or age')
  .option('--types <list>', 'these events, such as plan.appeared,plan.status', list)
  .option('--statuses <list>', 'plans in these statuses, such as FAILED', list)
  .option('--classes <list>', 'plans of these classes: good, bad, recovered, stopped, waiting, moving', list)
  .option('--plans <list>', 'these plans, by id or name', list)
  .option('--destinations <list>', 'to these destinations', list)
  .option('--from <where>', 'log (what was seen; the default) or list (what is there now)')
  .option('--dead-letters', 'send again what was given up')
  .option('--dry-run', 'send nothing, show what would be sent')
  .option('--repeat', 'tell again what was told, marked as a repeat')
  .option('--limit <number>', 'at most so many messages (default: 100)', (text) =>
    Number.isNaN(Number(text)) ? text : Number(text),
  )
  .action(async ({ config, json, verbose: _verbose, ...request }) => {
    await backfill({ config, json, request }, env, createTerminal(json));
  });

command('dead-letters', 'Show what was given up, and why.', 'npx planwatch dead-letters --destination oncall')
  .option('--destination <name>', 'of this destination alone')
  .action(async (options) => {
    await deadLetters(options, env, createTerminal(options.json));
  });

function untilStopped(): AbortSignal {
  const stop = new AbortController();
  const end = () => {
    // A second Ctrl-C does not wait; what is half done is done again at the next start.
    if (stop.signal.aborted) process.exit(failed);
    stop.abort();
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  return stop.signal;
}

function list(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const ms = Number(amount) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''] ?? 0);
  if (!(ms >= 1_000)) throw new InvalidArgumentError('It must be a time such as 30s, 5m or 1h.');
  return ms;
}

try {
  await program.parseAsync();
} catch (error) {
  exitCode = report(error);
}
process.exitCode = exitCode;

/** One to a few lines that say what to do; a stack only for those who ask. */
function report(error: unknown): number {
  // Commander has said its piece already; --help and --version come this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? done : wrongUsage;
  const verbose = process.argv.includes('--verbose');
  const words = error instanceof Error ? (verbose ? (error.stack ?? error.message) : error.message) : String(error);
  console.error(pc.red(words));
  return wrongRequests.some((kind) => error instanceof kind) ? wrongUsage : failed;
}
