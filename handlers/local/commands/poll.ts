import type { Env } from '../../../lib/environment.ts';
import { summarize } from '../../../lib/flow/poll.ts';
import { counted } from '../layout.ts';
import { noHurry } from '../platform.ts';
import { withApp } from '../single-run.ts';
import { silent, type Terminal } from '../terminal.ts';

type PollOptions = { readonly config?: string; readonly only?: string; readonly json: boolean };

/** One look at each source, and what is due is told. false: a source could not be read, or a chat fails and nobody could be told. */
export async function poll(options: PollOptions, env: Env, terminal: Terminal): Promise<boolean> {
  // With --json the whole answer is the summary.
  const lines = options.json ? silent : terminal;
  let heard = true;
  const onNotice: Terminal['notice'] = (notice, to) => {
    lines.notice(notice, to);
    heard &&= to.length > 0 || notice.type === 'destination.recovered';
  };
  return withApp(options, env, { onNotice, onHeartbeat: lines.heartbeat }, async ({ app, tellDue }) => {
    const looks = await app.poll(options.only === undefined ? {} : { only: options.only }, noHurry);
    for (const look of looks) lines.look(look);
    await tellDue(lines);
    const summary = summarize(looks);
    terminal.json(summary);
    for (const { source, ok, plans, events, revision } of summary.sources) {
      if (ok)
        terminal.say(`${source}: ${counted(plans, 'plan')}, ${counted(events, 'new event')} (revision ${revision})`);
    }
    return heard && looks.every((look) => look.ok);
  });
}
