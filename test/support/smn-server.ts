import { isRecord } from '../../lib/core/plan.ts';
import { type Receiver, startReceiver } from './chat-server.ts';
import { signatureFault } from './gateway-signature.ts';

export type SmnBody = Readonly<Record<string, string>>;

export const smnTopic = 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:releases';
export const smnKeys = { accessKey: 'AKEXAMPLEOFSMN000001', secretKey: 'SKexampleSecretKeyOfSmn000000000000000001' };
export const smnToken = 'MIIexampleOfATokenOfTheCloud';

export const smnFault = (code: string, message = `about ${code}`): string =>
  code.startsWith('APIG')
    ? JSON.stringify({ error_code: code, error_msg: message, request_id: '8080' })
    : JSON.stringify({ request_id: 'aad0860d', code, message });

const address = '/gateway-of-a-partner-cloud';
const target = `${address}/v2/0123456789abcdef0123456789abcdef/notifications/topics/${smnTopic}/publish`;

/** SMN behind its gateway: 200 and a `message_id` for what is signed with `smnKeys` or carries `smnToken`. */
export const startSmnReceiver = (): Promise<Receiver<SmnBody>> =>
  startReceiver<SmnBody>({
    address,
    path: target,
    success: { status: 200, body: JSON.stringify({ request_id: '6a63a18b', message_id: 'bf94b63a5dfb4759' }) },
    isSuccess: (status, body) => status === 200 && body.includes('"message_id"'),
    refuse({ headers, raw, body }) {
      const token = headers['x-auth-token'];
      const unsigned =
        token === undefined
          ? signatureFault({ method: 'POST', target, headers, body: raw }, smnKeys)
          : token === smnToken
            ? undefined
            : 'another token';
      if (unsigned !== undefined) return { fault: unsigned, status: 401, body: smnFault('APIGW.0301', unsigned) };
      const type = headers['content-type'] ?? '';
      const [fault] = /^application\/json;charset=utf-8$/i.test(type) ? smnFaults(body) : [`sent as ${type}`];
      return fault === undefined ? undefined : { fault, status: 403, body: smnFault('SMN.0009', fault) };
    },
  });

/** What SMN, or whoever gets it, would not take of a message; from https://support.huaweicloud.com/intl/en-us/api-smn/PublishMessage.html */
export function smnFaults(body: unknown): string[] {
  if (!isRecord(body)) return ['no object'];
  const { subject, message, message_structure: structure, time_to_live: seconds, ...unknown } = body;
  const faults = Object.keys(unknown).map((name) => `${name} is not known`);
  if (subject !== undefined) faults.push(...textFaults('subject', subject, 511));
  if (/\p{Cc}/u.test(String(subject ?? ''))) faults.push('a subject of two lines');
  if ((message === undefined) === (structure === undefined)) faults.push('not one of message and message_structure');
  if (!/^[1-9]\d*$/.test(String(seconds)) || Number(seconds) > 86_400) faults.push('time_to_live');
  if (message !== undefined) faults.push(...textFaults('message', message, 262_144));
  if (structure !== undefined) faults.push(...structureFaults(structure));
  return faults;
}

const protocols = [
  'default',
  'email',
  'sms',
  'http',
  'https',
  'functiongraph',
  'dingding',
  'wechat',
  'feishu',
  'welink',
];

function structureFaults(structure: unknown): string[] {
  const texts: unknown = typeof structure === 'string' ? parse(structure) : undefined;
  if (!isRecord(texts)) return ['message_structure is no JSON in a text'];
  const { sms = '' } = texts;
  return [
    ...Object.keys(texts).flatMap((name) => (protocols.includes(name) ? [] : [`no protocol ${name}`])),
    ...Object.entries(texts).flatMap(([name, text]) => textFaults(name, text, 262_144)),
    ...(texts['default'] === undefined ? ['no default'] : []),
    ...(String(sms).length > 490 ? ['an SMS that is held back'] : []),
    ...(/[[\]【】]/.test(String(sms)) ? ['brackets in an SMS'] : []),
  ];
}

function textFaults(name: string, text: unknown, most: number): string[] {
  if (typeof text !== 'string' || text.trim() === '') return [`${name} is empty`];
  if (!text.isWellFormed()) return [`${name} has half a character`];
  return Buffer.byteLength(text) > most ? [`${name} has ${Buffer.byteLength(text)} bytes`] : [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
