import { cut, type Failure } from '../core/event.ts';
import { classOf, cloudTime, isRecord } from '../core/plan.ts';

const maxName = 100;

/**
 * Which components of `GET …/release-plans/{id}/deploy-info` failed, and why; undefined: not the documented shape.
 * https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0234.html
 */
export function parseFailures(body: unknown): readonly Failure[] | undefined {
  const components = isRecord(body) ? body['components'] : undefined;
  if (!Array.isArray(components)) return undefined;
  return components.flatMap((one): Failure[] => {
    if (!isRecord(one)) return [];
    const reason = reasonOf(one);
    if (!reason) return [];
    const [version, batch] = [text(one['version']), batchOf(one['seq'])];
    const durationMs = durationOf(one);
    return [
      {
        component: cut(text(one['name']) || text(one['id']) || 'a component without a name', maxName),
        reason,
        ...(version && { version }),
        ...(batch && { batch }),
        ...(durationMs !== undefined && { durationMs }),
      },
    ];
  });
}

function reasonOf(component: Record<string, unknown>): string {
  const failed = text(component['fail_message']);
  const rollback = text(component['rollback_fail_message']);
  const words = [failed, rollback && `rollback failed: ${rollback}`].filter(Boolean).join('; ');
  // A reader should hear of a component that failed without a word, too.
  return words || (classOf(text(component['status'])) === 'bad' ? 'no reason given' : '');
}

/** A rollback that failed is what people look at now; how long the release before it took says nothing of it. */
function durationOf(component: Record<string, unknown>): number | undefined {
  const rolledBack = text(component['rollback_fail_message']) !== '' || component['status'] === 'ROLLBACK_FAILED';
  const prefix = rolledBack ? 'rollback_' : '';
  const [start, end] = [cloudTime(component[`${prefix}start_time`]), cloudTime(component[`${prefix}end_time`])];
  return start && end && start <= end ? Date.parse(end) - Date.parse(start) : undefined;
}

/** A text in one table of the documentation, a number in another. */
const batchOf = (seq: unknown): string => (Number.isInteger(seq) ? String(seq) : text(seq));

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
