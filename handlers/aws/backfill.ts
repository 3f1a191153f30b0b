import type { Context } from 'aws-lambda';
import { type BackfillResult, wireBackfill } from '../../lib/wire.ts';
import { awsApp } from './platform.ts';

const app = awsApp(wireBackfill);

/** By hand: tells what was missed. The request is described in README; one that is not understood is answered with every fault. */
export async function handler(event: unknown, context: Context): Promise<BackfillResult> {
  const { run: backfill, log } = app(context);
  const result = await backfill(event, context.awsRequestId);
  const { deliveries: _deliveries, ...counts } = result;
  log({ level: 'info', line: { message: 'backfill', ...counts } });
  return result;
}
