import { randomUUID } from 'node:crypto';
import type { Env } from '../../../lib/environment.ts';
import { counted } from '../layout.ts';
import { withApp } from '../single-run.ts';
import { silent, type Terminal } from '../terminal.ts';

type BackfillOptions = {
  readonly config?: string;
  readonly json: boolean;
  readonly request: Record<string, unknown>;
};

/** Tells what was missed, out of the same state as `start` and `poll`. */
export const backfill = ({ request, ...options }: BackfillOptions, env: Env, terminal: Terminal): Promise<void> =>
  withApp(options, env, { onNotice: options.json ? silent.notice : terminal.notice }, async ({ app, tellDue }) => {
    const result = await app.backfill(request, randomUUID());
    terminal.json(result);
    for (const { destination, text } of result.deliveries) terminal.say(`→ ${destination}\n${text}\n`);
    terminal.say(
      `${counted(result.matched, 'event')} matched, ${counted(result.enqueued, 'message')} queued, ${result.skipped} settled already${result.dryRun ? ' (dry run: nothing was sent)' : ''}.`,
    );
    if (!result.dryRun) await tellDue(options.json ? silent : terminal);
  });
