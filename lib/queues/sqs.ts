import { deduplicationId, type QueueMessage } from '../core/delivery.ts';
import { isRecord } from '../core/plan.ts';
import type { Queue } from '../ports.ts';
import { wholeSeconds } from './fifo.ts';
import { type Action, clean, createSqsCall, type Fault, type SqsEdges } from './sqs-call.ts';

export type SqsSettings = SqsEdges & {
  readonly queueUrl: string;
  /** Resolves after so many ms. */
  readonly sleep: (ms: number) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
};

const maxTries = 3;
const maxEntries = 10;
// SQS takes 1 MiB a message and a request; the margin is for what it may count besides the bodies.
const maxMessageBytes = 1_048_576;
const batchBytes = 1_000_000;

type Entry = {
  readonly Id: string;
  readonly MessageBody: string;
  readonly MessageGroupId: string;
  readonly MessageDeduplicationId: string;
};

/** An SQS FIFO queue, as its sender and its Lambda consumer see it: receiving and deleting are the event source mapping's. */
export function createSqsQueue(settings: SqsSettings): Queue {
  const { queueUrl, sleep, random } = settings;
  const post = createSqsCall(settings);

  /** Every call here may be repeated: a batch for its deduplication ids, a visibility because it is simply set again. */
  async function insist(action: Action, once: () => Promise<Fault | undefined>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const fault = await once();
      if (fault === undefined) return;
      if (!fault.again || tries === maxTries) {
        const { code, words, cause } = fault;
        const advice = adviceFor(code, action);
        throw new Error(`SQS ${action} on ${queueUrl} failed: ${code}: ${words}${advice && `. ${advice}`}`, { cause });
      }
      await sleep(100 * 2 ** tries * (0.5 + random()));
    }
  }

  async function sendBatch(batch: readonly Entry[]): Promise<void> {
    let left = batch;
    await insist('SendMessageBatch', async () => {
      const answer = await post('SendMessageBatch', { QueueUrl: queueUrl, Entries: left });
      if ('fault' in answer) return answer.fault;
      // Only what the answer calls accepted is; an entry it does not mention is sent again.
      const accepted = new Set(records(answer.body['Successful']).map((one) => one['Id']));
      left = left.filter((entry) => !accepted.has(entry.Id));
      return left.length > 0 ? partial(left.length, records(answer.body['Failed'])) : undefined;
    });
  }

  return {
    async send(messages) {
      // All of them are checked before the first is sent.
      const entries = messages.map(toEntry);
      for (const batch of batches(entries)) await sendBatch(batch);
    },

    async delay(handle, seconds) {
      const VisibilityTimeout = wholeSeconds(seconds);
      await insist('ChangeMessageVisibility', async () => {
        const input = { QueueUrl: queueUrl, ReceiptHandle: handle, VisibilityTimeout };
        const answer = await post('ChangeMessageVisibility', input);
        if ('body' in answer) return undefined;
        // Visible is what it should become, and after a lost answer it is already.
        const already = VisibilityTimeout === 0 && answer.fault.code.endsWith('MessageNotInflight');
        return already ? undefined : answer.fault;
      });
    },
  };
}

/**
 * SQS refuses U+FFFE and U+FFFF, and a plan's name may hold them; escaped they are the same JSON.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const bodyOf = (message: QueueMessage): string =>
  JSON.stringify(message).replace(/[\uFFFE\uFFFF]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`);

function toEntry(message: QueueMessage, index: number): Entry {
  const MessageBody = bodyOf(message);
  const bytes = Buffer.byteLength(MessageBody);
  if (bytes > maxMessageBytes) {
    throw new Error(`Delivery ${message.id} has ${bytes} bytes, and SQS takes at most ${maxMessageBytes} a message.`);
  }
  return {
    Id: String(index),
    MessageBody,
    MessageGroupId: message.destination,
    MessageDeduplicationId: deduplicationId(message),
  };
}

function* batches(entries: readonly Entry[]): Generator<Entry[]> {
  let batch: Entry[] = [];
  let size = 0;
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry.MessageBody);
    if (batch.length === maxEntries || (batch.length > 0 && size + bytes > batchBytes)) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(entry);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

function partial(left: number, failed: readonly Record<string, unknown>[]): Fault {
  const codes = new Set(failed.map((one) => String(one['Code'] ?? 'no code')));
  const words = new Set(failed.flatMap((one) => (typeof one['Message'] === 'string' ? clean(one['Message'], []) : [])));
  return {
    code: [...codes].join(', ') || 'NotAccepted',
    words: [`${left} of the messages were not accepted`, ...words].join('; '),
    // The sender's fault stays one however often it is sent.
    again: !failed.some((one) => one['SenderFault'] === true),
  };
}

const permissions: Record<Action, string> = {
  SendMessageBatch: 'sqs:SendMessage',
  ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
};

function adviceFor(code: string, action: Action): string {
  if (/Kms/i.test(code)) return "The role needs kms:GenerateDataKey and kms:Decrypt on the queue's key.";
  if (/AccessDenied/.test(code)) return `The role needs ${permissions[action]} on this queue.`;
  if (/QueueDoesNotExist|NonExistentQueue/.test(code)) return 'Check PLANWATCH_QUEUE_URL and the region.';
  if (/Token|Signature|ClientTokenId/.test(code)) return 'Check the AWS credentials, and the clock of this machine.';
  return '';
}

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
