import type { Posted } from '../../lib/ledger/messages.ts';
import { type Copy, isSlack } from './chats.ts';
import { phantom, stateOf } from './cloud.ts';
import { destinationNames } from './history.ts';
import { fold, mustHear, nonsense, type Told } from './model.ts';
import type { World } from './world.ts';

type Broken = string[];

/** The events of one delivery, as they were queued. */
const eventsOf = ({ journal }: World, { destination, delivery }: Copy): readonly Told[] =>
  journal.deliveries.get(`${destination} ${delivery}`) ?? [];

/** `destination event` → the first time it was seen. */
function hearings(world: World): Map<string, number> {
  const heard = new Map<string, number>();
  for (const [index, copy] of world.chats.copies.entries()) {
    for (const { id } of eventsOf(world, copy)) {
      const key = `${copy.destination} ${id}`;
      if (!heard.has(key)) heard.set(key, index);
    }
  }
  return heard;
}

/** Heard without a post of its own: edited into a message of the board, or put into its history later. */
function shownOnBoard({ chats, objects }: World): Set<string> {
  const ids = new Set(chats.board.shown);
  for (const { life } of postedOf(objects)) for (const { id } of life.steps) ids.add(id);
  return ids;
}

/** `destination event` of everything that lies in the dead letters. */
function deadEvents(world: World): Set<string> {
  const dead = new Set<string>();
  for (const [key, body] of world.objects) {
    if (!key.startsWith('dead-letters/')) continue;
    const { delivery } = JSON.parse(body);
    for (const event of delivery.events) dead.add(`${delivery.destination} ${event.id}`);
  }
  return dead;
}

/** I1: every transition in the log is told wherever the routes send it, or is a dead letter; and the log ends where the cloud is. */
function nothingIsLost(world: World): Broken {
  const [heard, dead] = [hearings(world), deadEvents(world)];
  for (const id of shownOnBoard(world)) heard.set(`board ${id}`, 0);
  const broken: Broken = [];
  for (const { entry } of world.journal.log) {
    for (const event of entry.events) {
      for (const destination of destinationNames.filter((name) => mustHear(name, event))) {
        const key = `${destination} ${event.id}`;
        if (!heard.has(key) && !dead.has(key))
          broken.push(`I1: ${destination} never heard ${event.id} (${event.type})`);
      }
    }
  }
  const known = fold(world.journal.log.map((one) => one.entry));
  for (const { id, status, execute_time: at } of world.cloud.plans) {
    const plan = known.get(id);
    const late = plan?.executedAt !== undefined && plan.executedAt !== new Date(at).toISOString();
    if (plan?.status !== status || late) {
      broken.push(
        `I1: the cloud says ${id} is ${stateOf(status, String(at))}, the log ends with ${JSON.stringify(plan)}`,
      );
    }
  }
  if (known.size !== world.cloud.plans.length)
    broken.push(`I1: the log ends with ${known.size} plans, the cloud has ${world.cloud.plans.length}`);
  return broken;
}

/** I1: what is told is all there: a digest names each of its events, and data is what the log holds, to the letter. */
function nothingIsCut(world: World): Broken {
  return world.chats.copies.flatMap((copy) => {
    const events = eventsOf(world, copy);
    if (events.length === 0) return [`I4: ${copy.destination} heard ${copy.delivery}, which nobody decided`];
    if (!isSlack(copy.destination)) {
      const told: unknown = copy.body['type'] === 'digest' ? copy.body['events'] : [copy.body];
      const exact = Array.isArray(told) && told.every((event) => world.journal.words.has(JSON.stringify(event)));
      return exact && idsOf(told) === idsOf(events)
        ? []
        : [`I1: ${copy.delivery} at ${copy.destination} is not what was decided`];
    }
    const text =
      JSON.stringify(copy.body['attachments'] ?? copy.body['text']) + JSON.stringify(copy.body['blocks'] ?? '');
    const cut = copy.body['attachments'] === undefined;
    return events
      .filter((event) => !cut && !text.includes(tokenOf(event)))
      .map((event) => `I1: ${copy.delivery} at ${copy.destination} does not name ${event.id}`);
  });
}

const idsOf = (events: readonly { readonly id?: unknown }[]): string => events.map((event) => event.id).join();

const tokenOf = (event: Told): string =>
  ((event.plan as { name?: string } | undefined)?.name ?? '').split(' ')[0] ?? '';

/** I2: a second copy needs a lost answer, a death or a failed write after the first; and all copies but one are marked. */
function noSecondCopyWithoutReason(world: World): Broken {
  const broken: Broken = [];
  const before = new Map<string, Copy[]>();
  const frozen = world.stage.all.some((run) => run.frozenUntil > 0);
  for (const copy of world.chats.copies) {
    const key = `${copy.destination} ${copy.delivery}`;
    // Notices are worded by whoever notices: a process that was frozen may have its own words, under the same id.
    if (frozen && copy.delivery.startsWith('planwatch-')) continue;
    const earlier = before.get(key) ?? [];
    const [first] = earlier;
    for (const one of earlier) {
      const excused = !one.clear || one.run.hurt >= one.tick || overlap(one, copy) || thawed(world, one, copy);
      if (!excused) broken.push(`I2: ${key} was told again, and the answer to the first copy was clear`);
    }
    const seal = world.journal.seals.get(key);
    if (first && seal && !seal.dead && seal.tick < copy.run.since) {
      broken.push(`I2: ${key} was told again by ${copy.run.name} though its receipt was there`);
    }
    const unmarked = [...earlier, copy].filter((one) => !one.marked);
    const side = earlier.some((one) => overlap(one, copy) || thawed(world, one, copy));
    if (isSlack(copy.destination) && unmarked.length > 1 && !side) {
      broken.push(
        `I2: ${key} was told ${earlier.length + 1} times, ${unmarked.length} of them without "May be a repeat"`,
      );
    }
    before.set(key, [...earlier, copy]);
  }
  return [...new Set(broken)];
}

/** Two processes had it in hand at once: the one in front was frozen for longer than a message stays hidden. */
const overlap = (a: Copy, b: Copy): boolean =>
  a.run === b.run || (a.run.since < b.run.until && b.run.since < a.run.until);

/** A process that was frozen in between goes on with what it knew, and writes that down. */
const thawed = ({ stage }: World, first: Copy, copy: Copy): boolean =>
  stage.all.some((run) => run.frozenUntil > 0 && run.since < copy.tick && run.until > first.tick);

/** I3: each destination hears of a plan in the order of the log, but for what somebody sent again by hand. */
function orderIsKept(world: World): Broken {
  const heard = hearings(world);
  const broken: Broken = [];
  for (const destination of destinationNames) {
    const last = new Map<string, { readonly index: number; readonly id: string }>();
    for (const { entry } of world.journal.log) {
      for (const { id, plan } of entry.events as readonly Told[]) {
        const key = `${destination} ${id}`;
        const index = heard.get(key);
        if (!plan || index === undefined || world.journal.asked.has(key)) continue;
        const before = last.get(plan.id);
        if (before && before.index > index) broken.push(`I3: ${destination} heard ${id} before ${before.id}`);
        last.set(plan.id, { index, id });
      }
    }
  }
  return broken;
}

/** I4: nobody hears what is not meant for them, nor anything of a baseline, a failed, an incomplete or an old list. */
function nothingIsInvented(world: World): Broken {
  const { journal, cloud, chats } = world;
  const broken: Broken = [];
  let since = -1;
  for (const [index, { tick, at, entry }] of journal.log.entries()) {
    const before = fold(journal.log.slice(0, index).map((one) => one.entry));
    const events = entry.events.filter((event) => 'plan' in event);
    if (entry.plans && events.length > 0) broken.push(`I4: the baseline ${entry.revision} tells of plans`);
    broken.push(...events.flatMap((event) => nonsense(before, event) ?? []).map((words) => `I4: ${words}`));
    // The list behind an entry was asked for after the entry before it was there: an older one would turn time back.
    const lists = cloud.served.filter((list) => list.good && list.tick > since && list.tick < tick);
    const shown = lists.some(({ states }) =>
      events.every(({ type, plan }) =>
        type === 'plan.removed' ? !states.has(plan.id) : states.get(plan.id) === stateOf(plan.status, plan.executedAt),
      ),
    );
    if (events.length > 0 && !shown)
      broken.push(`I4: no list that entry ${entry.revision} could go by shows what it says`);
    for (const { type, plan } of events) {
      const twice = cloud.served.some((list) => list.good && list.at <= at - 30_000 && !list.states.has(plan.id));
      if (type === 'plan.removed' && !twice) broken.push(`I4: ${plan.id} was given up after one look without it`);
    }
    since = tick;
  }
  for (const copy of chats.copies) {
    if (JSON.stringify(copy.body).includes(phantom))
      broken.push(`I4: ${copy.delivery} tells of a list that must not be used`);
    for (const event of eventsOf(world, copy)) {
      const wanted = mustHear(copy.destination, event) || journal.asked.has(`${copy.destination} ${event.id}`);
      if (!wanted) broken.push(`I4: ${copy.destination} heard ${event.id} (${event.type}), which is not for it`);
    }
  }
  return broken;
}

/** Notices about a destination: failing and recovered take turns; every dead letter is counted in one that oncall heard. */
function noticesAreTold(world: World): Broken {
  const broken: Broken = [];
  const frozen = world.stage.all.some((run) => run.frozenUntil > 0);
  for (const destination of destinationNames.filter((name) => name !== 'oncall')) {
    const lane = JSON.parse(world.objects.get(`lanes/${destination}.json`) ?? '{}');
    if (lane.told?.notices) broken.push(`I1: a notice about ${destination} was decided and never sent`);
    const turns = [...world.journal.queued.keys()]
      .filter((id) => id.startsWith(`planwatch-${destination}-`))
      .map((id) => id.split('-').at(-1))
      .filter((word) => word !== 'dead');
    for (const [index, word] of turns.entries()) {
      const fine = word === (index % 2 === 0 ? 'failing' : 'recovered');
      if (!fine && !frozen) broken.push(`I2: about ${destination} oncall was to hear ${turns.join(', ')}`);
    }
    const counted = [...world.journal.queued.values()]
      .filter((event) => event.type === 'delivery.dead' && 'destination' in event && event.destination === destination)
      .reduce((sum, event) => sum + ('count' in event ? (event.count ?? 0) : 0), lane.told?.deadUntold ?? 0);
    const dead = [...world.journal.dead].filter((key) => key.startsWith(`${destination} `)).length;
    if (counted < dead && !frozen)
      broken.push(`I1: ${dead} messages for ${destination} were given up, and ${counted} are spoken of`);
  }
  return [...new Set(broken)];
}

/** I2: that the list is cut is told once, until a list was seen that shows every plan that is known. */
function degradedIsToldOnce({ journal, cloud }: World): Broken {
  const broken: Broken = [];
  let last: number | undefined;
  for (const [index, { tick, entry }] of journal.log.entries()) {
    if (entry.plans) last = undefined;
    if (!entry.events.some((event) => 'lacks' in event && event.lacks === 'plans')) continue;
    const plans = [...fold(journal.log.slice(0, index).map((one) => one.entry)).keys()];
    const whole = cloud.served.some(
      (list) => list.good && list.tick > (last ?? -1) && list.tick < tick && plans.every((id) => list.states.has(id)),
    );
    if (last !== undefined && !whole) broken.push(`I2: entry ${entry.revision} tells again that the list is cut`);
    last = tick;
  }
  return broken;
}

/** I1: a dead letter is one that was not told: its receipt says so, and when it is told after all it goes. */
function deadLettersAreNotTold(world: World): Broken {
  if (world.stage.all.some((run) => run.frozenUntil > 0)) return [];
  return [...world.objects.keys()]
    .filter((key) => key.startsWith('dead-letters/'))
    .filter((key) => {
      const receipt = world.objects.get(key.replace('dead-letters/', 'receipts/'));
      return receipt === undefined || JSON.parse(receipt).outcome !== 'dead';
    })
    .map((key) => `I1: ${key} is a dead letter, and its receipt does not say so`);
}

/** What planwatch keeps of the board's messages. */
const postedOf = (objects: World['objects']): Posted[] =>
  [...objects].flatMap(([key, body]) => (key.startsWith('messages/board/') ? [JSON.parse(body) as Posted] : []));

/**
 * Living messages: each shows the last that its plan came to, with its history in order, and every failure rang. What
 * was told in another style, deleted, or could not be drawn is beside the point.
 */
export function theBoardShowsThePresent(world: World): Broken {
  const { chats, journal, objects, stage, styles } = world;
  const broken: Broken = [];
  const [heard, dead] = [hearings(world), deadEvents(world)];
  const events = journal.log.flatMap(({ entry }) => entry.events as readonly Told[]);
  for (const { id, type, plan } of events) {
    const failed = plan && type !== 'plan.removed' && mustHear('oncall', { id, type, plan });
    if (failed && !heard.has(`board ${id}`) && !dead.has(`board ${id}`))
      broken.push(`I8: ${id} failed, and did not ring`);
  }
  // A process that was frozen makes its edit when it wakes, however old that is by then.
  if (stage.all.some((run) => run.frozenUntil > 0)) return broken;
  if (styles.size === 1 && world.deletions() === 0) broken.push(...onePostAPlan(world));
  for (const { reference, last, life } of postedOf(objects)) {
    const ids = life.steps.map(({ id }) => id).filter((id) => !id.includes('-list-'));
    if (ids.some((id, index) => index > 0 && id <= (ids[index - 1] ?? '')))
      broken.push(`I8: the history of ${reference} is not in order: ${ids.join()}`);
    if (styles.size > 1) continue;
    const [, ts = ''] = reference.split('/');
    const post = chats.board.here(ts);
    if (!post || chats.stale.has(ts)) continue;
    const text = JSON.stringify(post.body);
    const newest = events.findLast(
      ({ id, plan }) => plan?.id === life.shown.plan.id && !dead.has(`board ${id}`) && journal.queued.has(id),
    );
    // Given up while the answer to its edit was lost: it is shown all the same.
    if (post.id !== last && !dead.has(`board ${post.id}`))
      broken.push(`I8: ${reference} shows ${post.id}, and planwatch takes it for ${last}`);
    if (newest && newest.plan?.status !== life.shown.plan.status)
      broken.push(
        `I8: ${reference} shows ${life.shown.plan.status}, and the last is ${newest.id} ${newest.plan?.status}`,
      );
    const missing = life.steps.length > 1 ? life.steps.filter(({ time }) => !text.includes(time.slice(11, 19))) : [];
    if (missing.length > 0 && post.body['attachments'] !== undefined)
      broken.push(`I8: ${reference} does not show ${missing.map(({ id }) => id).join()}`);
  }
  return broken;
}

/** But for digests, for what was given up (it may have been seen), and for what somebody sent again by hand. */
function onePostAPlan(world: World): Broken {
  const posts = new Map<string, Set<string>>();
  for (const copy of world.chats.copies) {
    const [event, ...more] = copy.destination === 'board' ? eventsOf(world, copy) : [];
    if (!event?.plan || more.length > 0 || copy.body['thread_ts'] !== undefined) continue;
    const key = `board ${event.id}`;
    if (world.journal.asked.has(key) || world.journal.dead.has(key)) continue;
    posts.set(event.plan.id, new Set([...(posts.get(event.plan.id) ?? []), copy.delivery]));
  }
  return [...posts].flatMap(([id, all]) => (all.size > 1 ? [`I8: ${id} has a post each for ${[...all].join()}`] : []));
}

/** I5, I6 and I7 are judged at each step; here is what they found, and what can only be judged at the end. */
export const judge = (world: World): Broken => [
  ...world.journal.violations,
  ...nothingIsLost(world),
  ...nothingIsCut(world),
  ...noSecondCopyWithoutReason(world),
  ...orderIsKept(world),
  ...nothingIsInvented(world),
  ...noticesAreTold(world),
  ...deadLettersAreNotTold(world),
  ...degradedIsToldOnce(world),
  ...theBoardShowsThePresent(world),
];
