import type { Config } from '../../../lib/core/config.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { readDeadLetters } from './dead-letters.ts';
import { createEntries } from './entries.ts';
import { createEvents } from './events.ts';
import { destinationView, isSampleOnly, sourceView } from './overview.ts';
import { plansOf } from './plans.ts';
import type { Overview } from './view.ts';

const mostPlans = 1_000;

type ReaderDeps = {
  readonly ledger: Ledger;
  readonly config: Config;
  readonly kinds: ChannelKinds;
  readonly readOnly: boolean;
};

/** Reads the ledger for the page: what is settled once, only the rest anew. Throws what the store throws. */
export function createReader({ ledger, config, kinds, readOnly }: ReaderDeps) {
  const sources = config.sources.map((source) => ({ source, entries: createEntries(ledger.log, source.name) }));
  const events = createEvents(ledger);

  async function readSource({ source, entries }: (typeof sources)[number]) {
    const [reading, health] = await Promise.all([
      ledger.checkpoints.load(source.name),
      ledger.health.load(source.name),
    ]);
    const checkpoint = reading.kind === 'found' ? reading.value : undefined;
    const log = await entries.upTo(checkpoint?.revision ?? 0);
    const plans = plansOf(source.name, checkpoint, log);
    const listed = plans.filter((plan) => plan.listed).length;
    return { log, plans, view: sourceView(source, listed, checkpoint, health) };
  }

  async function read(): Promise<Overview> {
    const names = Object.keys(config.destinations);
    const [found, lanes, dead] = await Promise.all([
      Promise.all(sources.map(readSource)),
      Promise.all(names.map(async (name) => [name, await ledger.lanes.load(name)] as const)),
      readDeadLetters(ledger),
    ]);
    await events.update(
      found.map(({ log }) => log),
      new Map(lanes),
      dead,
    );
    const plans = found.flatMap((one) => one.plans);
    const listed = plans.filter((plan) => plan.listed);
    return {
      sample: isSampleOnly(config),
      readOnly,
      sources: found.map(({ view }) => view),
      destinations: lanes.flatMap(([name, lane]) => {
        const destination = config.destinations[name];
        return destination ? [destinationView(name, destination, lane, events.waiting(name), kinds)] : [];
      }),
      plans: [...listed.slice(0, mostPlans), ...plans.filter((plan) => !plan.listed)],
      morePlans: Math.max(0, listed.length - mostPlans),
      deadLetters: dead.shown,
      moreDeadLetters: dead.more,
    };
  }

  return { events, overview: shared(read) };
}

/** One at a time; whoever asks while one is under way shares the next, since that one may have begun too early. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running
      .catch(() => undefined)
      .then(() => {
        const now = work();
        next = undefined;
        running = now;
        return now;
      });
    return next;
  };
}
