import type { Edition, SourceConfig } from '../../../lib/core/config.ts';
import type { SourceCheck } from '../../../lib/flow/check-source.ts';
import { createSource } from '../../../lib/sources/editions.ts';
import { parseJson } from '../../../lib/sources/json.ts';
import { createProjectCalls, type SourceEdges } from '../../../lib/sources/project-calls.ts';

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
  edges: SourceEdges,
): Pick<SourceCheck, 'detail' | 'elsewhere'> {
  const { path, ...permissions } = editions[config.edition];
  const calls = createProjectCalls(config, path, permissions, edges);
  const other = createSource(
    { ...config, edition: config.edition === 'pipelines' ? 'release-plans' : 'pipelines' },
    edges,
  );
  return {
    // A look only asks whether it is there; here the reason why it cannot be asked is what people came for.
    detail: async (planId, signal) => void parseJson(await calls.get([planId], permissions.get, signal)),
    elsewhere: async (signal) => (await other.list(undefined, signal)).plans?.length ?? 0,
  };
}
