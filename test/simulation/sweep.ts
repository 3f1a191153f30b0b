import type { Command, History } from './history.ts';
import { type Told, tell } from './search.ts';
import type { How } from './stage.ts';

type Swept = {
  readonly tried: number;
  readonly steps: number;
  /** Each broken variant in one line, the first with its whole story. */
  readonly broken: readonly string[];
};

const poll: Command = { do: 'run', runs: [{ what: 'poll', faults: [] }], order: [] };
const deliver: Command = { do: 'run', runs: [{ what: 'deliver', faults: [] }], order: [] };
const wait = (seconds: number): Command => ({ do: 'wait', seconds });
const act = (what: Extract<Command, { do: 'act' }>['act'], plan: number): Command => ({ do: 'act', act: what, plan });

/** One of everything: a baseline, changes, a digest, answers that are lost, an outage, dead letters and their return, a removal. */
export const eventful: History = [
  act('appear', 0),
  act('appear', 0),
  poll,
  deliver,
  act('fail', 0),
  act('run', 1),
  poll,
  deliver,
  act('succeed', 1),
  { do: 'chat', to: 'releases', next: ['told, then 502', 'busy for 30 s'] },
  { do: 'chat', to: 'audit', next: ['rejected', 'no connection'] },
  { do: 'chat', to: 'board', next: ['told, then silence', 'busy for 30 s'] },
  poll,
  deliver,
  wait(310),
  deliver,
  { do: 'burst', act: 'appear', count: 14 },
  poll,
  deliver,
  { do: 'outage', to: 'releases', answer: 'gone', hours: 80 },
  act('fail', 4),
  poll,
  deliver,
  deliver,
  wait(4_000),
  deliver,
  { do: 'cloud', mood: 'failing' },
  poll,
  wait(61),
  poll,
  wait(61),
  poll,
  deliver,
  { do: 'cloud', mood: 'fine' },
  wait(61),
  poll,
  deliver,
  wait(280_000),
  deliver,
  deliver,
  { do: 'backfill', request: { deadLetters: true }, faults: [] },
  deliver,
  { do: 'cloud', mood: 'flicker' },
  poll,
  wait(31),
  poll,
  wait(301),
  poll,
  { do: 'cloud', mood: 'fine' },
  poll,
  deliver,
  { do: 'cloud', mood: 'blind' },
  act('fail', 3),
  { do: 'delete', which: 0 },
  poll,
  wait(31),
  poll,
  { do: 'cloud', mood: 'fine' },
  act('remove', 2),
  poll,
  wait(31),
  poll,
  deliver,
];

/** The history again and again, each time with one thing going wrong: at every step of every invocation, in each of these ways.
 * `every`: only each so manieth step. */
export async function sweep(history: History, hows: readonly How[], every = 1): Promise<Swept> {
  const counts = await stepsOf(history);
  const broken: string[] = [];
  let [tried, steps] = [0, 0];
  for (const [index, count] of counts) {
    for (let at = tried % every; at < count; at += every) {
      for (const how of hows) {
        const result = await tell(history.map((one, place) => (place === index ? withFault(one, { at, how }) : one)));
        tried++;
        steps += result.world.stage.tick;
        if (result.broken.length > 0)
          broken.push(describe(`command ${index} ${how} at step ${at}`, result, broken.length === 0));
      }
    }
  }
  return { tried, steps, broken };
}

export const describe = (what: string, { broken, world }: Told, whole: boolean): string =>
  [`${what}: ${broken[0]}`, ...(whole ? ['', ...world.stage.story, '', ...broken] : [])].join('\n');

function withFault(command: Command, fault: { readonly at: number; readonly how: How }): Command {
  if (command.do === 'run') return { ...command, runs: command.runs.map((run) => ({ ...run, faults: [fault] })) };
  return command.do === 'backfill' ? { ...command, faults: [fault] } : command;
}

/** Which commands are invocations, and how many steps each takes when nothing goes wrong. */
async function stepsOf(history: History): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  const { broken, world } = await tell(history, (index, runs) => {
    const [run] = runs;
    if (run) counts.set(index, run.steps);
  });
  if (broken.length > 0) throw new Error(describe('with no fault at all', { broken, world }, true));
  return counts;
}
