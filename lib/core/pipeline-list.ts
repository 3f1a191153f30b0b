import { isRecord, type ParsedPage, parsePage, parsePlan, type ReleasePlan } from './plan.ts';

/**
 * The new edition's numbers, by name; 6 and 8 are documented nowhere. Where the old edition has a status of the same
 * meaning it is that very word, so that one route matches both.
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0246.html
 */
const statuses: ReadonlyMap<number, string> = new Map([
  [1, 'CREATED'],
  [2, 'SUCCESS'],
  [3, 'FAILED'],
  [4, 'RELEASING'],
  [5, 'AWAITING_APPROVAL'],
  [7, 'PAUSED'],
  [9, 'SKIPPED'],
  [10, 'ROLLING_BACK'],
  [11, 'ROLLBACK_SUCCEED'],
  [12, 'ROLLBACK_FAILED'],
  [13, 'STOPPING'],
  [14, 'RESTARTING'],
]);

/**
 * Reads the answer of `GET /v3/{project_id}/pipeline/pipelines`. The page documents `{pipelines: [...]}` in its table and
 * a bare array in its example, and no `count` in either: one that is there is held to.
 */
export function parsePipelineList(body: unknown): ParsedPage {
  const items = isRecord(body) ? body['pipelines'] : body;
  if (!Array.isArray(items)) {
    return { fault: 'the answer is neither an array nor has it a pipelines array', kind: 'nonsense' };
  }
  const count = isRecord(body) ? body['count'] : undefined;
  const page = parsePage(items, count ?? items.length, 'pipelines', parsePipeline);
  return 'fault' in page || typeof count === 'number' ? page : { plans: page.plans };
}

/** No action is documented here; the last start is what the old edition calls its execution. */
const parsePipeline = (item: unknown): ReleasePlan | string =>
  parsePlan(
    isRecord(item)
      ? { ...item, action: undefined, status: statusName(item['status']), execute_time: item['last_trigger_at'] }
      : item,
  );

/** A number that nobody documented is shown as it came. */
const statusName = (status: unknown): unknown =>
  Number.isInteger(status) ? (statuses.get(status as number) ?? String(status)) : status;
