import { type DeliveryResult, staysQueued } from '../../lib/flow/delivery-result.ts';
import { type LocalApp, noHurry } from './platform.ts';

const batchSize = 10;

/**
 * Tells what is due now, batch by batch and as long as it may, and hands back what became of each. The caller holds the
 * lock. A queue that cannot be written to is thrown at the end: what was told is said first, and its receipt stops a
 * second copy.
 */
export async function* drain(app: LocalApp, until: () => boolean = () => false): AsyncGenerator<DeliveryResult> {
  const troubles: unknown[] = [];
  const note = (error: unknown) => void troubles.push(error);
  while (troubles.length === 0) {
    if (until()) return;
    const batch = await app.queue.receive(batchSize);
    if (batch.length === 0) return;
    for (const result of await app.deliver(batch, noHurry)) {
      if (!staysQueued(result)) await app.queue.done(result.handle).catch(note);
      yield result;
    }
  }
  throw troubles[0];
}
