import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../../lib/environment.ts';
import { colours as pc } from '../colours.ts';
import { drain } from '../drain.ts';
import { type Inbox, startInbox } from '../inbox/server.ts';
import { inUse, type LocalApp, localApp, localKinds, lockState, noHurry, prepareHome } from '../platform.ts';
import { type SampleWish, startSample } from '../sample-setup.ts';
import { readSetup, type Setup } from '../setup.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type StartOptions = SampleWish & {
  readonly config?: string;
  readonly port: number;
  /** ms between looks. */
  readonly every?: number;
};

/** `poll` and `backfill` of other processes put messages into the queue as well. */
const longestPause = 1_000;

const defaultEvery = { sample: 2_000, real: 60_000 };

/** Looks and tells until `stop`, then ends what it has begun. */
export async function start(options: StartOptions, env: Env, terminal: Terminal, stop: AbortSignal): Promise<void> {
  const setup = readSetup(env, options);
  if (options.chaos && setup.kind !== 'sample') {
    throw new UsageError(`--chaos is for the sample cloud, but ${setup.from} names a real one.`);
  }
  await prepareHome(setup.home);
  // Before the sample cloud: of two starts the second must not open another one, with other addresses.
  const lock = await lockState(setup.home);
  if ('heldBy' in lock)
    throw new Error(`${inUse(lock.heldBy)} Stop it or let it end, or set PLANWATCH_HOME to another folder.`);
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => lock.release());
  const sample = setup.kind === 'sample' ? await startSample(setup.home, options) : undefined;
  cleanup.defer(async () => sample?.cloud.close());
  const listeners = { onNotice: terminal.notice, onHeartbeat: terminal.heartbeat };
  const app = sample
    ? localApp(sample.config, setup.home, sample.env, listeners)
    : localApp(configOf(setup), setup.home, env, listeners);
  const { ledger, config, now } = app;
  const inbox = await startInbox({ port: options.port, ledger, config, kinds: localKinds, now });
  cleanup.defer(() => inbox.close());
  stop.addEventListener('abort', () =>
    terminal.say(pc.dim('\nStopping after what is under way; Ctrl-C again ends at once.')),
  );
  greet(setup, app, inbox.url, terminal, options.chaos?.names);
  const every = options.every ?? (sample ? defaultEvery.sample : defaultEvery.real);
  await run(app, every, terminal, inbox.changed, stop);
  terminal.say(pc.dim('Stopped. Start it again, and it goes on from here.'));
}

function configOf(setup: Setup) {
  if (setup.kind === 'sample') throw new Error('The sample has no configuration of its own.');
  return setup.config;
}

function greet(
  setup: Setup,
  { config }: LocalApp,
  url: string,
  terminal: Terminal,
  chaos: readonly string[] | undefined,
): void {
  const watched = config.sources.map(({ name, region }) => `${name} (${region})`).join(', ');
  if (setup.kind === 'sample') {
    terminal.say(
      `${pc.bold('planwatch')}  No credentials and no planwatch.yml here, so this is a sample cloud on your machine.`,
    );
    terminal.say('           Nothing leaves it. Releases appear, fail and recover within a minute or two.');
    if (chaos) terminal.say(`           Now and then it answers badly: ${chaos.join(', ')}.`);
  } else {
    terminal.say(`${pc.bold('planwatch')}  Watching ${watched}, as ${setup.from} says.`);
    terminal.say(`           Telling ${Object.keys(config.destinations).join(', ')}.`);
  }
  terminal.say(`           Messages as the chat shows them: ${pc.underline(url)}`);
  terminal.say(pc.dim('           Ctrl-C stops it.\n'));
  terminal.json({ started: setup.kind, url, sources: config.sources.map(({ name }) => name) });
}

async function run(
  app: LocalApp,
  every: number,
  terminal: Terminal,
  changed: Inbox['changed'],
  stop: AbortSignal,
): Promise<void> {
  let nextLook = 0;
  while (!stop.aborted) {
    // A clock that is set back must not keep it from looking until it has caught up.
    nextLook = Math.min(nextLook, Date.now() + every);
    if (Date.now() >= nextLook) {
      nextLook = Date.now() + every;
      const looks = await app.poll({}, noHurry);
      for (const look of looks) terminal.look(look);
      changed(looks);
    }
    try {
      for await (const result of drain(app, () => stop.aborted || Date.now() >= nextLook)) {
        terminal.delivery(result);
        changed();
      }
    } catch (error) {
      // The folder may be full or gone for a while; what is in it is told when it is back.
      terminal.fault(error as Error);
    }
    const { nextDueAt = Number.POSITIVE_INFINITY } = await app.queue.waiting().catch(() => ({ nextDueAt: undefined }));
    const pause = Math.min(longestPause, Math.max(200, Math.min(nextLook, nextDueAt) - Date.now()));
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined);
  }
}
