import type { Env } from '../../../lib/environment.ts';
import type { CheckDeps } from '../../../lib/flow/check.ts';
import { createSqsQueue } from '../../../lib/queues/sqs.ts';
import { createS3Store } from '../../../lib/stores/s3.ts';
import type { Platform } from '../../../lib/wire.ts';
import { awsOf } from '../platform.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The bucket and the queue that the functions on AWS use, with the credentials of whoever sits here; undefined where the
 * environment names neither. Throws UsageError where it names them by half.
 */
export function awsState(env: Env, edges: Platform): Pick<CheckDeps, 'store' | 'queue'> | undefined {
  const read = (name: string): string => env(name)?.trim() ?? '';
  const [bucket, queueUrl] = [read('PLANWATCH_BUCKET'), read('PLANWATCH_QUEUE_URL')];
  if (!bucket && !queueUrl) return undefined;
  const { aws } = awsOf(env);
  const missing = [
    ...(bucket ? [] : ['PLANWATCH_BUCKET']),
    ...(queueUrl ? [] : ['PLANWATCH_QUEUE_URL']),
    ...(aws ? [] : ['AWS_REGION, AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY']),
  ];
  if (!aws || missing.length > 0) {
    throw new UsageError(
      `To check what runs on AWS, also set ${missing.join(' and ')}; to check this machine instead, unset PLANWATCH_BUCKET and PLANWATCH_QUEUE_URL.`,
    );
  }
  const endpointOf = (service: string) => read(`AWS_ENDPOINT_URL_${service}`) || read('AWS_ENDPOINT_URL') || undefined;
  const sqs = endpointOf('SQS');
  const prefix = read('PLANWATCH_PREFIX');
  const store = orUsageError(() => createS3Store({ ...edges, ...aws, bucket, prefix, endpoint: endpointOf('S3') }));
  const queue = createSqsQueue({ ...edges, ...aws, queueUrl, ...(sqs && { endpoint: sqs }) });
  return {
    store: { name: `s3://${bucket}${prefix && `/${prefix}`}`, store },
    queue: {
      name: queueUrl.split('/').at(-1) ?? queueUrl,
      async probe() {
        if (!queueUrl.endsWith('.fifo')) {
          throw new Error(
            'it is no FIFO queue, so messages would lose their order: use one, as serverless.yml makes it',
          );
        }
        // A receipt of nobody's: SQS looks at the caller and the queue before it says that there is no such message.
        const refusal = await queue.delay('planwatch-check', 0).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (refusal instanceof Error && !/ReceiptHandleIsInvalid|InvalidParameterValue/.test(refusal.message)) {
          throw refusal;
        }
        return 'it answers, and is FIFO; nothing was sent';
      },
    },
  };
}

/** The store checks its own settings, and names the variable in its words. */
function orUsageError<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
