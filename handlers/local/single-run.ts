import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../lib/environment.ts';
import { type Listeners, staysQueued } from '../../lib/wire.ts';
import { drain } from './drain.ts';
import { counted } from './layout.ts';
import { inUse, type LocalApp, localApp, lockState, prepareHome } from './platform.ts';
import { createProgress } from './progress.ts';
import { startSample } from './sample-setup.ts';
import { readSetup, type Setup } from './setup.ts';
import type { Terminal } from './terminal.ts';

type SingleRun = {
  readonly app: LocalApp;
  readonly setup: Setup;
  /** Tells what is due, unless somebody else who runs here does. */
  tellDue(terminal: Terminal): Promise<void>;
};

/** For commands that run once and exit, on the same state as `start`. */
export async function withApp<T>(
  given: { readonly config?: string },
  env: Env,
  listeners: Listeners,
  use: (run: SingleRun) => Promise<T>,
): Promise<T> {
  const setup = readSetup(env, given);
  await prepareHome(setup.home);
  if (setup.kind !== 'sample') {
    const app = localApp(setup.config, setup.home, env, listeners);
    return use({ app, setup, tellDue: (terminal) => tellUnlessOthersDo(app, setup.home, terminal) });
  }
  // A second sample cloud would be another cloud to planwatch: one process has it, and the state with it.
  const lock = await lockState(setup.home);
  if ('heldBy' in lock) {
    throw new Error(
      `${inUse(lock.heldBy)} The sample cloud lives inside it: stop it first, or set up a cloud of your own.`,
    );
  }
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => lock.release());
  const sample = await startSample(setup.home);
  cleanup.defer(() => sample.cloud.close());
  const app = localApp(sample.config, setup.home, sample.env, listeners);
  return await use({ app, setup, tellDue: (terminal) => tellAll(app, terminal) });
}

const patienceMs = 5_000;

/** Whoever holds the lock tells what is queued, if it lives long enough: so it is seen to be told, or told here. */
async function tellUnlessOthersDo(app: LocalApp, home: string, terminal: Terminal): Promise<void> {
  for (const late = Date.now() + patienceMs; ; await sleep(100)) {
    const lock = await lockState(home);
    if (!('heldBy' in lock)) {
      await tellAll(app, terminal).finally(() => lock.release());
      return;
    }
    const { messages } = await app.queue.waiting();
    if (messages > 0 && Date.now() < late) continue;
    const rest = messages === 0 ? 'has told what was queued' : 'tells what is queued';
    terminal.say(`Another planwatch (process ${lock.heldBy}) runs here and ${rest}.`);
    return;
  }
}

async function tellAll(app: LocalApp, terminal: Terminal): Promise<void> {
  const progress = createProgress('Telling:');
  const { messages: total } = await app.queue.waiting();
  let told = 0;
  try {
    for await (const result of drain(app)) {
      if (!staysQueued(result)) told++;
      progress.aside(() => terminal.delivery(result));
      progress.update(told, Math.max(told, total));
    }
  } finally {
    progress.end();
  }
  const { messages } = await app.queue.waiting();
  const wait = `${counted(messages, 'message')} ${messages === 1 ? 'waits' : 'wait'} in the queue`;
  if (messages > 0) terminal.say(`${wait}; the next poll or start goes on from there.`);
}
