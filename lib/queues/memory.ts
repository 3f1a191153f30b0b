import { deduplicationId } from '../core/delivery.ts';
import type { DrainableQueue } from '../ports.ts';
import { createFifo, createRecentIds, type QueueTimes, wholeSeconds } from './fifo.ts';

/** SQS FIFO's rules in this process's memory: gone when the process is. */
export function createMemoryQueue({
  now,
  visibilityMs = 180_000,
  dedupWindowMs = 300_000,
}: QueueTimes): DrainableQueue {
  const fifo = createFifo(visibilityMs);
  const recent = createRecentIds(dedupWindowMs);
  const bodies = new Map<string, string>();
  const time = () => now().getTime();
  let sent = 0;

  return {
    async send(messages) {
      for (const message of messages) {
        const id = deduplicationId(message);
        if (recent.has(id, time())) continue;
        const key = String(++sent).padStart(16, '0');
        bodies.set(key, JSON.stringify(message));
        fifo.add({ key, group: message.destination });
        recent.add(id, time());
      }
    },

    async delay(handle, seconds) {
      const span = wholeSeconds(seconds) * 1000;
      fifo.hide(fifo.keyInHand(handle), span, time() + span);
    },

    async receive(most) {
      return fifo.take(most, time()).map(({ key, handle }) => ({ handle, body: bodies.get(key) ?? '' }));
    },

    async done(handle) {
      const key = fifo.keyOf(handle);
      if (key === undefined) return;
      fifo.remove(key);
      bodies.delete(key);
    },

    async waiting() {
      return fifo.waiting(time());
    },
  };
}
