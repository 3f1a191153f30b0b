import { NewerVersionError, quarantine } from '../ledger/document.ts';
import { parseQueueMessage } from '../ledger/queue-message.ts';
import type { Received } from '../ports.ts';
import type { DeliveryResult } from './delivery-result.ts';
import { errorText } from './error-text.ts';
import { type Group, runLane } from './lane.ts';
import { againMs, type LaneDeps } from './lane-deps.ts';

/**
 * Tells one batch: groups (destinations) side by side, each in order. Never throws; a message that must come again is
 * `waiting` or `failed` in what is returned.
 */
export async function deliver(
  deps: LaneDeps,
  batch: readonly Received[],
  remaining: () => number,
): Promise<readonly DeliveryResult[]> {
  const groups = new Map<string, Group>();
  const blocked = new Set<string>();
  const results: DeliveryResult[] = [];
  for (const { handle, body, tries } of batch) {
    try {
      const message = parseQueueMessage(body);
      if (message && blocked.has(message.destination)) {
        const { id, destination } = message;
        results.push({ handle, id, destination, outcome: 'waiting', reason: 'It waits behind an earlier message.' });
      } else if (message) {
        const group = groups.get(message.destination) ?? [];
        groups.set(message.destination, [...group, { handle, message, tries }]);
      } else {
        const kept = await quarantine(deps.store, 'queue', body);
        results.push({ handle, outcome: 'parked', reason: `Not a message of planwatch; it is kept as ${kept}.` });
      }
    } catch (error) {
      // Of a newer version: the one that can read it may be deployed again soon.
      await deps.queue.delay(handle, againMs(tries) / 1000).catch(() => undefined);
      if (error instanceof NewerVersionError && error.destination !== undefined) blocked.add(error.destination);
      results.push({ handle, outcome: 'failed', reason: errorText(error), cause: 'other' });
    }
  }
  const lanes = [...groups].map(([destination, group]) => runLane(deps, destination, group, remaining));
  return [...results, ...(await Promise.all(lanes)).flat()];
}
