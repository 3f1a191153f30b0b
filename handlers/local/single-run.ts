import type { Env } from '../../lib/environment.ts';
import type { Platform } from '../../lib/wire.ts';
import { drain } from './drain.ts';
import { type LocalApp, localApp, prepareHome } from './platform.ts';
import { startSample } from './sample-setup.ts';
import { readSetup } from './setup.ts';
import type { Terminal } from './terminal.ts';

/** For commands that run once and exit, on the same state as `start`. */
export async function withApp<T>(
  given: { readonly config?: string },
  env: Env,
  onNotice: NonNullable<Platform['onNotice']>,
  use: (app: LocalApp) => Promise<T>,
): Promise<T> {
  const setup = readSetup(env, given);
  await prepareHome(setup.home);
  if (setup.kind !== 'sample') return use(localApp(setup.config, setup.home, env, onNotice));
  const sample = await startSample(setup.home, 1);
  try {
    return await use(localApp(sample.config, setup.home, sample.env, onNotice));
  } finally {
    await sample.cloud.close();
  }
}

/** A running `start` owns the queue and tells at once; without one we tell what is due before we exit. */
export async function tellDue(app: LocalApp, terminal: Terminal): Promise<void> {
  const lock = await app.lock();
  if ('heldBy' in lock) {
    terminal.say(`Another planwatch (process ${lock.heldBy}) runs here and tells what is queued.`);
    return;
  }
  try {
    for await (const result of drain(app)) terminal.delivery(result);
    const { messages } = await app.queue.waiting();
    if (messages > 0) terminal.say(`${messages} messages wait in the queue; the next poll or start goes on with them.`);
  } finally {
    await lock.release();
  }
}
