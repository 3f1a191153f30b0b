import type { Env } from '../../../lib/environment.ts';
import { summarize } from '../../../lib/flow/poll.ts';
import { noHurry } from '../platform.ts';
import { tellDue, withApp } from '../single-run.ts';
import { silent, type Terminal } from '../terminal.ts';

export type PollOptions = { readonly config?: string; readonly only?: string; readonly json: boolean };

/** One look at each source, and what is due is told. false: a source could not be read. */
export const poll = (options: PollOptions, env: Env, terminal: Terminal): Promise<boolean> =>
  withApp(options, env, async (app) => {
    const looks = await app.poll(options.only === undefined ? {} : { only: options.only }, noHurry);
    const lines = options.json ? silent : terminal;
    for (const look of looks) lines.look(look);
    await tellDue(app, lines);
    const summary = summarize(looks);
    terminal.json(summary);
    for (const { source, ok, plans, events, revision } of summary.sources) {
      if (ok) terminal.say(`${source}: ${plans} plans, ${events} new events (revision ${revision})`);
    }
    return looks.every((look) => look.ok);
  });
