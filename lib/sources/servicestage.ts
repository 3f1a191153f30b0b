import { createHash } from 'node:crypto';
import type { SourceConfig } from '../core/config.ts';
import type { Failure } from '../core/event.ts';
import { parsePlanList } from '../core/plan.ts';
import { SourceError } from '../core/source-error.ts';
import type { PlanSource } from '../ports.ts';
import { type CallEdges, type CloudRequest, createCloudCall, within } from './cloud-call.ts';
import { createCredentials, createSecretReader, resolveEndpoint, type SecretReader } from './credentials.ts';
import { parseFailures } from './deploy-info.ts';
import { endpointName, under } from './endpoint.ts';
import { type Advice, failedAnswer, tokenDied } from './failed-answer.ts';
import { createRedactor } from './vendor-words.ts';

export type SourceEdges = CallEdges & {
  /** A reference → its value; asked at each request, so whoever resolves keeps what it found. */
  readonly secret: SecretReader;
};

/**
 * The release plans of one project ("release tasks", the old edition of release management).
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0232.html
 */
export function createServiceStageSource(config: SourceConfig, edges: SourceEdges): PlanSource {
  const { name: source, region, projectId, edition } = config;
  // The new edition keeps its plans apart; asking the old list for them would find nothing, for ever and silently.
  if (edition !== 'release-plans') throw new Error(`source ${source}: this is not how edition ${edition} is read`);
  const redactor = createRedactor();
  const read = createSecretReader(edges.secret);
  const credentials = createCredentials(config, read, redactor, edges);
  const call = createCloudCall(edges);
  const address = `https://servicestage.${region}.myhuaweicloud.com`;
  const endpoint = () => resolveEndpoint(config.endpoint ?? address, 'endpoint', config, read);

  async function get(segments: readonly string[], action: string, signal: AbortSignal): Promise<Uint8Array> {
    const url = under(await within(signal, endpoint()), ['v3', projectId, 'cas', 'release-plans', ...segments]);
    // Content-Type is mandatory here, even on a GET.
    const headers = { 'Content-Type': 'application/json;charset=utf8', 'X-Project-Id': projectId };
    let sent: CloudRequest | undefined;
    const ask = () =>
      call(async () => {
        sent = await credentials.authenticate({ method: 'GET', url, headers }, signal);
        return sent;
      }, signal);
    let answer = await ask();
    // Once: a bad credential that is tried again and again gets its owner locked out (APIGW.0301).
    if (sent && tokenDied(answer) && credentials.renew(sent)) answer = await ask();
    if (answer.status === 200) return answer.body;
    throw failedAnswer(answer, adviceFor(action), redactor, edges.now());
  }

  const adviceFor = (action: string): Advice => ({
    credentials: credentials.advice,
    signed: credentials.signed,
    forbidden: `Allow ${action} in project ${projectId} (the policy ServiceStage ReadOnlyAccess should hold it).`,
    notFound: `Check that project ${projectId} is in region ${region}, and that the endpoint is ServiceStage there.`,
  });

  return {
    place: { source, region, projectId },
    async identity() {
      return { endpoint: endpointName(await endpoint()), projectId, edition };
    },
    async list(known, signal) {
      const body = await get([], 'servicestage::listReleasePlan', signal);
      const digest = createHash('sha256').update(body).digest('hex');
      if (digest === known) return { digest };
      const list = parsePlanList(parseJson(body));
      if ('fault' in list) throw notTheList(list.fault);
      return { digest, plans: list.plans };
    },
    async failures(planId, signal): Promise<readonly Failure[]> {
      const body = await get([planId, 'deploy-info'], 'servicestage::getReleasePlan', signal);
      const failures = parseFailures(parseJson(body));
      if (!failures) throw notTheList('the answer has no components array');
      return failures;
    },
  };
}

/** Throws SourceError for everything that is not JSON, however it fails to be. */
function parseJson(body: Uint8Array): unknown {
  let text = '';
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return JSON.parse(text);
  } catch {
    // No connection broke, yet the end is missing: a proxy that closes early looks like this.
    if (/^\s*[[{]/.test(text)) throw notTheList(`half an answer: ${body.byteLength} bytes that are not whole JSON`);
    if (/^\s*</.test(text)) throw notTheList('an HTML page instead of JSON');
    throw notTheList(body.byteLength === 0 ? 'an empty answer' : 'an answer that is not JSON');
  }
}

const notTheList = (fault: string): SourceError =>
  new SourceError(
    `HTTP 200, but ${fault}`,
    'If it goes on, check that the endpoint is ServiceStage itself, and not a login page or a proxy.',
  );
