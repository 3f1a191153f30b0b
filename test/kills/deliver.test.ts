import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { atEachRequest, report, watching } from './each-request.ts';
import { besiege, type Siege } from './siege.ts';

let siege: Siege;
let began: number;
beforeEach(async () => {
  began = Date.now();
  siege = await besiege();
});
afterEach(() => siege.close());

/** Two plans go on, and everybody hears of it. true: deliver was killed on the way. */
async function tellTwo(plans: readonly string[], lay: () => void): Promise<boolean> {
  for (const plan of plans.slice(0, 2)) siege.shown.goOn(plan);
  siege.show();
  lay();
  await siege.look();
  await siege.planwatch.delivered();
  const killed = !siege.disarm();
  await siege.settle();
  return killed;
}

/** What the webhook heard of Slack; a copy right after the first one is a repeat, which a death excuses. */
const heardOfSlack = () =>
  siege.planwatch.webhook.messages
    .map(({ body }) => body)
    .filter(({ type }) => type.startsWith('destination.'))
    .filter(({ id }, index, all) => id !== all[index - 1]?.id)
    .map(({ type }) => type);

describe('deliver killed at each of its requests', () => {
  test('while two destinations are told two changes each', async () => {
    const plans = await watching(siege);
    const requests = await atEachRequest((nth, when) => tellTwo(plans, () => siege.lay('deliver', nth, when)), 'each');
    expect(requests).toBeGreaterThanOrEqual(16);
    expect(await siege.brokenPromises(true)).toEqual([]);
    report('two destinations, two changes each', siege, began);
  }, 120_000);

  test('while Slack asks to wait', async () => {
    const plans = await watching(siege);
    const requests = await atEachRequest((nth, when) =>
      tellTwo(plans, () => {
        siege.planwatch.slack.script({ status: 429, headers: { 'retry-after': '7' }, body: 'rate_limited' });
        siege.lay('deliver', nth, when);
      }),
    );
    expect(requests).toBeGreaterThanOrEqual(12);
    expect(await siege.brokenPromises(true)).toEqual([]);
    report('Slack asks to wait', siege, began);
  }, 120_000);

  test('while Slack has lost its webhook and gets it back: each time told once, and that it is back', async () => {
    const plans = await watching(siege);
    const requests = await atEachRequest((nth, when) =>
      tellTwo(plans, () => {
        siege.planwatch.slack.script({ status: 404, body: 'no_service' });
        siege.lay('deliver', nth, when);
      }),
    );
    expect(requests).toBeGreaterThanOrEqual(12);
    expect(await siege.brokenPromises(true)).toEqual([]);
    const types = heardOfSlack();
    expect(types).toEqual(types.map((_, index) => (index % 2 === 0 ? 'destination.failing' : 'destination.recovered')));
    expect(types.length).toBeGreaterThan(requests / 2);
    report('Slack has lost its webhook', siege, began);
  }, 120_000);
});
