import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { TellingStyle } from '../../lib/core/config.ts';
import type { ObjectStore } from '../../lib/ports.ts';
import { plan } from '../support/build.ts';
import { createWorld } from '../support/world.ts';
import { createBoard } from './board.ts';

/** What telling one change asks of the store and of the chat, once the plan has its message. */
async function costOf(style: TellingStyle, status: string) {
  const asked: string[] = [];
  const note = <T>(what: string, answer: T): T => {
    asked.push(what);
    return answer;
  };
  const counted = (store: ObjectStore): ObjectStore => ({
    ...store,
    get: (key) => note('read', store.get(key)),
    put: (key, body) => note('write', store.put(key, body)),
    create: (key, body) => note('write', store.create(key, body)),
  });
  const board = createBoard();
  const world = createWorld({ config: { destinations: { releases: { kind: 'slack' } }, notices: [] }, store: counted });
  const target = { channel: board.channel, pace: { everyMs: 10, burst: 10 }, hasPlain: false, style };
  Object.assign(world.deps, { destination: async () => target });
  for (const [index, now] of ['', 'CREATED', status].entries()) {
    world.clock.ms += 60_000;
    world.cloud.plans = now === '' ? [] : [plan({ id: 'a', status: now })];
    await world.poll();
    asked.splice(0);
    if (index === 2) board.calls.splice(0);
    await world.drain();
  }
  const count = (what: string) => asked.filter((one) => one === what).length;
  return { reads: count('read'), writes: count('write'), chat: board.calls };
}

const costs: [TellingStyle, string, number, number, string[]][] = [
  ['each', 'RELEASING', 2, 2, ['send']],
  ['living', 'RELEASING', 3, 3, ['edit']],
  ['living', 'FAILED', 3, 3, ['edit', 'reply']],
  ['thread', 'RELEASING', 3, 3, ['reply']],
  ['thread', 'FAILED', 3, 3, ['reply']],
];

test.each(costs)('%s costs for %s what README says', async (style, status, reads, writes, chat) => {
  expect(await costOf(style, status)).toEqual({ reads, writes, chat });
});

test.each(['README.md', 'README.zh-CN.md'])('%s has a row for each style', async (name) => {
  const readme = await readFile(new URL(`../../${name}`, import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(each|living|thread)`.*\| (\d) \+ (\d) \|$/gm)].map(([, ...row]) => row);
  const said = costs
    .filter(([, status]) => status === 'RELEASING')
    .map(([style, , ...counts]) => [style, `${counts[0]}`, `${counts[1]}`]);
  expect(rows).toEqual(said);
});
