import { cut, type Failure } from '../core/event.ts';
import { classOf, isRecord } from '../core/plan.ts';

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
    return [{ component: cut(text(one['name']) || text(one['id']) || 'a component without a name', maxName), reason }];
  });
}

function reasonOf(component: Record<string, unknown>): string {
  const failed = text(component['fail_message']);
  const rollback = text(component['rollback_fail_message']);
  const words = [failed, rollback && `rollback failed: ${rollback}`].filter(Boolean).join('; ');
  // A reader should hear of a component that failed without a word, too.
  return words || (classOf(text(component['status'])) === 'bad' ? 'no reason given' : '');
}

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
