// Makes the requests that a function of ours was seen to make, and does nothing else: what no such function can go below.
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import ky from 'ky';

await fetch('data:,');

const bare = async ({ method, url, text }) =>
  new Uint8Array(await (await fetch(url, { method, ...(text && { body: text }) })).arrayBuffer());

const cache = new Map();

/** With the clients that our functions have. */
const same = async ({ method, url, text, aws }) => {
  const body = text ? { body: text } : {};
  if (!aws) return new Uint8Array(await ky(url, { method, ...body, retry: 0, throwHttpErrors: false }).arrayBuffer());
  const keys = { accessKeyId: 'test', secretAccessKey: 'test', region: 'us-east-1', service: aws, cache };
  const signed = await new AwsV4Signer({ method, url, ...(aws === 'sqs' && body), ...keys }).sign();
  return new Uint8Array(await (await fetch(signed.url.href, { ...signed, ...body })).arrayBuffer());
};

/** `{requests: [{method, url, text?, aws?, parse?, digest?}], client: 'bare' | 'same'}`, one after another. */
export const handler = async ({ requests, client }) => {
  const send = client === 'same' ? same : bare;
  for (const request of requests) {
    const bytes = await send(request);
    if (request.digest) createHash('sha256').update(bytes).digest('hex');
    if (request.parse) JSON.parse(new TextDecoder().decode(bytes));
  }
  return {};
};
