import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { atEachRequest, report, watching } from './each-request.ts';
import type { Passing } from './gate.ts';
import { besiege, type Siege } from './siege.ts';

let siege: Siege;
let began: number;
beforeEach(async () => {
  began = Date.now();
  siege = await besiege();
});
afterEach(() => siege.close());

const isCommit = ({ method, path }: Passing): boolean => method === 'PUT' && path.includes('/log/');

type Plans = readonly [string, string, string];
type Row = {
  readonly look: string;
  /** What has happened by the time of the look. */
  before(plans: Plans, nth: number): Promise<void>;
  after?(): Promise<void>;
  readonly inShort?: 'both';
};

const rows: readonly Row[] = [
  {
    look: 'finds changes',
    inShort: 'both',
    async before([a, b]) {
      siege.shown.goOn(a);
      siege.shown.goOn(b);
      // Asks why, so that every round has as many requests.
      siege.shown.appear('FAILED');
    },
  },
  {
    look: 'finds a release night, told as a digest',
    async before([a]) {
      siege.shown.goOn(a);
      for (let count = 0; count < 11; count++) siege.shown.appear();
    },
  },
  {
    look: 'finds a plan removed',
    async before(_, nth) {
      const extra = siege.shown.appear();
      siege.show();
      await siege.look();
      siege.shown.vanish(extra);
      siege.show();
      await siege.look();
      await siege.planwatch.later(31_000);
      if (nth % 2 === 0) siege.shown.appear();
    },
  },
  {
    look: 'finishes what a killed one had committed',
    async before([a, , c]) {
      siege.shown.goOn(a);
      siege.show();
      siege.lay('poll', 1, 'after', isCommit);
      expect(await siege.look()).toEqual({ kind: 'killed' });
      siege.shown.goOn(c);
    },
  },
  {
    look: 'is the third that fails',
    async before() {
      siege.refuse(true);
      await siege.look();
      await siege.look();
    },
    async after() {
      siege.refuse(false);
      await siege.look();
    },
  },
  {
    look: 'is the first after an outage, and finds a change',
    async before([a]) {
      siege.refuse(true);
      for (let count = 0; count < 3; count++) await siege.look();
      siege.refuse(false);
      siege.shown.goOn(a);
    },
  },
];

describe('poll killed at each of its requests, where the look', () => {
  test.each(rows)(
    '$look',
    async ({ look, before, after, inShort }) => {
      const plans = await watching(siege);
      const requests = await atEachRequest(async (nth, when) => {
        await before(plans, nth);
        siege.show();
        siege.lay('poll', nth, when);
        const { kind } = await siege.look();
        siege.disarm();
        if (kind === 'killed') await siege.look();
        await after?.();
        await siege.settle();
        return kind === 'killed';
      }, inShort);
      expect(requests).toBeGreaterThanOrEqual(5);
      expect(await siege.brokenPromises(true)).toEqual([]);
      const { slack, webhook } = siege.planwatch;
      // Whoever dies before deliver is asked for anything gives no reason for a second copy.
      expect(siege.kills.deliver).toBe(0);
      expect(slack.messages.length).toBe(webhook.messages.length);
      if (look.includes('outage') || look.includes('fails')) {
        const types = webhook.messages.map(({ body }) => body.type).filter((type) => type.startsWith('source.'));
        const pairs = (types.length - 1) / 2;
        expect(types).toEqual([
          'source.watching',
          ...Array.from({ length: pairs }, () => ['source.unreachable', 'source.recovered']).flat(),
        ]);
        expect(pairs).toBeGreaterThan(2);
      }
      report(`where the look ${look}`, siege, began);
    },
    120_000,
  );

  test('is the first of all', async () => {
    siege.shown.appear();
    siege.show();
    await atEachRequest(async (nth, when) => {
      for (const prefix of ['log/', 'checkpoint/', 'health/', 'receipts/', 'lanes/']) {
        for await (const key of siege.store.list(prefix)) await siege.store.remove(key);
      }
      // The queue knows the ids of the last five minutes.
      await siege.planwatch.later(301_000);
      const told = siege.planwatch.slack.messages.length;
      siege.lay('poll', nth, when);
      const { kind } = await siege.look();
      siege.disarm();
      if (kind === 'killed') await siege.look();
      await siege.settle();
      const texts = siege.planwatch.slack.messages.slice(told).map(({ body }) => body.text);
      expect(texts).toEqual([expect.stringContaining('Now watching 1 release plan')]);
      expect((await siege.log()).map(({ revision }) => revision)).toEqual([1]);
      return kind === 'killed';
    });
    report('where the look is the first of all', siege, began);
  }, 60_000);
});
