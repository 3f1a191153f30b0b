import type { Config, DestinationConfig, SourceConfig } from '../../../lib/core/config.ts';
import { destinationStanding, sourceStanding } from '../../../lib/flow/standing.ts';
import type { Checkpoint } from '../../../lib/ledger/checkpoint.ts';
import type { Health } from '../../../lib/ledger/health.ts';
import type { Lane } from '../../../lib/ledger/lanes.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import type { DestinationView, SourceView } from './view.ts';

/** `planwatch start` names it so; a person's own source of that name has another address. */
const isSample = ({ name, endpoint }: SourceConfig): boolean =>
  name === 'sample' && endpoint?.startsWith('http://127.0.0.1:') === true;

export const isSampleOnly = ({ sources }: Pick<Config, 'sources'>): boolean =>
  sources.length > 0 && sources.every(isSample);

export function sourceView(
  { name, region }: SourceConfig,
  plans: number,
  checkpoint: Checkpoint | undefined,
  health: Health,
): SourceView {
  return {
    name,
    region,
    plans,
    ...(checkpoint && { listSince: checkpoint.at }),
    ...sourceStanding(checkpoint, health),
  };
}

export function destinationView(
  name: string,
  { kind, style = 'each' }: DestinationConfig,
  lane: Lane,
  waiting: number,
  kinds: ChannelKinds,
): DestinationView {
  const pace = kinds[kind]?.pace;
  return {
    name,
    kind,
    style,
    ...(pace && { pace }),
    waiting,
    ...destinationStanding(lane),
  };
}
