import type { SampleDeployInfo, SamplePlan } from '../../handlers/local/sample/story.ts';
import type { Random } from './random.ts';

/** A plan that is gone from the list, as one more of its states. */
export const gone = '(gone)';

const statuses = ['CREATED', 'RELEASING', 'SUCCESS', 'FAILED', 'ROLLBACK_SUCCEED', 'ABORTED'] as const;
const turns = ['FAILED', 'ROLLBACK_SUCCEED', 'SUCCESS', 'RELEASING'];
const born = 1_711_952_860_132;

export type Shown = ReturnType<typeof createShown>;

/** What the cloud shows, and what each plan has ever been: all that anybody may hear of. */
export function createShown() {
  const plans = new Map<string, SamplePlan>();
  const states = new Map<string, string[]>();
  let made = 0;

  const note = (id: string, state: string) => states.set(id, [...(states.get(id) ?? []), state]);

  function appear(status = 'CREATED'): string {
    const id = `p${++made}`;
    plans.set(id, {
      id,
      name: `release-${id}`,
      action: 'upgrade',
      status,
      creator: 'wzh',
      create_time: born + made,
      execute_time: 0,
    });
    note(id, status);
    return id;
  }

  function turn(id: string, status: string): void {
    const plan = plans.get(id);
    if (!plan || plan.status === status) return;
    plans.set(id, { ...plan, status });
    note(id, status);
  }

  /** To another status than it has. */
  function goOn(id: string): void {
    const at = turns.indexOf(plans.get(id)?.status ?? '');
    turn(id, turns[(at + 1) % turns.length] ?? '');
  }

  function vanish(id: string): void {
    if (plans.delete(id)) note(id, gone);
  }

  return {
    appear,
    turn,
    goOn,
    vanish,
    plans: (): SamplePlan[] => [...plans.values()],
    /** What `/deploy-info` answers: one component of each failed plan, with a reason. */
    infos: (): Record<string, SampleDeployInfo> =>
      Object.fromEntries(
        [...plans.values()]
          .filter(({ status }) => status === 'FAILED')
          .map(({ id, status }) => [id, { id, components: [componentOf(id, status)] }]),
      ),
    states: (): ReadonlyMap<string, readonly string[]> => states,

    /** A few things at once: mostly one or two plans that go on, sometimes a new one, a farewell or a whole release night. */
    step(random: Random): void {
      if (plans.size === 0 || random.chance(0.3)) appear();
      if (random.chance(0.04)) for (let count = 0; count < 11; count++) appear();
      const ids = [...plans.keys()];
      for (let count = 1 + random.below(2); count > 0; count--) {
        const id = ids[random.below(ids.length)] ?? '';
        turn(id, random.pick(statuses));
      }
      if (ids.length > 4 && random.chance(0.2)) vanish(ids[0] ?? '');
      if (ids.length > 20) for (const id of ids.slice(0, 10)) vanish(id);
    },
  };
}

const componentOf = (plan: string, status: string) => ({
  id: `${plan}-cart`,
  name: 'cart',
  seq: '1',
  version: '4.18.0',
  status,
  fail_message: `image pull failed for ${plan}`,
});
