import type { SourceConfig } from '../core/config.ts';
import { parsePipelineList } from '../core/pipeline-list.ts';
import type { PlanSource } from '../ports.ts';
import { askWhetherGone } from './one-plan.ts';
import { createProjectCalls, type SourceEdges } from './project-calls.ts';
import { readWholeList } from './whole-list.ts';

/** The second is not on the call's page; it is what the first one's neighbours are called. */
const permissions = { list: 'servicestage:pipeline:list', get: 'servicestage:pipeline:get' };

/**
 * The release tasks of the new release management, which the old one's list does not show.
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0246.html
 */
export function createPipelinesSource(config: SourceConfig, edges: SourceEdges): PlanSource {
  const { name: source, region, projectId } = config;
  const calls = createProjectCalls(config, ['pipeline', 'pipelines'], permissions, edges);
  return {
    place: { source, region, projectId },
    identity: calls.identity,
    list: (known, signal) =>
      readWholeList((range) => calls.get([], permissions.list, signal, range), parsePipelineList, known),
    // No call of this edition documents which component failed, or why.
    failures: async () => [],
    confirmRemoved: (planId, signal) => askWhetherGone(() => calls.get([planId], permissions.get, signal)),
  };
}
