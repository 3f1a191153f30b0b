import type { LogEntry } from '../../lib/ledger/log.ts';
import { createS3Store } from '../../lib/stores/s3.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import type { Lambda } from '../support/lambda.ts';
import { type Gate, type Moment, type Passing, startGate } from './gate.ts';
import { brokenPromises } from './judge.ts';
import { createShown } from './shown.ts';

/** Functions in the order in which a deployment launches them. */
const nthOf = { poll: 0, deliver: 1, secondPoll: 3 } as const;

/** `npm test` kills this often at random; `KILLS=500 npm run unit -- test/kills` as often as there is patience for. */
export const randomKills = Number(process.env['KILLS'] ?? 24);
/** At each request both before and after it is carried out; otherwise, where the test says so, in turn. */
export const thorough = randomKills >= 100;
export const seed = Number(process.env['SEED'] ?? 1);

export type Victim = keyof typeof nthOf;

type Trap = {
  readonly victim: Victim;
  readonly when: Moment | 'held';
  readonly on: (passing: Passing) => boolean;
  left: number;
};

export type Siege = Awaited<ReturnType<typeof besiege>>;

/** planwatch on AWS with a gate before each server, so that a function can be killed at any of its requests. */
export async function besiege() {
  const gates: Promise<Gate>[] = [];
  const inHandAtDeath = new Set<string>();
  const kills = { poll: 0, deliver: 0 };
  let trap: Trap | undefined;
  let late = Promise.withResolvers<void>();
  let cloudRefuses = false;
  let looking = 0;
  let cloudGate: Promise<Gate> | undefined;

  const gate = (server: string, url: string, nth: number): Promise<Gate> => {
    const made = startGate(url, (passing) => {
      // Slack's pace is one message a second; a test has no second to spare.
      if (server === 'slack') planwatch.later(1_100);
      if (server === 'cloud' && cloudRefuses) return 'refused';
      // Nobody can tell whose request it is while two look; a trap for the one must not catch the other.
      if (server === 'cloud' && looking !== 1) return undefined;
      if (!trap || nthOf[trap.victim] !== nth || !trap.on(passing) || --trap.left > 0) return undefined;
      const { when, victim } = trap;
      trap = undefined;
      const until = late.promise;
      if (when === 'held') return { when, until };
      return { when, until, strike: () => functions[victim].kill() };
    });
    gates.push(made);
    return made;
  };
  const planwatch: Deployment = await deploy({
    async address(server, url, nth) {
      // Its address is part of what planwatch remembers, so all functions have the same.
      if (server === 'cloud') cloudGate ??= gate(server, url, nthOf.poll);
      return (await (server === 'cloud' ? (cloudGate as Promise<Gate>) : gate(server, url, nth))).url;
    },
    onDeliver({ Records }, how) {
      if (how.kind !== 'killed') return;
      kills.deliver++;
      for (const { body } of Records) {
        const { destination, id } = JSON.parse(body) as { destination: string; id: string };
        inHandAtDeath.add(`${destination} ${id}`);
      }
    },
  });
  const functions: Record<Victim, Lambda> = {
    poll: planwatch.poller,
    deliver: planwatch.deliverer,
    secondPoll: await planwatch.launch('poll'),
  };
  const store = createS3Store({
    fetch,
    random: Math.random,
    sleep: async () => undefined,
    bucket: planwatch.s3.bucket,
    prefix: 'e2e',
    region: 'us-east-1',
    endpoint: planwatch.s3.endpoint,
    credentials: async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
  });
  const shown = createShown();

  return {
    planwatch,
    shown,
    store,
    kills,
    kill: (victim: Victim): void => functions[victim].kill(),
    refuse: (refuses: boolean): void => {
      cloudRefuses = refuses;
    },
    /** Kills the victim, or holds it up, at its `nth` request from now on (of those that `on` means). */
    lay(victim: Victim, nth: number, when: Moment | 'held', on: (passing: Passing) => boolean = () => true): void {
      trap = { victim, when, on, left: nth };
    },
    /** What was sent early or is held arrives now. */
    letArrive(): void {
      late.resolve();
      late = Promise.withResolvers();
    },
    /** true: nobody stepped into it. */
    disarm(): boolean {
      const idle = trap !== undefined;
      trap = undefined;
      return idle;
    },
    /** The cloud shows what it has come to. */
    show: (): void => planwatch.setPlans(shown.plans(), shown.infos()),
    /** One look, which may be the victim's last. */
    async look(by: 'poll' | 'secondPoll' = 'poll') {
      looking++;
      const how = await functions[by].invoke({});
      looking--;
      if (how.kind === 'killed') kills.poll++;
      return how;
    },
    /** Until the queue is empty; what a dead function had in hand comes again only when its time is over. */
    async settle(): Promise<void> {
      await planwatch.delivered();
      for (let rounds = 0; planwatch.sqs.depth().hidden + planwatch.sqs.depth().visible > 0; rounds++) {
        if (rounds === 20) throw new Error(`still in the queue: ${JSON.stringify(planwatch.sqs.depth())}`);
        await planwatch.later(721_000);
        await planwatch.delivered();
      }
    },
    async log(): Promise<LogEntry[]> {
      const entries: LogEntry[] = [];
      for await (const key of store.list('log/default/')) entries.push(JSON.parse((await store.get(key)) ?? ''));
      return entries;
    },
    async brokenPromises(everyState: boolean): Promise<string[]> {
      const log = await this.log();
      const { slack, webhook } = planwatch;
      const checkpoint = JSON.parse((await store.get('checkpoint/default.json')) ?? '{"revision":0}');
      const lines = planwatch.lines().join('\n');
      return [
        ...brokenPromises({
          shown: shown.states(),
          everyState,
          log,
          slack: slack.messages,
          webhook: webhook.messages,
          mayRepeat: (destination, id) => inHandAtDeath.has(`${destination} ${id}`),
        }),
        ...[...slack.faults, ...webhook.faults].map((fault) => `a faulty request: ${fault}`),
        ...(checkpoint.revision > log.length ? ['the checkpoint is ahead of the log'] : []),
        ...planwatch.secrets.filter((secret) => lines.includes(secret)).map(() => 'a secret is in a log line'),
      ];
    },
    async close(): Promise<void> {
      await planwatch.close();
      for (const one of gates) await (await one).close();
    },
  };
}
