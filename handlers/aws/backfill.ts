import type { Context } from 'aws-lambda';
import { type BackfillResult, wireBackfill } from '../../lib/wire.ts';
import { awsPlatform, log, once } from './platform.ts';

const app = once(() => {
  const { config, platform } = awsPlatform();
  return wireBackfill(config, platform);
});

/** By hand: tells what was missed. The request is described in README; one that is not understood is answered with every fault. */
export async function handler(event: unknown, context: Context): Promise<BackfillResult> {
  const result = await app()(event, context.awsRequestId);
  const { deliveries: _deliveries, ...counts } = result;
  log({ level: 'info', message: 'backfill', ...counts, requestId: context.awsRequestId });
  return result;
}
