import { createHash } from 'node:crypto';
import type { CallName } from './call.ts';
import { type ChaosName, chaosOf } from './chaos.ts';

export type Turn = {
  readonly name: ChaosName;
  /** The first request of its turn, whatever is asked. */
  readonly begins: boolean;
};

/** A look tries at most three times, and three looks that fail are told. */
const longTurn = 9;
const [leastGood, mostGood] = [6, 12];
/** Good lists that a turn waits for the call it is about: a plan must fail before anybody asks why. */
const patience = 60;

/**
 * Bad answers between good ones, counted in requests and not in time: the same `seed` gives the same row of answers to
 * the same row of requests, however fast they come. Each name has its turn before one has it again. The first turn of
 * each is long enough to be told, and then be told as over; later ones may be a single answer, which nobody should hear of.
 */
export function createChaosSchedule(names: readonly ChaosName[], seed: number) {
  let drawn = 0;
  /** In [0, 1). */
  const draw = (): number =>
    Number.parseInt(createHash('sha256').update(`chaos ${seed} ${drawn++}`).digest('hex').slice(0, 12), 16) / 2 ** 48;
  const goodFor = () => leastGood + Math.floor(draw() * (mostGood - leastGood + 1));
  const met = new Set<ChaosName>();
  let bag: ChaosName[] = [];
  let turn: ChaosName | undefined;
  let left = goodFor();
  let waited = 0;

  function nextTurn(): ChaosName | undefined {
    if (bag.length === 0) bag = [...names];
    const [name] = bag.splice(Math.floor(draw() * bag.length), 1);
    if (name === undefined) return undefined;
    // What happens beside the lists is asked for seldom, and once is enough to be seen.
    const long = isOfLists(name) && (!met.has(name) || draw() < 0.5);
    met.add(name);
    waited = 0;
    left = long ? longTurn : 1;
    return name;
  }

  return {
    /** How the next request of this kind is answered; undefined: well. */
    next(call: CallName): Turn | undefined {
      let begins = false;
      if (turn === undefined && isList(call) && left-- <= 0) {
        turn = nextTurn();
        begins = true;
      }
      if (turn === undefined) return undefined;
      const name = turn;
      const concerns = chaosOf(name).of.includes(call);
      if (concerns) left--;
      else if (isList(call)) waited++;
      if (left <= 0 || waited >= patience) {
        turn = undefined;
        left = goodFor();
      }
      return concerns || begins ? { name, begins } : undefined;
    },
  };
}

const isList = (call: CallName): boolean => call === 'list' || call === 'pipelines';

const isOfLists = (name: ChaosName): boolean => chaosOf(name).of.some(isList);
