import type { Context } from 'aws-lambda';
import { type PollSummary, summarize, throwIfAllFailed, wirePoll } from '../../lib/wire.ts';
import { eventLines, lookLine } from './lines.ts';
import { awsApp } from './platform.ts';

const app = awsApp(wirePoll);

/** Timer → one look at each source. `{"only": "name"}` limits it to one. Throws when every look failed, so that an alarm sees it. */
export async function handler(event: unknown, context: Context): Promise<PollSummary> {
  const only = (event as { readonly only?: unknown } | null)?.only;
  if (only !== undefined && typeof only !== 'string') throw new Error('only: must be the name of a source.');
  const { run: poll, log } = app(context);
  const looks = await poll(only === undefined ? {} : { only }, () => context.getRemainingTimeInMillis());
  for (const line of looks.flatMap((look) => [...eventLines(look), lookLine(look)])) log(line);
  throwIfAllFailed(looks);
  return summarize(looks);
}
