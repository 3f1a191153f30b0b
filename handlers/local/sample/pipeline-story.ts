import { createHash } from 'node:crypto';

/** A release task of the new edition as its list spells it; times in ms since 1970, 0 for never. */
export type SamplePipeline = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly model_version: 2;
  readonly config_mode: 'ui' | 'template';
  readonly status: number;
  readonly creator: string;
  readonly create_time: number;
  readonly update_time: number;
  readonly last_trigger_at: number;
  readonly enterprise_project_id: string;
};

/** https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0246.html; 6 and 8 are not listed there. */
export const pipelineStatus = {
  initialised: 1,
  released: 2,
  failed: 3,
  releasing: 4,
  awaitingApproval: 5,
  paused: 7,
  skipped: 9,
  rollingBack: 10,
  rolledBack: 11,
  rollbackFailed: 12,
  stopping: 13,
  restarting: 14,
} as const;

const { initialised, released, failed, releasing, awaitingApproval, paused, rollingBack, rolledBack } = pipelineStatus;

export const pipelineRoundMs = 80_000;

/**
 * One run each round, in turn; ms from the round's start. Unlike the old edition's plans these stay, and are run again
 * and again under the same id.
 */
const plots = [
  {
    name: 'shop to production',
    description: 'Asks a person before it goes live',
    mode: 'template',
    creator: 'wzh',
    bornAt: Number.NEGATIVE_INFINITY,
    rest: released,
    run: [
      { at: 6_000, status: releasing },
      { at: 14_000, status: awaitingApproval },
      { at: 38_000, status: releasing },
      { at: 50_000, status: released },
    ],
  },
  {
    name: 'payments to production',
    description: '',
    mode: 'ui',
    creator: 'j.okafor',
    bornAt: Number.NEGATIVE_INFINITY,
    rest: released,
    run: [
      { at: 6_000, status: releasing },
      { at: 18_000, status: failed },
      { at: 34_000, status: rollingBack },
      { at: 46_000, status: rolledBack },
    ],
  },
  {
    name: 'search, canary first',
    description: 'Pauses after the first tenth',
    mode: 'ui',
    creator: 'release-bot',
    bornAt: 60_000,
    rest: initialised,
    run: [
      { at: 6_000, status: releasing },
      { at: 16_000, status: paused },
      { at: 40_000, status: releasing },
      { at: 52_000, status: released },
    ],
  },
] as const;

/** What the new edition shows `elapsed` ms into its endless story; pure, as `sceneAt` is. Newest first. */
export function pipelinesAt(elapsed: number, wallTime: (elapsed: number) => number): readonly SamplePipeline[] {
  const told = Math.max(0, elapsed);
  return plots
    .flatMap((plot, index) => (plot.bornAt <= told ? [pipelineAt(plot, index, told, wallTime)] : []))
    .reverse();
}

function pipelineAt(
  plot: (typeof plots)[number],
  index: number,
  told: number,
  wallTime: (elapsed: number) => number,
): SamplePipeline {
  const round = Math.floor(told / pipelineRoundMs);
  // The latest round that was this one's turn, if there was one, and what had happened by then.
  const turn = round - ((round - index + plots.length) % plots.length);
  const past = momentsOf(plot, turn).filter(({ at }) => at <= told);
  const before = past.length > 0 ? past : momentsOf(plot, turn - plots.length);
  const began = before[0];
  const last = before.at(-1);
  const week = 7 * 86_400_000;
  const created = Number.isFinite(plot.bornAt) ? wallTime(plot.bornAt) : wallTime(0) - (index + 1) * week;
  const executed = plot.rest === initialised ? 0 : wallTime(0) - (index + 1) * 3_600_000;
  return {
    id: createHash('sha256')
      .update(`pipeline ${wallTime(0)} ${index}`)
      .digest('hex')
      .slice(0, 32),
    name: plot.name,
    description: plot.description,
    model_version: 2,
    config_mode: plot.mode,
    status: last?.status ?? plot.rest,
    creator: plot.creator,
    create_time: Math.round(created),
    update_time: Math.round(last ? wallTime(last.at) : Math.max(created, executed)),
    last_trigger_at: Math.round(began ? wallTime(began.at) : executed),
    enterprise_project_id: '0',
  };
}

/** The moments of the run in that round, by the story's own time; none before the story began. */
const momentsOf = ({ run }: (typeof plots)[number], round: number) =>
  round < 0 ? [] : run.map(({ at, status }) => ({ at: round * pipelineRoundMs + at, status }));
