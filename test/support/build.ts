import type { Config } from '../../lib/core/config.ts';
import type { ReleasePlan } from '../../lib/core/plan.ts';

/** A plan with everything that a test does not care about filled in. */
export const plan = (over: Partial<ReleasePlan> & { readonly id: string }): ReleasePlan => ({
  name: `release-${over.id}`,
  action: 'upgrade',
  status: 'CREATED',
  creator: 'wzh',
  createdAt: '2026-11-24T01:00:00.000Z',
  ...over,
});

/** Two chats that hear everything; notices go to both. */
export const config = (over: Partial<Config> = {}): Config => ({
  sources: [],
  destinations: { releases: { kind: 'slack' }, oncall: { kind: 'webhook' } },
  routes: [],
  notices: ['releases', 'oncall'],
  giveUpAfterMs: 72 * 3_600_000,
  ...over,
});
