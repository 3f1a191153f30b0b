import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Command, History } from './history.ts';
import { tell } from './search.ts';
import { describe as inWords } from './sweep.ts';

const quiet = { what: 'poll', faults: [] } as const;
const poll: Command = { do: 'run', runs: [quiet], order: [] };
const drain: Command = { do: 'drain', most: 4 };

/** Two plans are known; one fails, one is new, and while the polls are under way another one changes. */
const upTo: History = [
  { do: 'act', act: 'appear', plan: 0 },
  { do: 'act', act: 'appear', plan: 0 },
  poll,
  drain,
  { do: 'act', act: 'fail', plan: 0 },
  { do: 'act', act: 'appear', plan: 0 },
];

const played = { histories: 0, steps: 0 };

async function play(name: string, history: History): Promise<string[]> {
  const result = await tell(history);
  played.histories++;
  played.steps += result.world.stage.tick;
  return result.broken.length > 0 ? [inWords(name, result, true)] : [];
}

/** Runs of picks: so many steps of one, then so many of the other, and so on. */
const schedule = (...lengths: number[]): number[] =>
  lengths.flatMap((length, index) => Array.from({ length }, () => index % 2));

/** The pick that takes a run's third open call where it has asked for several at once. */
const third = 16;

describe('polls at the same time', () => {
  // A poll has eight to ten steps, and one that lost the race about as many again.
  const most = 12;

  test('two of them, switched three times at any steps, while the cloud moves', async () => {
    const broken: string[] = [];
    for (let first = 0; first <= most; first++) {
      for (let second = 1; second <= most; second++) {
        for (const back of [1, 2, 3, 4, 7, 12]) {
          const moving = { ...quiet, faults: [{ at: (first + second + back) % 8, how: 'cloud moves' as const }] };
          const [opening = 0, ...rest] = [...schedule(first, second, back), ...schedule(0, 40)];
          const order = [back % 2 === 0 ? opening : opening + third, ...rest];
          const command: Command = { do: 'run', runs: [quiet, moving], order };
          broken.push(...(await play(`${first}, ${second}, ${back}`, [...upTo, command, drain])));
        }
      }
    }
    expect(broken[0]).toBeUndefined();
  }, 120_000);

  test('two, of which one dies at any step while the other is under way', async () => {
    const broken: string[] = [];
    for (const how of ['dies before', 'dies after'] as const) {
      for (let at = 0; at < most; at++) {
        for (let first = 0; first <= most; first++) {
          for (const second of [2, 5, 40]) {
            const dying = { ...quiet, faults: [{ at, how }] };
            const command: Command = { do: 'run', runs: [dying, quiet], order: schedule(first, second, 40) };
            broken.push(...(await play(`${how} ${at}, ${first}, ${second}`, [...upTo, command])));
          }
        }
      }
    }
    expect(broken[0]).toBeUndefined();
  }, 120_000);

  test('three of them, in four hundred orders', async () => {
    const orders = fc.sample(fc.array(fc.nat(31), { minLength: 20, maxLength: 60 }), { numRuns: 400, seed: 4 });
    const broken: string[] = [];
    for (const order of orders) {
      const moving = { ...quiet, faults: [{ at: (order[0] ?? 0) % 8, how: 'cloud moves' as const }] };
      broken.push(...(await play(order.join(), [...upTo, { do: 'run', runs: [quiet, moving, quiet], order }])));
    }
    expect(broken[0]).toBeUndefined();
  }, 120_000);

  test('one that was suspended for an hour at any step goes on when others have taken its place', async () => {
    const broken: string[] = [];
    for (let at = 0; at < most; at++) {
      const suspended = { ...quiet, faults: [{ at, how: 'sleeps an hour' as const }] };
      for (const act of ['fail', 'rerun', 'remove', 'appear'] as const) {
        const history: History = [
          ...upTo,
          { do: 'run', runs: [suspended], order: [] },
          { do: 'act', act, plan: 1 },
          poll,
          drain,
          { do: 'wait', seconds: 400 },
          { do: 'act', act: 'run', plan: 2 },
          poll,
          drain,
          { do: 'wait', seconds: 4_000 },
          drain,
        ];
        broken.push(...(await play(`${at}, ${act}`, history)));
      }
    }
    expect(broken[0]).toBeUndefined();
    process.stdout.write(`overlaps: ${played.histories} histories, ${played.steps} steps\n`);
  }, 120_000);
});
