import { createHash } from 'node:crypto';

/** A release plan as the cloud's list spells it; times in ms since 1970, 0 for never. */
export type SamplePlan = {
  readonly id: string;
  readonly name: string;
  readonly action: 'create' | 'upgrade' | 'clone';
  readonly status: string;
  readonly creator: string;
  readonly create_time: number;
  readonly execute_time: number;
};

type SampleComponent = {
  readonly id: string;
  readonly name: string;
  readonly seq: string;
  readonly version: string;
  readonly status: string;
  readonly fail_message?: string;
};

export type SampleDeployInfo = { readonly id: string; readonly components: readonly SampleComponent[] };

/** What there is to see at one moment: the list, newest first, and each plan's components by its id. */
export type Scene = {
  readonly plans: readonly SamplePlan[];
  readonly deployInfos: Readonly<Record<string, SampleDeployInfo>>;
};

/**
 * One round of the story, in ms from its start. It shows every kind of message once, a change every six seconds or so,
 * the removal early: planwatch holds a plan that is gone for half a minute before it says so.
 * The cloud documents no word for a plan under way, so RELEASING and ROLLING_BACK stand for whatever it may say.
 */
const rounds = [
  {
    kind: 'upgrade',
    creator: 'wzh',
    steps: [
      { at: 4_000, status: 'CREATED' },
      { at: 10_000, status: 'RELEASING', executes: true },
      { at: 16_000, status: 'SUCCESS' },
      { at: 78_000, status: 'SUCCESS', executes: true },
    ],
  },
  {
    kind: 'upgrade',
    creator: 'j.okafor',
    steps: [
      { at: 22_000, status: 'CREATED' },
      { at: 34_000, status: 'RELEASING', executes: true },
      { at: 40_000, status: 'FAILED' },
      { at: 47_000, status: 'ROLLING_BACK' },
      { at: 53_000, status: 'ROLLBACK_SUCCEED' },
    ],
  },
  {
    kind: 'clone',
    creator: 'release-bot',
    steps: [
      { at: 59_000, status: 'CREATED' },
      { at: 65_000, status: 'RELEASING', executes: true },
      { at: 71_000, status: 'ABORTED' },
    ],
  },
] as const;

type Step = { readonly at: number; readonly status: string; readonly executes?: true };

const removalAt = 28_000;
export const roundMs = 80_000;
const mostListed = 12;

/** Settled before the story begins, so that the first look has something to be silent about. `ago` in ms. */
const settled = [
  { name: 'release-7k2m9d', action: 'create', status: 'SUCCESS', creator: 'li.na', ago: 3 * 86_400_000 },
  { name: 'payments-2026.11.20', action: 'upgrade', status: 'ROLLBACK_SUCCEED', creator: 'j.okafor', ago: 90_000_000 },
  { name: 'storefront to eu', action: 'clone', status: 'SUCCESS', creator: 'wzh', ago: 7_200_000 },
] as const;

const services = ['checkout', 'payments', 'search', 'inventory', 'storefront', 'accounts'] as const;

/**
 * What the sample cloud shows `elapsed` ms into its endless story. Pure: the same moment always looks the same, so a
 * plan never changes behind its own back. `wallTime` puts a moment of the story on the calendar (ms since 1970).
 */
export function sceneAt(elapsed: number, wallTime: (elapsed: number) => number): Scene {
  const told = Math.max(0, elapsed);
  const round = Math.floor(told / roundMs);
  const into = told % roundMs;
  const begun = rounds.filter(({ steps }) => steps[0].at <= into).length;
  const born = settled.length + rounds.length * round + begun;
  // Each round takes one plan away, and a long list loses its oldest. Both only grow, so nothing that is gone comes back.
  const gone = Math.max(round + (into >= removalAt ? 1 : 0), born - mostListed);

  const plans: SamplePlan[] = [];
  const deployInfos: Record<string, SampleDeployInfo> = {};
  for (let index = born - 1; index >= gone; index--) {
    const plan = index < settled.length ? settledPlan(index, wallTime) : plotPlan(index, told, wallTime);
    plans.push(plan);
    deployInfos[plan.id] = { id: plan.id, components: componentsOf(plan, index) };
  }
  return { plans, deployInfos };
}

function settledPlan(index: number, wallTime: (elapsed: number) => number): SamplePlan {
  const { ago, ...plan } = settled[index] ?? settled[0];
  const created = Math.round(wallTime(0)) - ago;
  return { id: idOf(index, wallTime), ...plan, create_time: created, execute_time: created + 40_000 };
}

function plotPlan(index: number, told: number, wallTime: (elapsed: number) => number): SamplePlan {
  const number = index - settled.length;
  const round = Math.floor(number / rounds.length);
  const plot = rounds[number % rounds.length] ?? rounds[0];
  const start = round * roundMs;
  const past = (plot.steps as readonly Step[]).filter(({ at }) => start + at <= told);
  const executed = past.findLast(({ executes }) => executes);
  const created = wallTime(start + plot.steps[0].at);
  return {
    id: idOf(index, wallTime),
    name: nameOf(index, round, plot.kind, created),
    action: plot.kind,
    status: past.at(-1)?.status ?? 'CREATED',
    creator: plot.creator,
    create_time: Math.round(created),
    execute_time: executed ? Math.round(wallTime(start + executed.at)) : 0,
  };
}

function nameOf(index: number, round: number, kind: string, created: number): string {
  const service = services[round % services.length] ?? services[0];
  if (kind === 'clone') return `${service} for the load test`;
  // The console makes up names like this one; people type dates.
  if (index % rounds.length === 1) return `release-${letters(`name ${index}`)}`;
  return `${service}-${new Date(created).toISOString().slice(0, 10).replaceAll('-', '.')}`;
}

const failures = [
  [
    ['cart', 'ImagePullBackOff: Back-off pulling image "swr.ap-southeast-3.example/shop/cart:4.18.0": not found'],
    ['pricing', 'readiness probe failed: HTTP probe failed with statuscode: 503 (3 of 3 instances not ready)'],
  ],
  [
    ['ledger', 'readiness probe failed: dial tcp 10.2.0.17:8080: connect: connection refused'],
    ['invoices', 'CrashLoopBackOff: back-off 40s restarting failed container "invoices": exit code 137 (OOMKilled)'],
  ],
] as const;

function componentsOf({ status }: SamplePlan, index: number): SampleComponent[] {
  const bad = failures[Math.floor((index - settled.length) / rounds.length) % failures.length] ?? failures[0];
  const failed = ['FAILED', 'ROLLING_BACK', 'ROLLBACK_SUCCEED'].includes(status);
  const names = ['gateway', ...bad.map(([name]) => name)];
  return names.map((name, seq) => {
    const message = failed ? bad.find(([component]) => component === name)?.[1] : undefined;
    return {
      id: uuid(`component ${index} ${name}`),
      name,
      seq: String(seq + 1),
      version: `4.${10 + (index % 40)}.0`,
      status: status === 'FAILED' && !message ? 'SUCCESS' : status,
      ...(message && { fail_message: message }),
    };
  });
}

/** Two stories begun at different times are different plans. */
const idOf = (index: number, wallTime: (elapsed: number) => number): string => uuid(`plan ${wallTime(0)} ${index}`);

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const letters = (text: string): string => Number.parseInt(hash(text).slice(0, 10), 16).toString(36).slice(0, 6);

const uuid = (text: string): string => hash(text).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');
