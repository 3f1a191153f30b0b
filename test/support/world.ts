import { createHash } from 'node:crypto';
import type { Config } from '../../lib/core/config.ts';
import type { Failure } from '../../lib/core/event.ts';
import type { Message } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { SourceError } from '../../lib/core/source-error.ts';
import { backfill } from '../../lib/flow/backfill.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import { type DeliveryResult, staysQueued } from '../../lib/flow/delivery-result.ts';
import type { LaneDeps } from '../../lib/flow/lane-deps.ts';
import { poll } from '../../lib/flow/poll.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import type { ObjectStore, PlanSource, Whereabouts } from '../../lib/ports.ts';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { config as defaultConfig } from './build.ts';

export type Told = { readonly destination: string; readonly message: Message; readonly plain: boolean };

type Answer = Outcome | ((message: Message) => Outcome | Promise<Outcome>);

export type World = ReturnType<typeof createWorld>;

/** The real flows and ledger on the memory store and queue, with a clock, a cloud and chats that a test sets. */
export function createWorld(options: { config?: Partial<Config>; store?: (store: ObjectStore) => ObjectStore } = {}) {
  const clock = { ms: Date.parse('2026-11-24T03:00:00.000Z') };
  const now = () => new Date(clock.ms);
  const objects = new Map<string, string>();
  const memory = createMemoryStore(objects);
  const store = options.store?.(memory) ?? memory;
  const ledger = createLedger(store);
  const queue = createMemoryQueue({ now });
  const config = defaultConfig(options.config);

  const cloud: {
    plans: readonly ReleasePlan[] | SourceError;
    endpoint: string;
    failures: Record<string, readonly Failure[] | SourceError>;
    /** What the plan itself says that is not on the list; a plan that is not named here is gone. */
    whereabouts: Record<string, Whereabouts>;
    asked: number;
    /** The ids of plans that were asked for themselves. */
    confirmed: string[];
  } = {
    plans: [],
    endpoint: 'https://servicestage.test',
    failures: {},
    whereabouts: {},
    asked: 0,
    confirmed: [],
  };
  const source: PlanSource = {
    place: { source: 'shop', region: 'ap-southeast-3', projectId: 'p' },
    identity: async () => ({ endpoint: cloud.endpoint, projectId: 'p', edition: 'release-plans' }),
    async list(known) {
      cloud.asked++;
      if (cloud.plans instanceof SourceError) throw cloud.plans;
      const digest = createHash('sha256').update(JSON.stringify(cloud.plans)).digest('hex');
      return digest === known ? { digest } : { digest, plans: cloud.plans };
    },
    async failures(id) {
      const failures = cloud.failures[id] ?? [];
      if (failures instanceof SourceError) throw failures;
      return failures;
    },
    async confirmRemoved(id) {
      cloud.confirmed.push(id);
      return cloud.whereabouts[id] ?? 'gone';
    },
  };

  const told: Told[] = [];
  /** What a destination answers, in this order; then it delivers. */
  const answers: Record<string, Answer[]> = {};
  const deps: LaneDeps = {
    store,
    ledger,
    queue,
    routing: config,
    giveUpAfterMs: config.giveUpAfterMs,
    now,
    random: () => 0.5,
    sleep: async (ms) => {
      clock.ms += ms;
    },
    destination: async (destination) =>
      destination in config.destinations
        ? {
            pace: { everyMs: 10, burst: 10 },
            hasPlain: config.destinations[destination]?.kind === 'slack',
            channel: {
              async send(message, { plain }) {
                const next = answers[destination]?.shift() ?? ({ kind: 'delivered' } as const);
                const outcome = typeof next === 'function' ? await next(message) : next;
                if (outcome.kind === 'delivered' || outcome.kind === 'accepted')
                  told.push({ destination, message, plain });
                return outcome;
              },
            },
          }
        : undefined,
  };
  const pollDeps = { ...deps, sources: { shop: source } };

  /** Hands out what is due, once. */
  async function deliverOnce(): Promise<readonly DeliveryResult[]> {
    const batch = await queue.receive(10);
    const results = await deliver(deps, batch, () => 60_000);
    for (const result of results) if (!staysQueued(result)) await queue.done(result.handle);
    return results;
  }

  return {
    clock,
    objects,
    store,
    ledger,
    queue,
    cloud,
    told,
    answers,
    deps,
    pollDeps,
    poll: async () => {
      const [look] = await poll(pollDeps, {}, () => 60_000);
      if (!look) throw new Error('no look');
      return look;
    },
    deliverOnce,
    /** Until nothing is due now. */
    async drain(): Promise<DeliveryResult[]> {
      const all: DeliveryResult[] = [];
      for (;;) {
        const results = await deliverOnce();
        all.push(...results);
        if (results.length === 0) return all;
      }
    },
    backfill: (request: unknown, run = 'run-1') => backfill(pollDeps, request, run),
    /** `destination: id` of everything told so far, in order; then forgets it. */
    take: () => told.splice(0).map(({ destination, message }) => `${destination}: ${message.id}`),
    json: (key: string) => JSON.parse(objects.get(key) ?? 'null'),
  };
}
