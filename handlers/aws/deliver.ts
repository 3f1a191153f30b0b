import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { staysQueued, wireDeliver } from '../../lib/wire.ts';
import { deliveryLine } from './lines.ts';
import { awsApp } from './platform.ts';

const app = awsApp((config, platform) => wireDeliver(config, platform));

/** SQS batch → messages told. What must come again is named, so that the queue keeps it and nothing else. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const { Records } = event ?? {};
  if (!Array.isArray(Records))
    throw new Error('deliver: it takes an SQS event with Records, and is invoked by its queue alone.');
  const ids = new Map(Records.map((record) => [record.receiptHandle, record.messageId]));
  const batch = Records.map(({ receiptHandle, body, attributes }) => ({
    handle: receiptHandle,
    body,
    tries: Number(attributes?.ApproximateReceiveCount ?? 1),
  }));
  const { run: deliver, log } = app(context);
  const results = await deliver(batch, () => context.getRemainingTimeInMillis());
  for (const result of results) log(deliveryLine(result));
  const again = results.filter(staysQueued).map(({ handle }) => ({ itemIdentifier: ids.get(handle) ?? handle }));
  return { batchItemFailures: again };
}
