import type { Config, DestinationConfig, SourceConfig } from '../../../lib/core/config.ts';
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
  { failures, since, reason, lastGood }: Health,
): SourceView {
  const good = [checkpoint?.at, lastGood]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return {
    name,
    region,
    plans,
    ...(checkpoint && { listSince: checkpoint.at }),
    ...(good !== undefined && { lastGood: good }),
    ...(failures > 0 && {
      failing: { looks: failures, ...(since !== undefined && { since }), ...(reason !== undefined && { reason }) },
    }),
  };
}

export function destinationView(
  name: string,
  { kind }: DestinationConfig,
  { failingSince, reason, notBefore }: Lane,
  waiting: number,
  kinds: ChannelKinds,
): DestinationView {
  const pace = kinds[kind]?.pace;
  return {
    name,
    kind,
    ...(pace && { pace }),
    waiting,
    ...(failingSince !== undefined && {
      failing: {
        since: failingSince,
        ...(reason !== undefined && { reason }),
        ...(notBefore !== undefined && { nextAt: notBefore }),
      },
    }),
  };
}
