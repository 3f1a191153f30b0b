import { randomUUID } from 'node:crypto';

type Plan = { readonly id: string; readonly name: string; status: string; execute_time: number };

/** What one list showed after another showed something else. `from` is absent where the plan only ran again. */
export type Transition = { readonly id: string; readonly from?: string; readonly to: string };

const next: Readonly<Record<string, string>> = { CREATED: 'EXECUTING', EXECUTING: 'SUCCESS', SUCCESS: 'CREATED' };

/** Projects whose plans move, and what their lists showed so far: what planwatch has to tell, known without planwatch. */
export function createWatched({ sources, plans, share }: { sources: number; plans: number; share: number }) {
  const projects = Array.from({ length: sources }, (_, source) => {
    const list: Plan[] = Array.from({ length: plans }, (_, index) => ({
      id: randomUUID(),
      name: `release-${source}-${index}`,
      status: 'CREATED',
      execute_time: 0,
    }));
    return {
      list,
      shown: new Map<string, Pick<Plan, 'status' | 'execute_time'>>(),
      transitions: [] as Transition[],
      at: source * 7,
    };
  });
  const each = Math.round(plans * share);
  let minute = 0;

  return {
    projects,
    /** So many plans of each source move on; at one source in five one of them fails. */
    move(now: number): void {
      for (const [source, project] of projects.entries()) {
        for (let count = 0; count < each; count++) {
          const plan = project.list[project.at++ % plans];
          if (!plan) continue;
          const fails = count === 0 && (source + minute) % 5 === 0;
          plan.status = fails ? 'FAILED' : (next[plan.status] ?? 'CREATED');
          plan.execute_time = now;
        }
      }
      minute++;
    },
    /** The list as it is now. */
    show(source: number): string {
      const project = projects[source];
      if (!project) throw new Error(`There is no project ${source}.`);
      const { list, shown, transitions } = project;
      for (const { id, status, execute_time } of list) {
        const before = shown.get(id);
        if (before && before.status !== status) transitions.push({ id, from: before.status, to: status });
        else if (before && before.execute_time > 0 && before.execute_time < execute_time)
          transitions.push({ id, to: status });
        shown.set(id, { status, execute_time });
      }
      return JSON.stringify({
        count: list.length,
        release_plans: list.map((plan) => ({
          ...plan,
          action: 'upgrade',
          creator: 'wzh',
          create_time: 1_711_952_860_132,
        })),
      });
    },
  };
}
