import type { Event } from '../core/event.ts';
import { isRecord } from '../core/plan.ts';
import { isCount, isOptionalText, isText } from './document.ts';

/** What stored plans and events must look like for everything that reads them: one that does not is damage, not a crash. */

export const arePlans = (value: unknown): boolean => Array.isArray(value) && value.every(isPlan);

const isPlan = (plan: unknown): plan is Record<string, unknown> =>
  isRecord(plan) &&
  isText(plan['id']) &&
  isText(plan['name']) &&
  isText(plan['action']) &&
  isText(plan['status']) &&
  isText(plan['creator']) &&
  isOptionalText(plan['createdAt']) &&
  isOptionalText(plan['executedAt']);

/** Types and classes are left open: those of a later version are told in general words. */
export const areEvents = (value: unknown): value is readonly Event[] => Array.isArray(value) && value.every(isEvent);

const isEvent = (event: unknown): boolean =>
  isRecord(event) &&
  [event['id'], event['type'], event['time']].every(isText) &&
  [event['source'], event['destination'], event['reason'], event['advice'], event['from'], event['lacks']].every(
    isOptionalText,
  ) &&
  (event['count'] === undefined || isCount(event['count'])) &&
  (event['plan'] === undefined || isPlanPart(event));

const isPlanPart = ({ plan, source, region, projectId, failures }: Record<string, unknown>): boolean =>
  isPlan(plan) &&
  isText(plan['class']) &&
  [source, region, projectId].every(isText) &&
  (failures === undefined || (Array.isArray(failures) && failures.every(isFailure)));

const isFailure = (failure: unknown): boolean =>
  isRecord(failure) &&
  [failure['component'], failure['reason']].every(isText) &&
  [failure['version'], failure['batch']].every(isOptionalText) &&
  (failure['durationMs'] === undefined || isCount(failure['durationMs']));
