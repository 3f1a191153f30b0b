import { createHash, randomUUID } from 'node:crypto';
import { isRecord } from '../../lib/core/plan.ts';

/** One FIFO queue by SQS's documented rules, apart from `lib/queues` on purpose: what they share they would get wrong together. */

type Stored = {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  readonly dedup: string;
  readonly sequence: string;
  readonly sentAt: number;
  receives: number;
  firstReceivedAt: number;
  receivedAt: number;
  visibleAt: number;
  handle: string;
  gone: boolean;
};

type ModelOptions = {
  readonly visibilityMs: number;
  readonly now: () => Date;
  /** After so many receives a message goes to the dead letters instead. */
  readonly maxReceiveCount?: number;
};

export class SqsRefusal extends Error {
  override readonly name = 'SqsRefusal';
  readonly code: string;
  readonly senderFault: boolean;
  constructor(code: string, message: string, senderFault = true) {
    super(message);
    this.code = code;
    this.senderFault = senderFault;
  }
}

type Input = Record<string, unknown>;

const mebibyte = 1_048_576;
const dedupMs = 300_000;
const maxVisibilityMs = 43_200_000;

export function createSqsModel({ visibilityMs, now, maxReceiveCount = Number.POSITIVE_INFINITY }: ModelOptions) {
  let messages: Stored[] = [];
  const handles = new Map<string, Stored>();
  const seen = new Map<string, Stored>();
  const deadLetters: string[] = [];
  let sent = 0;
  const time = () => now().getTime();
  const inFlight = (one: Stored): boolean => one.visibleAt > time();

  function send(input: Input) {
    const body = checkedBody(input['MessageBody']);
    const group = required(input, 'MessageGroupId');
    const dedup = required(input, 'MessageDeduplicationId');
    if (input['DelaySeconds']) throw invalid(`Value ${input['DelaySeconds']} for parameter DelaySeconds is invalid.`);
    let stored = seen.get(dedup);
    if (!stored || time() - stored.sentAt >= dedupMs) {
      const sequence = String(++sent).padStart(20, '0');
      const fresh = { receives: 0, firstReceivedAt: 0, receivedAt: 0, visibleAt: 0, handle: '', gone: false };
      stored = { id: randomUUID(), body, group, dedup, sequence, sentAt: time(), ...fresh };
      messages.push(stored);
      seen.set(dedup, stored);
    }
    return { MessageId: stored.id, MD5OfMessageBody: md5(body), SequenceNumber: stored.sequence };
  }

  function receive(input: Input) {
    const most = whole(input, 'MaxNumberOfMessages', 1, 1, 10);
    const hideMs = whole(input, 'VisibilityTimeout', visibilityMs / 1000, 0, 43_200) * 1000;
    const locked = new Set(messages.filter(inFlight).map(({ group }) => group));
    const due = messages.filter(({ group }) => !locked.has(group));
    for (const one of due.filter(({ receives }) => receives >= maxReceiveCount)) {
      remove(one);
      deadLetters.push(one.body);
    }
    // As many as possible of one group before the next is touched.
    const groups = Map.groupBy(
      due.filter(({ gone }) => !gone),
      ({ group }) => group,
    );
    const taken = [...groups.values()].flat().slice(0, most);
    for (const one of taken) {
      one.receives++;
      one.receivedAt = time();
      one.firstReceivedAt ||= time();
      one.visibleAt = time() + hideMs;
      one.handle = randomUUID();
      handles.set(one.handle, one);
    }
    const wanted = [input['AttributeNames'], input['MessageSystemAttributeNames']].flat();
    return taken.map((one) => ({
      MessageId: one.id,
      ReceiptHandle: one.handle,
      Body: one.body,
      MD5OfBody: md5(one.body),
      ...(wanted.some((name) => name !== undefined) && { Attributes: attributesOf(one, wanted) }),
    }));
  }

  const remove = (one: Stored): void => {
    one.gone = true;
    messages = messages.filter((other) => other !== one);
  };

  function held(input: Input): Stored {
    const handle = required(input, 'ReceiptHandle');
    const one = handles.get(handle);
    if (!one) throw new SqsRefusal('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    if (!one.gone && one.handle !== handle) throw badHandle(handle, 'The receipt handle has expired.');
    return one;
  }

  return {
    deadLetters,
    send,
    receive,

    delete(input: Input): void {
      const one = held(input);
      if (one.gone) return;
      // A FIFO queue takes no receipt whose visibility time is over.
      if (!inFlight(one)) throw badHandle(one.handle, 'The receipt handle has expired.');
      remove(one);
    },

    changeVisibility(input: Input): void {
      const ms = whole(input, 'VisibilityTimeout', undefined, 0, 43_200) * 1000;
      const one = held(input);
      const not = 'Message does not exist or is not available for visibility timeout change.';
      if (one.gone) throw badHandle(one.handle, not);
      if (!inFlight(one)) throw new SqsRefusal('MessageNotInflight', not);
      if (time() + ms - one.receivedAt > maxVisibilityMs) {
        throw invalid('Total VisibilityTimeout for the message is beyond the limit [43200 seconds].');
      }
      one.visibleAt = time() + ms;
    },

    depth: () => ({
      visible: messages.filter((one) => !inFlight(one)).length,
      hidden: messages.filter(inFlight).length,
    }),

    attributes: () => ({
      ApproximateNumberOfMessages: String(messages.filter((one) => !inFlight(one)).length),
      ApproximateNumberOfMessagesNotVisible: String(messages.filter(inFlight).length),
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: String(visibilityMs / 1000),
      FifoQueue: 'true',
      ContentBasedDeduplication: 'false',
    }),
  };
}

export type SqsModel = ReturnType<typeof createSqsModel>;

/** Checks a batch as a whole, then lets each entry succeed or fail by itself. */
export function runBatch(input: Input, one: (entry: Input) => unknown) {
  const entries = Array.isArray(input['Entries']) ? input['Entries'].filter(isRecord) : [];
  if (entries.length === 0) throw batchRefusal('EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > 10)
    throw batchRefusal('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  if (new Set(entries.map((entry) => entry['Id'])).size < entries.length) {
    throw batchRefusal('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  }
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(String(entry['MessageBody'] ?? '')), 0);
  if (bytes > mebibyte) {
    throw batchRefusal(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${mebibyte} bytes. You sent ${bytes}.`,
    );
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      const result = one(entry);
      Successful.push({ Id: entry['Id'], ...(isRecord(result) && result) });
    } catch (error) {
      if (!(error instanceof SqsRefusal)) throw error;
      Failed.push({ Id: entry['Id'], Code: error.code, Message: error.message, SenderFault: error.senderFault });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function checkedBody(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new SqsRefusal('MissingParameter', 'MessageBody is missing.');
  if (Buffer.byteLength(value) > mebibyte) throw invalid(`Message must be shorter than ${mebibyte} bytes.`);
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
  if (/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(value)) {
    throw new SqsRefusal('InvalidMessageContents', 'Message contains characters outside the allowed set.');
  }
  return value;
}

function attributesOf(one: Stored, wanted: unknown[]): Record<string, string> {
  const all = {
    SenderId: 'AIDATEST',
    SentTimestamp: String(one.sentAt),
    ApproximateReceiveCount: String(one.receives),
    ApproximateFirstReceiveTimestamp: String(one.firstReceivedAt),
    SequenceNumber: one.sequence,
    MessageGroupId: one.group,
    MessageDeduplicationId: one.dedup,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name)));
}

function required(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new SqsRefusal('MissingParameter', `The request must contain the parameter ${name}.`);
}

function whole(input: Input, name: string, otherwise: number | undefined, least: number, most: number): number {
  const value = input[name] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value * 1000) && value >= least && value <= most) {
    if (input[name] === undefined || Number.isInteger(value)) return value;
  }
  throw invalid(`Value ${value} for parameter ${name} is invalid. Reason: Must be between ${least} and ${most}.`);
}

const invalid = (message: string) => new SqsRefusal('InvalidParameterValue', message);
const badHandle = (handle: string, why: string) =>
  invalid(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${why}`);
const batchRefusal = (code: string, message: string) => new SqsRefusal(code, message);
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
