import { regionFault } from '../core/fault.ts';
import type { Outcome } from '../core/outcome.ts';
import { type SigningKeys, signRequest } from '../core/signature.ts';
import { type Misconfigured, readEndpoint } from './address.ts';
import { type Answer, createQuote } from './answer.ts';
import type { ChannelKindOf, SettingSpecs } from './channel.ts';
import { type Answers, jsonOf, meaningOf } from './meaning.ts';
import { post } from './post.ts';
import type { SettingsOf } from './settings.ts';
import { smnPayload } from './smn-payload.ts';

const mayPublish =
  'Allow smn:topic:publish to the user whose key it is, and look whether the topic’s access policy lets that account publish.';
const checkTopic =
  'Copy the topic’s URN again from the SMN console; it must be in the region and the project of the key.';
const checkKey =
  'Check that accessKey and secretKey are one pair and active (temporary ones are over after a day, and need securityToken), and that this machine’s clock is right.';
const checkAccount =
  'Look into the Huawei Cloud account: it must be in credit, not frozen, and verified by its real name.';

/**
 * What SMN's codes mean for a message to a topic, https://support.huaweicloud.com/intl/en-us/api-smn/smn_api_64000.html,
 * and the gateway's before it, https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html. Codes
 * that have one status only mean what the status means, and are not repeated here.
 */
export const smnAnswers: Answers = {
  'SMN.0001': { advice: mayPublish },
  'SMN.0005': { advice: checkTopic },
  'SMN.0006': { advice: checkTopic },
  'SMN.0008': 'rejected',
  'SMN.0009': 'rejected',
  'SMN.0016': 'retry',
  'SMN.0018': 'retry',
  // "Producer exceptions", with status 400: behind SMN something did not take it, and no change of it would help.
  'SMN.0019': { retry: { unsure: true } },
  'SMN.0021': 'rejected',
  'SMN.0022': { advice: checkKey },
  'SMN.0065': { retry: { waitMs: 600_000 } },
  'SMN.0070': { advice: checkAccount },
  'SMN.0071': { advice: checkAccount },
  'SMN.0083': { advice: checkAccount },
  'SMN.0165': { advice: checkKey },
  'SMN.0195': { advice: checkAccount },
  'SMN.0227': 'rejected',
  'SMN.0228': { advice: mayPublish },
  'SMN.0261': { advice: checkAccount },
  'SMN.00308': { advice: mayPublish },
  'APIGW.0101': { advice: 'Set endpoint to that of SMN in the topic’s region, or leave it out.' },
  'APIGW.0301': { advice: checkKey },
  'APIGW.0305': { advice: checkKey },
  'APIGW.0307': { advice: 'The source’s token is over (it lasts a day): better give accessKey and secretKey.' },
  'APIGW.0308': { retry: { waitMs: 5_000 } },
  'APIGW.0401': { advice: 'The cloud lets only certain addresses in: add the one that planwatch calls from.' },
  'APIGW.0402': { advice: 'The cloud lets only certain addresses in: add the one that planwatch calls from.' },
  'APIGW.0601': 'retry',
  'APIGW.0606': 'retry',
  'APIGW.0613': 'retry',
  'APIGW.0802': { advice: 'The key’s user may not use this region: take one that may, or a topic elsewhere.' },
};

const settings = {
  topic: {
    type: 'text',
    required: true,
    description: 'URN of the topic, urn:smn:region:project:name; with source its name alone will do',
  },
  source: { type: 'source', required: false, description: 'Publishes with the access key or token of this source' },
  accessKey: { type: 'secret', required: false, description: 'Access key ID (AK), instead of a source’s' },
  secretKey: { type: 'secret', required: false, description: 'Secret access key (SK)' },
  securityToken: { type: 'secret', required: false, description: 'Security token, with a temporary access key' },
  endpoint: { type: 'address', required: false, description: 'SMN address of a partner cloud' },
} as const satisfies SettingSpecs;

type Values = SettingsOf<typeof settings>;

/** Huawei Cloud's Simple Message Notification: a topic, and behind it mail, SMS, WeLink and whoever else subscribed. */
export const smn: ChannelKindOf<typeof settings> = {
  settings,
  // Whoever subscribed gets it, and nobody more.
  mentions: 'nobody',
  // 1,000 mails or SMS in ten minutes; what is beyond may be lost.
  pace: { everyMs: 1000, burst: 5 },
  hasPlain: true,
  example: {
    topic: 'urn:smn:ap-southeast-3:0123456789abcdef0123456789abcdef:releases',
    accessKey: 'EXAMPLEACCESSKEY0000',
    secretKey: 'example-of-a-secret-key',
  },
  render: smnPayload,
  create(values, { fetch, now }) {
    const quote = createQuote(settings, values);
    const topic = readTopic(values);
    const access = readAccess(values);
    return {
      async send(message, { plain, signal }) {
        if ('kind' in topic) return topic;
        if ('kind' in access) return access;
        const place = `/v2/${topic.projectId}/notifications/topics/${topic.urn}/publish`;
        const url = readEndpoint('endpoint', values, `https://smn.${topic.region}.myhuaweicloud.com`, place);
        if ('kind' in url) return url;
        const body = JSON.stringify(smnPayload(message, { plain }));
        const plainHeaders = { 'content-type': 'application/json;charset=utf-8', 'x-project-id': topic.projectId };
        const proof =
          'token' in access
            ? { 'x-auth-token': access.token }
            : signRequest({ method: 'POST', url, headers: plainHeaders, body, ...access, now: now() });
        const answer = await post(url, { body, headers: { ...plainHeaders, ...proof } }, { fetch, now, signal });
        return 'kind' in answer ? answer : outcomeOf(answer, quote(answer.body));
      },
    };
  },
};

type Topic = { readonly urn: string; readonly region: string; readonly projectId: string };

/** Region and project stand in the URN: those of the source only tell where its key is from. */
function readTopic({ topic = '', source }: Values): Topic | Misconfigured {
  const name = topic.trim();
  const urn = source && /^[\w-]{1,255}$/.test(name) ? `urn:smn:${source.region}:${source.projectId}:${name}` : name;
  const [, region = '', projectId = ''] = /^urn:smn:([^:]+):([0-9a-f]{32}):[\w-]{1,255}$/.exec(urn) ?? [];
  if (regionFault(region) === undefined) return { urn, region, projectId };
  return {
    kind: 'misconfigured',
    reason: 'topic is not a topic’s URN: urn:smn:region:project:name',
    advice: 'Copy it from the SMN console; with a source, the topic’s name alone will do.',
  };
}

/** Its own keys win. They become headers, and fetch would show one that cannot be a header in its error. */
function readAccess(values: Values): SigningKeys | { readonly token: string } | Misconfigured {
  const { source, accessKey, secretKey, securityToken } = values;
  const own = { accessKey, secretKey, ...(securityToken !== undefined && { securityToken }) };
  const given = accessKey !== undefined || secretKey !== undefined ? own : (source?.keys ?? { token: source?.token });
  const cleaned = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value ?? '').trim()]));
  const bad = Object.keys(cleaned).find((name) => !/^[\x21-\x7e]+$/.test(cleaned[name] ?? ''));
  if (bad === undefined) return cleaned as SigningKeys | { token: string };
  return {
    kind: 'misconfigured',
    reason:
      bad === 'token' && source?.token === undefined
        ? 'there is nothing to sign with: neither accessKey and secretKey nor a source that has them'
        : `${bad} is empty, or holds what no key has`,
    advice: 'Give accessKey and secretKey, or name a source that signs in with them.',
  };
}

/** SMN spells a fault `{code, message}`, the gateway before it `{error_code, error_msg}`, in some regions as `APIG.`. */
function outcomeOf(answer: Answer, words: string): Outcome {
  const { status, body } = answer;
  const json = jsonOf(body) ?? {};
  const { message_id: id, code, error_code: gatewayCode } = json;
  if (status === 200 && typeof id === 'string' && id !== '') return { kind: 'accepted', reference: id };
  return meaningOf(smnAnswers, answer, {
    code: [code, gatewayCode].find((one) => typeof one === 'string')?.replace(/^APIG\./, 'APIGW.') ?? '',
    words,
    success: 'a message_id',
    advice: mayPublish,
  });
}
