import type { Context } from 'aws-lambda';
import { type PollSummary, summarize, throwIfAllFailed, wirePoll } from '../../lib/wire.ts';
import { awsPlatform, log, once } from './platform.ts';

const app = once(() => {
  const { config, platform } = awsPlatform();
  return wirePoll(config, platform);
});

/** Timer → one look at each source. `{"only": "name"}` limits it to one. Throws when every look failed, so that an alarm sees it. */
export async function handler(event: unknown, context: Context): Promise<PollSummary> {
  const only = (event as { readonly only?: unknown } | null)?.only;
  if (only !== undefined && typeof only !== 'string') throw new Error('only: must be the name of a source.');
  const looks = await app()(only === undefined ? {} : { only }, () => context.getRemainingTimeInMillis());
  const summary = summarize(looks);
  for (const source of summary.sources)
    log({ level: source.ok ? 'info' : 'error', message: 'look', ...source, requestId: context.awsRequestId });
  throwIfAllFailed(looks);
  return summary;
}
