import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { Health } from '../ledger/health.ts';
import type { Lane } from '../ledger/lanes.ts';

/** How a source and a destination stand, for whoever shows it. Times are RFC 3339 UTC. */

export type SourceStanding = {
  /** The latest moment at which the list is known to have been read well: a look that finds nothing new leaves no trace. */
  readonly lastGood?: string;
  /** Failed looks in a row; absent: the last one was good. */
  readonly failing?: { readonly looks: number; readonly since?: string; readonly reason?: string };
};

export type DestinationStanding = {
  /** Absent: the last message got through, or there was none. */
  readonly failing?: { readonly since: string; readonly reason?: string; readonly nextAt?: string };
};

export function sourceStanding(
  checkpoint: Checkpoint | undefined,
  { failures, since, reason, lastGood: noted }: Health,
): SourceStanding {
  const lastGood = [checkpoint?.at, noted]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return {
    ...(lastGood !== undefined && { lastGood }),
    ...(failures > 0 && {
      failing: { looks: failures, ...(since !== undefined && { since }), ...(reason !== undefined && { reason }) },
    }),
  };
}

export const destinationStanding = ({ failingSince, reason, notBefore }: Lane): DestinationStanding =>
  failingSince === undefined
    ? {}
    : {
        failing: {
          since: failingSince,
          ...(reason !== undefined && { reason }),
          ...(notBefore !== undefined && { nextAt: notBefore }),
        },
      };
