import type { QueueMessage } from '../core/delivery.ts';
import { isRecord } from '../core/plan.ts';
import { isOptionalText, isText, NewerVersionError } from './document.ts';
import { areEvents } from './shapes.ts';

const name = /^[a-z0-9-]{1,40}$/;
const safe = /^[A-Za-z0-9._-]{1,200}$/;

/** Reads what came out of the queue; undefined: not ours, or damaged. Throws NewerVersionError. */
export function parseQueueMessage(body: string): QueueMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(message)) return undefined;
  const { v, destination, id } = message;
  if (typeof v === 'number' && v > 1)
    throw new NewerVersionError(`a queue message for ${String(destination).slice(0, 40)}`, v, String(destination));
  return v === 1 && isQueueMessage(message) && name.test(String(destination)) && safe.test(String(id))
    ? (message as QueueMessage)
    : undefined;
}

/** Ids and destinations become keys, so their characters are checked as well. */
export const isQueueMessage = (message: Record<string, unknown>): boolean =>
  isText(message['id']) &&
  isText(message['destination']) &&
  areEvents(message['events']) &&
  (message['events'] as unknown[]).length > 0 &&
  isText(message['queuedAt']) &&
  !Number.isNaN(Date.parse(message['queuedAt'])) &&
  isOptionalText(message['run']) &&
  (message['repeat'] === undefined || message['repeat'] === true);
