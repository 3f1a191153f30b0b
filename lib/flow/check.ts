import { checkDestination, type DestinationCheck } from './check-destination.ts';
import { checkSource, type SourceCheck } from './check-source.ts';
import { checkStore, type StoreCheck } from './check-store.ts';
import { broken, type Finding, ok } from './finding.ts';

type QueueCheck = {
  readonly name: string;
  /** Looks without sending; says what it found, or throws. */
  readonly probe: () => Promise<string>;
};

export type CheckDeps = {
  readonly sources: readonly SourceCheck[];
  readonly store: StoreCheck;
  readonly queue: QueueCheck;
  readonly destinations: readonly DestinationCheck[];
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
};

const atOnce = 8;

/**
 * Tries everything that planwatch needs, several at once, and says what it found in the order of the configuration.
 * Leaves nothing behind. Never throws: what goes wrong is a finding.
 */
export async function* check(deps: CheckDeps, { send }: { readonly send: boolean }): AsyncGenerator<Finding> {
  const { fetch, now, random } = deps;
  const run = `${now().getTime()}-${Math.floor(random() * 1e9)}`;
  const tasks = [
    ...deps.sources.map((source) => () => checkSource(source)),
    () => checkStore(deps.store, `check/${run}`),
    () => checkQueue(deps.queue),
    ...deps.destinations.map(
      (destination) => () =>
        checkDestination(destination, { send, fetch, id: `check-${run}-${destination.name}`, at: now() }),
    ),
  ];
  const running: Promise<readonly Finding[]>[] = [];
  for (const task of tasks) {
    if (running.length === atOnce) yield* (await running.shift()) ?? [];
    running.push(task());
  }
  for (const findings of running) yield* await findings;
}

async function checkQueue({ name, probe }: QueueCheck): Promise<readonly Finding[]> {
  const subject = { area: 'queue', name, what: 'reach' } as const;
  try {
    return [ok(subject, await probe())];
  } catch (error) {
    return [broken('failed', subject, error)];
  }
}
