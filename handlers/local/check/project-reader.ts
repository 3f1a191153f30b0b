import type { Edition, SourceConfig } from '../../../lib/core/config.ts';
import { isRecord } from '../../../lib/core/plan.ts';
import { SourceError } from '../../../lib/core/source-error.ts';
import type { SourceCheck } from '../../../lib/flow/check-source.ts';
import { type CallEdges, createCloudCall, within } from '../../../lib/sources/cloud-call.ts';
import {
  createCredentials,
  createSecretReader,
  resolveEndpoint,
  type SecretReader,
} from '../../../lib/sources/credentials.ts';
import { under } from '../../../lib/sources/endpoint.ts';
import { failedAnswer } from '../../../lib/sources/failed-answer.ts';
import { createRedactor } from '../../../lib/sources/vendor-words.ts';

/** Where each edition keeps its plans, and what it takes to list them and to look at one. */
const editions: Record<Edition, { readonly path: readonly string[]; readonly list: string; readonly get: string }> = {
  'release-plans': {
    path: ['cas', 'release-plans'],
    list: 'servicestage::listReleasePlan',
    get: 'servicestage::getReleasePlan',
  },
  pipelines: { path: ['pipeline', 'pipelines'], list: 'servicestage:pipeline:list', get: 'servicestage:pipeline:get' },
};

/** What `check` asks a project beyond what a look asks. */
export function createProjectReader(
  config: SourceConfig,
  edges: CallEdges & { readonly secret: SecretReader },
): Pick<SourceCheck, 'detail' | 'elsewhere'> {
  const { region, projectId, edition } = config;
  const redactor = createRedactor();
  const read = createSecretReader(edges.secret);
  const credentials = createCredentials(config, read, redactor, edges);
  const call = createCloudCall(edges);
  const address = config.endpoint ?? `https://servicestage.${region}.myhuaweicloud.com`;
  const headers = { 'Content-Type': 'application/json;charset=utf8', 'X-Project-Id': projectId };

  async function get(path: readonly string[], action: string, signal: AbortSignal): Promise<unknown> {
    const endpoint = await within(signal, resolveEndpoint(address, 'endpoint', config, read));
    const url = under(endpoint, ['v3', projectId, ...path]);
    const answer = await call(() => credentials.authenticate({ method: 'GET', url, headers }, signal), signal);
    if (answer.status === 200) return jsonOf(answer.body);
    const advice = {
      credentials: credentials.advice,
      signed: credentials.signed,
      forbidden: `Allow ${action} in project ${projectId} (the policy ServiceStage ReadOnlyAccess should hold it).`,
      notFound: `Check that project ${projectId} is in region ${region}, and that the endpoint is ServiceStage there.`,
    };
    throw failedAnswer(answer, advice, redactor, edges.now());
  }

  return {
    async detail(planId, signal) {
      const { path, get: action } = editions[edition];
      await get([...path, planId], action, signal);
    },
    async elsewhere(signal) {
      const { path, list } = editions[edition === 'pipelines' ? 'release-plans' : 'pipelines'];
      const body = await get(path, list, signal);
      // The new edition's documents show both an object and a bare array.
      const plans = isRecord(body) ? (body['pipelines'] ?? body['release_plans']) : body;
      return Array.isArray(plans) ? plans.length : 0;
    },
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new SourceError(
      'HTTP 200, but an answer that is not JSON',
      'Check that the endpoint is ServiceStage itself.',
    );
  }
}
