import type { Stage } from './stage.ts';

/** A plan as the cloud has it. Times are ms since 1970, 0: never. */
type CloudPlan = { id: string; name: string; status: string; create_time: number; execute_time: number };

export const acts = [
  'appear',
  'run',
  'succeed',
  'fail',
  'roll back',
  'abort',
  'rerun',
  'rename',
  'remove',
  'odd',
] as const;
export type Act = (typeof acts)[number];

/**
 * `flicker`: complete by its count, yet one plan is not in it. `blind`: the same, and nobody may ask for a plan itself.
 * `stale`: a list of some time ago, and nothing shows it.
 */
export const cloudMoods = [
  'fine',
  'failing',
  'refusing',
  'silent',
  'incomplete',
  'garbled',
  'older',
  'flicker',
  'blind',
  'stale',
] as const;
export type CloudMood = (typeof cloudMoods)[number];

/** One list as it was handed out. `good`: a look may go by it. */
export type Served = {
  readonly tick: number;
  readonly at: number;
  readonly good: boolean;
  /** Plan id → status and last execution. */
  readonly states: ReadonlyMap<string, string>;
};

export const stateOf = (status: string, executedAt: string | undefined): string => `${status} ${executedAt ?? 'never'}`;
/** Shown only by lists that must not be gone by: whoever tells of it went by one. */
export const phantom = 'PHANTOM';

/** What happens while nobody looks; first what shows in a list. */
const turns = [
  'run',
  'fail',
  'appear',
  'rerun',
  'remove',
  'roll back',
  'odd',
  'succeed',
  'rename',
  'abort',
] as const satisfies readonly Act[];

const hostile = [
  'release',
  '<!channel> & <b>"quotes"</b>',
  'two\nlines\u2028three\r\ttab',
  '‮desrever‬ עברית 测试 🚀👩‍👩‍👧',
  'half \ud83d of a pair',
  `long ${'x&'.repeat(1500)}`,
  '*bold* _it_ `code` @here #general https://example.com/?a=b',
  '\u0000\u0007\ufeff\ufffe',
  '   ',
] as const;

export type Cloud = ReturnType<typeof createCloud>;

/** The watched project: plans that people run, and a list of them that may be asked for at any moment. */
export function createCloud(stage: Stage, known: () => ReadonlyMap<string, string>) {
  const plans: CloudPlan[] = [];
  const served: Served[] = [];
  const snapshots: CloudPlan[][] = [];
  let [made, moved] = [0, 0];
  const cloud = { mood: 'fine' as CloudMood };

  function appear(): void {
    made++;
    // The number in front stays readable however much of the name is cut.
    const name = `n${made}. ${made % 3 === 0 ? hostile[(made / 3) % hostile.length] : 'release'}`;
    plans.unshift({ id: `plan-${made}`, name, status: 'CREATED', create_time: stage.now, execute_time: 0 });
  }

  function act(what: Act, which: number): void {
    const plan = plans[which % Math.max(1, plans.length)];
    if (what === 'appear' || !plan) {
      appear();
      return;
    }
    const to = (status: string, executed = true) =>
      Object.assign(plan, { status, ...(executed && { execute_time: Math.max(stage.now, plan.execute_time + 1) }) });
    switch (what) {
      case 'run':
        to('EXECUTING');
        break;
      case 'succeed':
        to('SUCCESS', plan.execute_time === 0);
        break;
      case 'fail':
        to(which % 2 === 0 ? 'FAILED' : 'PARTIALLY_FAILED', plan.execute_time === 0);
        break;
      case 'roll back':
        to(which % 3 === 0 ? 'ROLLBACK_FAILED' : 'ROLLBACK_SUCCEED', false);
        break;
      case 'abort':
        to('ABORTED', false);
        break;
      case 'rerun':
        to(plan.status);
        break;
      case 'odd':
        to(`ODD_${which}`, false);
        break;
      case 'rename':
        plan.name = `${plan.name.split(' ')[0]} renamed`;
        break;
      case 'remove':
        plans.splice(plans.indexOf(plan), 1);
    }
  }

  /** Something or other happens, as it does between any two requests. */
  stage.meanwhile = () => {
    const what = turns[moved % turns.length] ?? 'run';
    stage.say(`  meanwhile the cloud: ${what} (${moved})`);
    act(what, moved++);
  };

  function listed(): { readonly items: readonly CloudPlan[]; readonly count: number; readonly good: boolean } {
    const good = plans.map((plan) => ({ ...plan }));
    if (snapshots.length === 0 || JSON.stringify(snapshots.at(-1)) !== JSON.stringify(good)) snapshots.push(good);
    const items = good.map((plan) => ({ ...plan }));
    const [first] = items;
    switch (cloud.mood) {
      case 'incomplete':
        for (const plan of items) plan.status = phantom;
        return { items: items.slice(1), count: Math.max(1, items.length), good: false };
      case 'older': {
        const old = items.find((plan) => /T\d/.test(known().get(plan.id) ?? ''));
        if (!old) return { items, count: items.length, good: true };
        for (const plan of items) plan.status = phantom;
        old.execute_time = 1;
        return { items, count: items.length, good: false };
      }
      case 'flicker':
      case 'blind':
        return { items: items.filter((plan) => plan !== first), count: Math.max(0, items.length - 1), good: true };
      case 'stale': {
        const stale = snapshots.at(-3) ?? good;
        return { items: stale, count: stale.length, good: true };
      }
      default:
        return { items, count: items.length, good: true };
    }
  }

  function answerList(): Response {
    switch (cloud.mood) {
      case 'failing':
        return new Response('{"error_code":"SVCSTG.00500500","error_msg":"busy"}', { status: 503 });
      case 'refusing':
        return new Response('{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}', {
          status: 401,
        });
      case 'silent':
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      case 'garbled':
        return new Response('<html><title>Sign in</title></html>');
      default: {
        const { items, count, good } = listed();
        const states = items.map(
          ({ id, status, execute_time: at }) =>
            [id, stateOf(status, at === 0 ? undefined : new Date(at).toISOString())] as const,
        );
        served.push({ tick: stage.tick, at: stage.now, good, states: new Map(states) });
        return Response.json({
          count,
          release_plans: items.map((plan) => ({ action: 'upgrade', creator: 'wzh', ...plan })),
        });
      }
    }
  }

  function answerOne(id: string, why: boolean): Response {
    if (cloud.mood === 'blind') {
      return new Response('{"error_code":"APIGW.0302","error_msg":"not allowed"}', { status: 403 });
    }
    const plan = plans.find((one) => one.id === id);
    if (!plan) return new Response('{"error_code":"SVCSTG.00100401","error_msg":"not there"}', { status: 401 });
    if (!why) return Response.json(plan);
    return Response.json({ components: [{ name: 'cart', status: 'FAILED', fail_message: 'image pull failed' }] });
  }

  function answer(path: string): Response {
    const [, id, why] = /\/release-plans\/([^/]+)(\/deploy-info)?$/.exec(path) ?? [];
    return id === undefined ? answerList() : answerOne(id, why !== undefined);
  }

  return Object.assign(cloud, {
    plans,
    served,
    act,
    answer,
    has: (id: string): boolean => plans.some((plan) => plan.id === id),
  });
}
