// ../naive.mjs with what such functions are usually made of: the AWS SDK and axios.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import axios from 'axios';

const { STATE_URL = '', LIST_URL: list = '', CHAT_URL: chat = '' } = process.env;
const state = new URL(STATE_URL);
const [Bucket, Key] = state.pathname.slice(1).split('/');
const s3 = new S3Client({ endpoint: state.origin, forcePathStyle: true });

async function load() {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse(await Body.transformToString());
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

export const handler = async () => {
  const before = await load();
  const { data: now } = await axios.get(list);
  const known = new Map(before?.release_plans.map((plan) => [plan.id, plan.status]));
  const changed = now.release_plans.filter((plan) => known.get(plan.id) !== plan.status);
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(now) }));
  for (const { id, name, status } of before ? changed : []) {
    await axios.post(chat, { text: `${name} is ${status} (${id})` });
  }
};
