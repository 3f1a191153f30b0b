import type { ObjectStore } from '../ports.ts';
import { createCheckpoints } from './checkpoint.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createHealth } from './health.ts';
import { createLanes } from './lanes.ts';
import { createLog } from './log.ts';
import { createMessages } from './messages.ts';
import { createReceipts } from './receipts.ts';

/** Everything that planwatch remembers, over one store. */
export type Ledger = ReturnType<typeof createLedger>;

export const createLedger = (store: ObjectStore) => ({
  log: createLog(store),
  checkpoints: createCheckpoints(store),
  health: createHealth(store),
  receipts: createReceipts(store),
  deadLetters: createDeadLetters(store),
  lanes: createLanes(store),
  messages: createMessages(store),
});
