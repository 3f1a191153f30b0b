import type { Config, SourceConfig } from '../../../lib/core/config.ts';
import type { Checkpoint } from '../../../lib/ledger/checkpoint.ts';
import type { Health } from '../../../lib/ledger/health.ts';
import type { Lane } from '../../../lib/ledger/lanes.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { Kinds } from './draw.ts';
import { createEntries } from './entries.ts';
import { createMessages } from './messages.ts';
import { plansOf } from './plans.ts';
import type { DestinationView, Snapshot, SourceView } from './view.ts';

const mostPlans = 100;

/** Reads the ledger for the page: what is settled once, only the rest anew. Throws what the store throws. */
export function createSnapshots(deps: { readonly ledger: Ledger; readonly config: Config; readonly kinds: Kinds }) {
  const { ledger, config } = deps;
  const sources = config.sources.map((source) => ({ source, entries: createEntries(ledger.log, source.name) }));
  const messagesOf = createMessages(deps);

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

  return async (): Promise<Snapshot> => {
    const names = Object.keys(config.destinations);
    const [read, lanes] = await Promise.all([
      Promise.all(sources.map(readSource)),
      Promise.all(names.map(async (name) => [name, await ledger.lanes.load(name)] as const)),
    ]);
    const { messages, older } = await messagesOf(
      read.map(({ log }) => log),
      new Map(lanes),
    );
    const plans = read.flatMap((one) => one.plans);
    const listed = plans.filter((plan) => plan.listed);
    return {
      sample: config.sources.length > 0 && config.sources.every(isSample),
      sources: read.map(({ view }) => view),
      destinations: lanes.map(([name, lane]) => destinationView(name, config.destinations[name]?.kind ?? '', lane)),
      plans: [...listed.slice(0, mostPlans), ...plans.filter((plan) => !plan.listed)],
      morePlans: Math.max(0, listed.length - mostPlans),
      messages,
      olderMessages: older,
    };
  };
}

/** `planwatch start` names it so; a person's own source of that name has another address. */
const isSample = ({ name, endpoint }: SourceConfig): boolean =>
  name === 'sample' && endpoint?.startsWith('http://127.0.0.1:') === true;

function sourceView(
  { name, region }: SourceConfig,
  plans: number,
  checkpoint: Checkpoint | undefined,
  { failures, since, reason }: Health,
): SourceView {
  return {
    name,
    region,
    plans,
    ...(checkpoint && { listSince: checkpoint.at }),
    ...(failures > 0 && {
      failing: { looks: failures, ...(since !== undefined && { since }), ...(reason !== undefined && { reason }) },
    }),
  };
}

const destinationView = (name: string, kind: string, { failingSince, reason, notBefore }: Lane): DestinationView => ({
  name,
  kind,
  ...(failingSince !== undefined && {
    failing: {
      since: failingSince,
      ...(reason !== undefined && { reason }),
      ...(notBefore !== undefined && { nextAt: notBefore }),
    },
  }),
});
