import { isRecord } from '../../lib/core/plan.ts';

/** One unsigned call to a test server that checks no signature, in the name of `by`. Answers with status and parsed body. */
export async function callSqs(endpoint: string, action: string, input: object, by = 'test') {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      // fauxqs reads the region out of it.
      authorization: `AWS4-HMAC-SHA256 Credential=${by}/20261124/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: isRecord(body) ? body : {} };
}

export type ReceivedMessage = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes?: Readonly<Record<string, string>>;
};

export async function receiveSqs(
  endpoint: string,
  queueUrl: string,
  over: object = {},
  by?: string,
): Promise<ReceivedMessage[]> {
  const names = { AttributeNames: ['All'], MessageSystemAttributeNames: ['All'] };
  const { status, body } = await callSqs(endpoint, 'ReceiveMessage', { QueueUrl: queueUrl, ...names, ...over }, by);
  if (status !== 200) throw new Error(`ReceiveMessage: HTTP ${status} ${JSON.stringify(body)}`);
  return (body['Messages'] ?? []) as ReceivedMessage[];
}
