import type { SamplePlan } from '../../handlers/local/sample/story.ts';

/** A release plan as the sample cloud lists it, with everything that a test does not care about filled in. */
export const samplePlan = (over: Partial<SamplePlan> & { readonly id: string }): SamplePlan => ({
  name: `release-${over.id}`,
  action: 'upgrade',
  status: 'CREATED',
  creator: 'wzh',
  create_time: 1_711_952_860_132,
  execute_time: 0,
  ...over,
});

export const failedPlan = (id: string): SamplePlan =>
  samplePlan({ id, status: 'FAILED', execute_time: 1_711_952_900_000 });
