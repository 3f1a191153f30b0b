import { fault, type SampleAnswer } from './answer.ts';
import type { SamplePipeline } from './pipeline-story.ts';
import type { Received } from './received.ts';
import type { Scene } from './story.ts';

/** What this cloud can be asked. `list`, `detail` and `deploy-info` are the old edition's, `pipelines` and `pipeline` the new one's. */
export type CallName = 'login' | 'list' | 'detail' | 'deploy-info' | 'pipelines' | 'pipeline';

export type Call = { readonly name: CallName; readonly project?: string; readonly id?: string };

/** Everything there is to see at one moment, in both editions: they share nothing, as in the real one. */
export type CloudScene = Scene & { readonly pipelines: readonly SamplePipeline[] };

/** undefined: there is no such API. */
export function callOf({ method, url: { pathname } }: Received): Call | undefined {
  if (method === 'POST') return pathname === '/v3/auth/tokens' ? { name: 'login' } : undefined;
  if (method !== 'GET') return undefined;
  const [, project, list, id, more] =
    /^\/v3\/([^/]+)\/(cas\/release-plans|pipeline\/pipelines)(?:\/([^/]+)(\/deploy-info)?)?$/.exec(pathname) ?? [];
  if (!project) return undefined;
  if (list === 'pipeline/pipelines') {
    if (more) return undefined;
    return id ? { name: 'pipeline', project, id } : { name: 'pipelines', project };
  }
  if (!id) return { name: 'list', project };
  return { name: more ? 'deploy-info' : 'detail', project, id };
}

/**
 * What is asked for, as documented: no limit, no offset, and a count of all.
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0232.html (old edition)
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0246.html (new edition)
 */
export function show({ name, id }: Call, { plans, deployInfos, pipelines }: CloudScene): SampleAnswer {
  if (name === 'list') return { body: { count: plans.length, release_plans: plans } };
  if (name === 'pipelines') return { body: { pipelines } };
  const found = (name === 'pipeline' ? pipelines : plans).find((one) => one.id === id);
  if (!found) return fault(404, 'SVCSTG.00100433', 'The release task does not exist.');
  return { body: name === 'deploy-info' ? (deployInfos[found.id] ?? { id: found.id, components: [] }) : found };
}
