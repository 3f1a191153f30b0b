#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { statusClasses } from '../../lib/core/plan.ts';
import { languages } from '../../lib/core/words.ts';
import { backfill } from './commands/backfill.ts';
import { chaosList } from './commands/chaos-list.ts';
import { check, type Verdict } from './commands/check.ts';
import { deadLetters } from './commands/dead-letters.ts';
import { explain } from './commands/explain.ts';
import { inbox } from './commands/inbox.ts';
import { init } from './commands/init.ts';
import { poll } from './commands/poll.ts';
import { preview } from './commands/preview.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { done, failed, report, untilStopped, wrongUsage } from './exit.ts';
import { chaosNames, duration, list, wholeNumber } from './option-values.ts';
import { lifeStyles } from './preview/life.ts';
import { useProxyOf } from './proxy.ts';
import { createTerminal } from './terminal.ts';

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

const storeOption = () =>
  new Option(
    '--store <address>',
    'read a deployed system: s3://bucket[/prefix], signed in as for the AWS command line',
  );
const command = (name: string, description: string, example: string): Command =>
  program
    .command(name)
    .description(description)
    .option('--config <file>', 'the configuration (default: PLANWATCH_CONFIG, else planwatch.yml)')
    .option('--json', 'one JSON object a line instead of text', false)
    .option('--verbose', 'show stack traces', false)
    .addHelpText('after', `\nExample:\n  ${example}`);

process.stdout.on('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
  // `planwatch … | head`: whoever reads has read enough.
  if (code === 'EPIPE') process.exit(done);
  console.error(`The output cannot be written (${code}): is the disk full that it goes to?`);
  process.exit(failed);
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
  .option('--chaos <names>', 'now and then the sample cloud answers so; "list" shows the names', chaosNames)
  .option('--seed <number>', 'another order of the bad answers', wholeNumber(0, 1_000_000), 1)
  .action(async ({ chaos: names, seed, ...options }) => {
    const terminal = createTerminal(options.json);
    if (names === 'list') return chaosList(terminal);
    await start({ ...options, ...(names && { chaos: { names, seed } }) }, env, terminal, untilStopped());
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
  .option('--classes <list>', `plans of these classes: ${statusClasses.join(', ')}`, list)
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

const exitCodes: Record<Verdict, number> = { fine: done, failed, misconfigured: wrongUsage };

command(
  'check',
  'Try everything: configuration, credentials, permissions, state, chats; and say what to do.',
  'npx planwatch check --send',
)
  .option('--send', 'post one test message to each destination', false)
  .action(async (options) => {
    exitCode = exitCodes[await check(options, env, createTerminal(options.json))];
  });

command('dead-letters', 'Show what was given up, and why.', 'npx planwatch dead-letters --destination oncall')
  .option('--destination <name>', 'of this destination alone')
  .addOption(storeOption())
  .action(async (options) => {
    await deadLetters(options, env, createTerminal(options.json));
  });

command(
  'preview',
  'Show what each destination would get, to the byte. Sends nothing and reads no secret.',
  'npx planwatch preview --all --language zh',
)
  .option('--all', 'every kind there is, with made-up settings')
  .option('--event <file>', 'this event, a list of them or a digest, as JSON (default: a set of telling ones)')
  .option('--plan <id>', 'what the log has of this plan, by id or name')
  .addOption(new Option('--style <style>', "a plan's life as one message or one thread").choices(lifeStyles))
  .addOption(new Option('--language <language>', 'in this language instead of the configured').choices(languages))
  .action(async (options) => {
    if (!(await preview(options, env, createTerminal(options.json)))) exitCode = failed;
  });

command(
  'status',
  'How it stands: sources, destinations, what waits and what was given up. Exit status 1: something needs a person.',
  'npx planwatch status --store s3://planwatch-prod',
)
  .addOption(storeOption())
  .action(async (options) => {
    if (!(await status(options, env, createTerminal(options.json)))) exitCode = failed;
  });

command(
  'explain',
  'Who is told of an event and who is not, why, and what became of each message.',
  'npx planwatch explain --event shop-prod-000000000042-0\n  npx planwatch explain --status FAILED --source shop-prod --name checkout',
)
  .option('--event <id>', 'this event or digest: the id at the end of its message')
  .option('--type <type>', 'or one of this type, such as plan.status')
  .option('--status <status>', 'of a plan in this status, such as FAILED')
  .option('--from <status>', 'that was in this status before')
  .option('--source <name>', 'of this source')
  .option('--name <name>', 'of a plan of this name')
  .option('--action <action>', 'with this action: create, upgrade, clone')
  .option('--creator <name>', 'created by')
  .addOption(storeOption())
  .action(async ({ json, verbose: _verbose, ...options }) => {
    if (!(await explain(options, env, createTerminal(json)))) exitCode = failed;
  });

command(
  'init',
  'Write a commented planwatch.yml from a few answers, check it, and say what to do next.',
  'npx planwatch init --region ap-southeast-3 --project-id 0123456789abcdef0123456789abcdef --kind slack --set url=env:SLACK_URL',
)
  .option('--name <name>', 'name of the source')
  .option('--region <id>', 'region to watch')
  .option('--project-id <id>', 'project in that region')
  .option('--auth <way>', 'access-key, token or user')
  .option('--user <name>', 'IAM user, with --auth user')
  .option('--domain <name>', 'its account, with --auth user')
  .option('--destination <name>', 'name of the destination')
  .option('--kind <kind>', 'its kind, such as slack')
  .option(
    '--set <key=value>',
    "one of the kind's settings; again for the next",
    (one: string, all: string[]) => [...all, one],
    [],
  )
  .option('--force', 'replace the file that is there')
  .action(async (options) => {
    await init(options, env, createTerminal(options.json));
  });

try {
  useProxyOf(env);
  await program.parseAsync();
} catch (error) {
  exitCode = report(error, { verbose: process.argv.includes('--verbose') });
}
process.exitCode = exitCode;
