import type { SourceConfig } from '../core/config.ts';
import { parsePlanList } from '../core/plan.ts';
import type { PlanSource } from '../ports.ts';
import { parseFailures } from './deploy-info.ts';
import { notExpected, parseJson } from './json.ts';
import { askWhetherGone } from './one-plan.ts';
import { createProjectCalls, type SourceEdges } from './project-calls.ts';
import { readWholeList } from './whole-list.ts';

const permissions = { list: 'servicestage::listReleasePlan', get: 'servicestage::getReleasePlan' };

/**
 * The release plans of one project ("release tasks", the old edition of release management).
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0232.html
 */
export function createServiceStageSource(config: SourceConfig, edges: SourceEdges): PlanSource {
  const { name: source, region, projectId } = config;
  const calls = createProjectCalls(config, ['cas', 'release-plans'], permissions, edges);
  return {
    place: { source, region, projectId },
    identity: calls.identity,
    list: (known, signal) =>
      readWholeList((range) => calls.get([], permissions.list, signal, range), parsePlanList, known),
    async failures(planId, signal) {
      const failures = parseFailures(parseJson(await calls.get([planId, 'deploy-info'], permissions.get, signal)));
      if (!failures) throw notExpected('the answer has no components array');
      return failures;
    },
    confirmRemoved: (planId, signal) => askWhetherGone(() => calls.get([planId], permissions.get, signal)),
  };
}
