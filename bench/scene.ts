import { randomUUID } from 'node:crypto';
import type { SamplePlan } from '../handlers/local/sample/story.ts';
import { planEvent } from '../lib/core/event.ts';
import { type Deployment, deploy } from '../test/support/deployment.ts';

/** As the cloud lists them. Random ids, as real ones are: patterned ones would compress and hash too well. */
export const samplePlans = (count: number): SamplePlan[] =>
  Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    name: `release-${index}`,
    action: 'upgrade',
    status: 'SUCCESS',
    creator: 'wzh',
    create_time: 1_711_952_860_132 + index,
    execute_time: 1_711_952_900_000 + index,
  }));

/** The built bundles in the real runtime client, with a list that they know already: the next look finds nothing new. */
export async function watching(plans: readonly SamplePlan[]): Promise<Deployment> {
  const planwatch = await deploy();
  planwatch.setPlans(plans);
  await planwatch.poll();
  await planwatch.delivered();
  return planwatch;
}

/** A batch of one message, never seen before, as the event source mapping hands it over. */
export function sqsEvent(destination: string): unknown {
  const plan = {
    id: randomUUID(),
    name: 'release-1zws2j',
    action: 'upgrade',
    status: 'FAILED',
    class: 'bad',
    creator: 'wzh',
    createdAt: '2026-11-24T01:00:00.000Z',
  } as const;
  const at = new Date().toISOString();
  const place = { source: 'bench', region: 'ap-southeast-3', projectId: '0123456789abcdef0123456789abcdef' };
  const event = planEvent({ type: 'plan.status', plan, from: 'CREATED' }, `bench-${plan.id}-0`, at, place);
  const body = JSON.stringify({ v: 1, id: event.id, destination, events: [event], queuedAt: at });
  return {
    Records: [
      {
        messageId: plan.id,
        receiptHandle: plan.id,
        body,
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:planwatch.fifo',
        awsRegion: 'us-east-1',
      },
    ],
  };
}
