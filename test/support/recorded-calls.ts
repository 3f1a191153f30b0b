import type { IncomingHttpHeaders } from 'node:http';
import type { Deployment } from './deployment.ts';
import type { Call } from './iam.ts';
import { here } from './stack.ts';

/** A call that a function really made, as IAM would judge it. */
export type RecordedCall = Call & { readonly by: string };

/** The access key that signed: each function's is its name. */
const signerOf = ({ authorization }: IncomingHttpHeaders): string =>
  /Credential=([^/]+)\//.exec(String(authorization))?.[1] ?? 'nobody';

const s3Actions: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  PUT: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

/** One of each, from what the servers saw. `queue`: the ARN of the one queue. */
export function recordedCalls({ s3, sqs, secretsServer }: Deployment, queue: string): RecordedCall[] {
  const calls: RecordedCall[] = [];
  for (const { method, url, headers } of s3.proxy.seen) {
    const { pathname, searchParams } = new URL(url, s3.endpoint);
    const by = signerOf(headers);
    const [, bucket, ...key] = pathname.split('/');
    const list = { by, action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` };
    if (searchParams.has('list-type')) calls.push(list);
    else {
      const condition = headers['if-none-match'];
      const context = condition === undefined ? {} : { context: { 's3:if-none-match': condition } };
      const action = s3Actions[method] ?? `s3:${method}`;
      calls.push({ by, action, resource: `arn:aws:s3:::${bucket}/${key.join('/')}`, ...context });
      // Whoever may not list is told 403 where an object is not there.
      if (method === 'GET') calls.push(list);
    }
  }
  for (const { action, headers } of sqs.received) {
    // One permission covers a call and its batch.
    calls.push({ by: signerOf(headers), action: `sqs:${action.replace(/Batch$/, '')}`, resource: queue });
  }
  for (const { action, name, headers } of secretsServer.seen) {
    const by = signerOf(headers);
    if (action === 'GetParameter')
      calls.push({ by, action: 'ssm:GetParameter', resource: here('ssm', `parameter${name}`) });
    // AWS puts six characters behind the name.
    else
      calls.push({
        by,
        action: 'secretsmanager:GetSecretValue',
        resource: here('secretsmanager', `secret:${name}-AbCdEf`),
      });
  }
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}
