import { once } from 'node:events';
import { existsSync } from 'node:fs';
import pc from 'picocolors';
import type { Config } from '../../../lib/core/config.ts';
import type { Env } from '../../../lib/environment.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { createFileStore } from '../../../lib/stores/file.ts';
import { startInbox } from '../inbox/server.ts';
import { localKinds, storeFolder } from '../platform.ts';
import { readOnly } from '../read-only-store.ts';
import { sampleConfig } from '../sample-setup.ts';
import { readSetup, type Setup } from '../setup.ts';
import type { Terminal } from '../terminal.ts';

type InboxCommandOptions = { readonly config?: string; readonly port: number };

/** Others write; the page is told to look again so often, and what has not changed costs it nothing. */
const lookAgainMs = 1_000;

/** The page of `start` over the same state, until `stop`: nobody looks or tells, and nothing is written. */
export async function inbox(
  options: InboxCommandOptions,
  env: Env,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<void> {
  const setup = readSetup(env, options);
  const folder = storeFolder(setup.home);
  const ledger = createLedger(readOnly(createFileStore(folder)));
  const page = await startInbox({
    port: options.port,
    ledger,
    config: configOf(setup),
    kinds: localKinds,
    readOnly: true,
    now: () => new Date(),
  });
  const again = setInterval(() => page.changed(), lookAgainMs);
  terminal.say(`${pc.bold('planwatch')}  What ${setup.home} holds, read-only: ${pc.underline(page.url)}`);
  if (!existsSync(folder)) terminal.say('           Nothing is in it yet: npx planwatch start, or poll, writes there.');
  terminal.say(pc.dim('           Ctrl-C stops it.'));
  terminal.json({ inbox: setup.kind, url: page.url, home: setup.home });
  if (!stop.aborted) await once(stop, 'abort');
  clearInterval(again);
  await page.close();
}

/** The sample cloud runs only in `start`; its names are all that the page needs of it. */
const configOf = (setup: Setup): Config =>
  setup.kind === 'sample'
    ? sampleConfig({ url: 'http://127.0.0.1:0', projectId: '', user: '', domain: '' })
    : setup.config;
