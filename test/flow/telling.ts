import type { QueueMessage } from '../../lib/core/delivery.ts';
import { planEvent } from '../../lib/core/event.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { tell } from '../../lib/flow/tell.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';

export const at = '2026-11-24T03:00:00.000Z';
/** A time so many ms before what the clock of a new world shows. */
export const ago = (ms: number) => new Date(Date.parse(at) - ms).toISOString();
const place = { source: 'shop', region: 'r', projectId: 'p' };
export const event = planEvent(
  { type: 'plan.status', plan: plan({ id: 'a', status: 'FAILED' }), from: 'CREATED' },
  'e-1',
  at,
  place,
);
export const message = (over: Partial<QueueMessage> = {}): QueueMessage => ({
  v: 1,
  id: 'e-1',
  destination: 'releases',
  events: [event],
  queuedAt: at,
  ...over,
});

/** Tells one message in a world of its own; `slept` is what was waited for the pace. */
export async function telling(
  lane: Omit<Lane, 'v'> = {},
  answers: readonly Outcome[] = [],
  over: Partial<QueueMessage> = {},
  pace = { everyMs: 1_000, burst: 5 },
) {
  const world = createWorld();
  world.answers['releases'] = [...answers];
  const slept: number[] = [];
  const deps = {
    ...world.deps,
    sleep: async (ms: number) => void slept.push(ms),
    destination: async (name: string) => {
      const found = await world.deps.destination(name);
      return found && { ...found, pace };
    },
  };
  const step = await tell(deps, { v: 1, ...lane }, message(over), 1);
  return { world, step, slept, written: world.json('lanes/releases.json') };
}
