import { deploy } from '../test/support/deployment.ts';
import type { Figure, Part } from './figure.ts';
import { samplePlans } from './scene.ts';

/** USD in us-east-1, list prices as they stood in November 2026. */
const prices = {
  lambdaCall: 0.2 / 1e6,
  lambdaGbSecond: 0.0000133334,
  s3Get: 0.0004 / 1000,
  s3Put: 0.005 / 1000,
  sqsFifoCall: 0.5 / 1e6,
  logGb: 0.5,
  ruleCall: 0,
  alarmMetric: 0.1,
  customMetric: 0.3,
} as const;

/** A month of what AWS gives away for ever, an account, to each account once. */
const alwaysFree = {
  lambdaCalls: 1e6,
  lambdaGbSeconds: 4e5,
  sqsCalls: 1e6,
  logGb: 5,
  alarmMetrics: 10,
  customMetrics: 10,
};

const minutes = 30 * 24 * 60;
/** What no test on loopback can tell: how long a look waits for the network, and what a message waits for its chat. */
const assumed = { lookSeconds: 0.3, deliverSeconds: 1.5, changesPerSource: 300, destinations: 2 };
const memoryGb = { poll: 256 / 1024, deliver: 1769 / 1024 };
/** Lambda asks an empty queue about 15 times a minute, and is billed to us as SQS calls. */
const longPolls = 15 * minutes;
/** START, END and REPORT of each invocation, and 26 bytes that CloudWatch counts for each line. */
const platformLogBytes = 340;
const lineBytes = 26;
/** serverless.yml: seven alarms on one metric each, one on two. */
const alarmMetrics = 9;
/** LooksOk is sent with every look; the others only in the hours in which there is something to count. */
const customMetrics = 1;

type Counted = { readonly gets: number; readonly puts: number; readonly logBytes: number };

/** What one look with nothing new asks for and logs, and what each change adds: counted at the servers, not assumed. */
async function count(): Promise<{ readonly idle: Counted; readonly change: Counted }> {
  const plans = samplePlans(50);
  const planwatch = await deploy();
  planwatch.setPlans(plans);
  await planwatch.poll();
  await planwatch.delivered();
  const [requests, lines] = [planwatch.s3.proxy.seen, () => planwatch.lines().filter((line) => line.startsWith('{'))];
  const since = async (times: number, what: () => Promise<void>): Promise<Counted> => {
    const [r, l] = [requests.length, lines().length];
    for (let time = 0; time < times; time++) await what();
    const [made, said] = [requests.slice(r), lines().slice(l)];
    const gets = made.filter(({ method }) => method === 'GET').length / times;
    const logBytes = said.reduce((sum, line) => sum + Buffer.byteLength(line) + lineBytes, 0) / times;
    return { gets, puts: made.length / times - gets, logBytes };
  };
  const idle = await since(10, async () => void (await planwatch.poll()));
  let turn = 0;
  const busy = await since(10, async () => {
    turn++;
    planwatch.setPlans([{ ...plans[0], status: turn % 2 ? 'FAILED' : 'SUCCESS' } as never, ...plans.slice(1)]);
    await planwatch.poll();
    await planwatch.delivered();
    await planwatch.later(60_000);
  });
  await planwatch.close();
  return {
    idle,
    change: { gets: busy.gets - idle.gets, puts: busy.puts - idle.puts, logBytes: busy.logBytes - idle.logBytes },
  };
}

/** A month on AWS for so many sources, one look a minute. */
export const cost: Part = async () => {
  const { idle, change } = await count();
  return [1, 10, 100].flatMap((sources): Figure[] => {
    const changes = assumed.changesPerSource * sources;
    const batches = changes * assumed.destinations;
    const gets = sources * minutes * idle.gets + changes * change.gets;
    const puts = changes * change.puts;
    const calls = minutes + batches;
    // Eight sources are looked at at once.
    const lookSeconds = assumed.lookSeconds * Math.ceil(sources / 8);
    const gbSeconds = minutes * lookSeconds * memoryGb.poll + batches * assumed.deliverSeconds * memoryGb.deliver;
    // A change is sent once, received and deleted by each destination's batch.
    const sqsCalls = longPolls + changes + 2 * batches;
    const logGb = (sources * minutes * idle.logBytes + calls * platformLogBytes + changes * change.logBytes) / 1e9;
    const over = (used: number, free: number) => Math.max(0, used - free);
    const bill = (free: typeof alwaysFree) => ({
      Lambda:
        over(calls, free.lambdaCalls) * prices.lambdaCall +
        over(gbSeconds, free.lambdaGbSeconds) * prices.lambdaGbSecond,
      S3: gets * prices.s3Get + puts * prices.s3Put,
      SQS: over(sqsCalls, free.sqsCalls) * prices.sqsFifoCall,
      Logs: over(logGb, free.logGb) * prices.logGb,
      Alarms: over(alarmMetrics, free.alarmMetrics) * prices.alarmMetric,
      Metrics: over(customMetrics, free.customMetrics) * prices.customMetric,
    });
    const nothing = Object.fromEntries(Object.keys(alwaysFree).map((name) => [name, 0])) as typeof alwaysFree;
    const [list, account] = [bill(nothing), bill(alwaysFree)];
    const total = (of: typeof list) => Object.values(of).reduce((sum, one) => sum + one, 0);
    const figure = (what: string, value: number, unit = 'USD a month'): Figure => ({
      part: 'cost',
      figure: `${sources} ${sources === 1 ? 'source' : 'sources'}: ${what}`,
      value,
      unit,
    });
    return [
      figure('in all, list prices', total(list)),
      ...Object.entries(list).map(([name, value]) => figure(`  of it ${name}`, value)),
      figure('beyond what AWS always gives free', total(account)),
      figure('  S3 requests', gets + puts, 'a month'),
      figure('  log', logGb * 1000, 'MB a month'),
    ];
  });
};
