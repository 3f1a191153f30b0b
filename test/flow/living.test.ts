import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TellingStyle } from '../../lib/core/config.ts';
import type { QueueMessage } from '../../lib/core/delivery.ts';
import type { Failing } from '../../lib/core/outcome.ts';
import type { Pace } from '../../lib/core/pace.ts';
import type { ReleasePlan } from '../../lib/core/plan.ts';
import { deliver } from '../../lib/flow/deliver.ts';
import { tell } from '../../lib/flow/tell.ts';
import { quietLane } from '../../lib/ledger/lanes.ts';
import { plan } from '../support/build.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Board, createBoard } from './board.ts';

const cart = (status: string): ReleasePlan => plan({ id: 'a', name: 'cart', status });
const minute = 60_000;
const reference = 'messages/releases/shop/a.json';

let board: Board;
let world: World;
let style: TellingStyle;
let pace: Pace;

type Routes = World['deps']['routing']['routes'];

/** One destination, a board, which tells in that style. */
function worldOf(given: TellingStyle, routes: Routes = [], notices: readonly string[] = []): World {
  style = given;
  board = createBoard();
  const made = createWorld({ config: { destinations: { releases: { kind: 'slack' } }, routes, notices } });
  pace = { everyMs: 10, burst: 10 };
  Object.assign(made.deps, {
    destination: async () => ({ channel: board.channel, pace, hasPlain: false, style }),
  });
  return made;
}

/** The list shows these, a minute later; what comes of it is told. */
async function shows(...plans: readonly ReleasePlan[]): Promise<void> {
  world.clock.ms += minute;
  world.cloud.plans = plans;
  await world.poll();
  await world.drain();
}

async function turns(...statuses: readonly string[]): Promise<void> {
  for (const status of statuses) await shows(cart(status));
}

async function again(): Promise<void> {
  world.clock.ms += 60 * minute;
  await world.drain();
}

/** Watching, and nothing said about it. */
async function begin(given: TellingStyle, routes?: Routes): Promise<void> {
  world = worldOf(given, routes);
  await shows();
  board.posts.splice(0);
  board.calls.splice(0);
}

beforeEach(() => begin('living'));

describe('a living message', () => {
  test('is posted once and then edited; what must not be missed is said in its thread as well', async () => {
    await turns('CREATED', 'RELEASING', 'FAILED', 'RELEASING', 'SUCCESS');
    expect(board.shows()).toEqual([
      'Release succeeded: cart · shop (edits: 4)',
      'm1 < (rings) Release failed: cart · shop',
      'm1 < (rings) Release succeeded: cart · shop',
    ]);
    const [first, , last] = board.posts;
    expect(first?.message.lines.length).toBe(1 + 5);
    expect(last?.message.facts[0]).toEqual({ label: 'Was broken for', value: '2 min' });
    expect(last?.message.lines).toEqual([]);
    expect(world.json(reference)).toMatchObject({ v: 1, reference: 'm1', last: 'shop-000000000006-0' });
  });

  test('spends the provider’s pace twice where it is edited and rings, also over two runs', async () => {
    const both = (status: string) => [cart(status), plan({ id: 'b', name: 'other', status })];
    await shows(...both('CREATED'));
    pace = { everyMs: 3_000, burst: 2 };
    board.calls.splice(0);
    world.clock.ms += minute;
    world.cloud.plans = both('FAILED');
    await world.poll();
    await world.drain();
    expect(board.calls).toEqual(['edit', 'reply']);
    world.clock.ms += 2_000;
    // Another run, with what was written down.
    await world.drain();
    expect(board.calls).toEqual(['edit', 'reply']);
    world.clock.ms += 1_000;
    await world.drain();
    expect(board.calls).toEqual(['edit', 'reply', 'edit', 'reply']);
  });

  test('of a plan that is first seen failed rings by being posted', async () => {
    await turns('FAILED');
    expect(board.calls).toEqual(['send']);
  });

  test('rings where a route calls somebody, and an edit calls nobody', async () => {
    await begin('living', [{ to: ['releases'] }, { match: { class: 'moving' }, to: ['releases'], mention: ['here'] }]);
    await turns('CREATED', 'RELEASING');
    expect(board.shows()).toEqual([
      'Release is under way: cart · shop (edits: 1)',
      'm1 < (rings) Release is under way: cart · shop',
    ]);
    expect(board.posts.map(({ message }) => message.mention)).toEqual([[], ['here']]);
  });

  test('that a person deleted is posted anew, with its history, and that one is edited from then on', async () => {
    await turns('CREATED', 'RELEASING');
    board.remove('m1');
    await turns('FAILED', 'SUCCESS');
    expect(board.shows()).toEqual([
      'Release succeeded: cart · shop (edits: 1)',
      'm4 < (rings) Release succeeded: cart · shop',
    ]);
    expect(board.posts[0]?.message.lines.length).toBe(1 + 4);
    expect(world.json(reference).reference).toBe('m4');
  });

  test('that is deleted between the edit and what rings is rung for by a post', async () => {
    await turns('CREATED');
    board.next.reply = [{ kind: 'gone', reason: 'thread_not_found' }];
    await turns('FAILED');
    expect(board.calls).toEqual(['send', 'edit', 'reply', 'send']);
  });

  test('waits while the bot is out of the channel, and then takes in everything in order, nothing twice', async () => {
    await turns('CREATED');
    board.next.edit = [{ kind: 'misconfigured', reason: 'not_in_channel' }];
    await turns('FAILED', 'RELEASING', 'SUCCESS');
    expect(board.calls).toEqual(['send', 'edit']);
    await again();
    expect(board.shows()).toEqual([
      'Release succeeded: cart · shop (edits: 3)',
      'm1 < (rings) Release failed: cart · shop',
      'm1 < (rings) Release succeeded: cart · shop',
    ]);
    expect(board.posts.flatMap(({ message }) => message.notes).filter((note) => note.startsWith('May be'))).toEqual([]);
  });

  test('that was opened by a failure does not ring for it again when only its receipt is missing', async () => {
    await turns('FAILED');
    world.objects.delete('receipts/releases/shop-000000000002-0.json');
    world.clock.ms += 10 * minute;
    await world.queue.send([messageOf(world.json('log/shop/000000000002.json').events)]);
    await world.drain();
    expect(board.calls).toEqual(['send']);
    expect(world.json('receipts/releases/shop-000000000002-0.json')).toMatchObject({
      outcome: 'delivered',
      reference: 'm1',
    });
  });

  test('that the chat took in without a name is no message to edit: the next change is a post', async () => {
    board.next.send = [{ kind: 'accepted' }];
    await turns('CREATED', 'SUCCESS');
    expect(board.calls).toEqual(['send', 'send']);
  });

  describe('of which another process has posted one meanwhile', () => {
    const inTheMeantime = async () => {
      await turns('CREATED');
      const record = String(world.objects.get(reference));
      world.objects.delete(reference);
      const { send } = board.channel;
      Object.assign(board.channel, {
        send: async (...given: Parameters<typeof send>) => {
          world.objects.set(reference, record);
          return send(...given);
        },
      });
    };

    test('stays the first one, and that shows what was just posted', async () => {
      await inTheMeantime();
      await turns('FAILED');
      expect(board.calls).toEqual(['send', 'send', 'edit']);
      expect(board.shows()[0]).toBe('Release failed: cart · shop (edits: 1)');
      expect(world.json(reference).reference).toBe('m1');
    });

    test.each<Failing>([
      { kind: 'retry', reason: 'HTTP 429' },
      { kind: 'misconfigured', reason: 'not_in_channel' },
    ])('and waits where that one cannot be edited now: %j', async (answer) => {
      await inTheMeantime();
      board.next.edit = [answer];
      await turns('FAILED');
      expect(world.json('lanes/releases.json')).toMatchObject({ reason: answer.reason });
      await again();
      expect(board.shows()[0]).toBe('Release failed: cart · shop (edits: 1)');
    });
  });

  test('speaks the language of its destination, in each edit', async () => {
    Object.assign(world.deps.routing, { language: 'zh' });
    await turns('CREATED', 'SUCCESS');
    expect(board.posts[0]?.message).toMatchObject({ language: 'zh', id: 'shop-000000000003-0' });
  });

  test('whose chat cannot answer a message rings by a post', async () => {
    Reflect.deleteProperty(board.channel, 'reply');
    await turns('CREATED', 'FAILED');
    expect(board.shows()).toEqual(['Release failed: cart · shop (edits: 1)', 'Release failed: cart · shop']);
  });

  test('is not turned back by an older event', async () => {
    await turns('CREATED', 'RELEASING');
    const [older] = [...world.objects.keys()].filter((key) => key.startsWith('receipts/releases/shop-000000000002'));
    await turns('SUCCESS');
    world.objects.delete(String(older));
    // The queue drops a copy within five minutes.
    world.clock.ms += 10 * minute;
    board.calls.splice(0);
    const entry = world.json('log/shop/000000000002.json');
    await world.queue.send([messageOf(entry.events)]);
    await world.drain();
    expect(board.shows()).toEqual(['Release succeeded: cart · shop (edits: 2)']);
    expect(board.calls).toEqual([]);
    expect(world.objects.has(String(older))).toBe(true);
  });

  test('takes in an older event that it does not show yet, and stays at the newest', async () => {
    await turns('CREATED');
    board.next.edit = [{ kind: 'rejected', reason: 'HTTP 400' }];
    await turns('RELEASING', 'SUCCESS');
    expect(world.objects.has('dead-letters/releases/shop-000000000003-0.json')).toBe(true);
    await world.backfill({ deadLetters: true });
    await world.drain();
    expect(board.shows()).toEqual(['Release succeeded: cart · shop (edits: 2)']);
    expect(board.posts[0]?.message.lines.map(({ title }) => title)).toEqual([
      'So far',
      'new → To release',
      'To release → Releasing',
      'Releasing → Released',
    ]);
  });

  test('of what is asked for again by hand says it in a post of its own', async () => {
    await turns('CREATED', 'SUCCESS');
    await world.backfill({ repeat: true, plans: ['a'], types: ['plan.status'] });
    await world.drain();
    expect(board.shows()).toEqual(['Release succeeded: cart · shop (edits: 1)', 'Release succeeded: cart · shop']);
  });

  test('is one for each plan, whatever characters its id has', async () => {
    await shows(cart('CREATED'), plan({ id: '../x', name: 'odd', status: 'CREATED' }));
    await shows(cart('SUCCESS'), plan({ id: '../x', name: 'odd', status: 'SUCCESS' }));
    expect(board.shows().sort()).toEqual([
      'Release succeeded: cart · shop (edits: 1)',
      'Release succeeded: odd · shop (edits: 1)',
    ]);
  });

  test('goes on when the style was another one meanwhile: nothing is lost, nothing said twice', async () => {
    await turns('CREATED');
    style = 'each';
    await turns('RELEASING');
    style = 'living';
    await turns('SUCCESS');
    expect(board.shows()).toEqual(['Release succeeded: cart · shop (edits: 1)', 'Release is under way: cart · shop']);
  });

  test('rings in the thread for what it shows already, where the style became another one in between', async () => {
    await turns('CREATED');
    board.next.reply = [{ kind: 'retry', reason: 'HTTP 429' }];
    await turns('FAILED');
    style = 'thread';
    await again();
    expect(board.shows()).toEqual([
      'Release failed: cart · shop (edits: 1)',
      'm1 < (rings) Release failed: cart · shop',
    ]);
    await turns('SUCCESS');
    expect(board.calls).toEqual(['send', 'edit', 'reply', 'reply', 'reply']);
  });

  test('rings for a recovery that was given up, although more has happened since', async () => {
    await turns('CREATED', 'FAILED');
    board.next.reply = [{ kind: 'rejected', reason: 'HTTP 400' }];
    await turns('SUCCESS', 'RELEASING');
    await world.backfill({ deadLetters: true });
    await world.drain();
    expect(board.shows().at(-1)).toBe('m1 < (rings) Release succeeded: cart · shop');
    expect(board.posts.at(-1)?.message.facts[0]).toEqual({ label: 'Was broken for', value: '1 min' });
  });

  test.each([
    ['A', 'a'],
    ['con', 'CON'],
  ])('is one for each of two plans whose ids a disk takes for one: %s and %s', async (one, other) => {
    const both = (status: string) => [
      plan({ id: one, name: 'one', status }),
      plan({ id: other, name: 'other', status }),
    ];
    await shows(...both('CREATED'));
    const keys = [...world.objects.keys()].filter((key) => key.startsWith('messages/'));
    expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(2);
  });

  test('notices are posts of their own', async () => {
    world = worldOf('living', [], ['releases']);
    await shows();
    expect(board.calls).toEqual(['send']);
    expect([...world.objects.keys()].filter((key) => key.startsWith('messages/'))).toEqual([]);
  });
});

const messageOf = (events: QueueMessage['events']): QueueMessage => ({
  v: 1,
  id: String(events[0]?.id),
  destination: 'releases',
  events,
  queuedAt: new Date(world.clock.ms).toISOString(),
});

describe('an event from before all that a message shows', () => {
  const turnsOfTwelve = Array.from({ length: 13 }, (_, index) => (index % 2 === 0 ? 'RELEASING' : 'ABORTED'));

  /** The second change, a failure, is given up; after it come more than the message shows. */
  async function longAgoFailed(given: TellingStyle): Promise<void> {
    await begin(given);
    await turns('CREATED');
    const refused = { kind: 'rejected', reason: 'HTTP 400' } as const;
    board.next.edit = [refused];
    board.next.reply = given === 'thread' ? [refused] : [];
    await turns('FAILED', ...turnsOfTwelve);
    board.next.edit = [];
    board.calls.splice(0);
  }

  test('is said once more where the answer is lost, marked, and edits nothing', async () => {
    await longAgoFailed('living');
    const before = world.json(reference).life;
    board.may.find = false;
    board.next.reply = ['done, answer lost'];
    await world.backfill({ deadLetters: true });
    await world.drain();
    await again();
    expect(board.calls).toEqual(['reply', 'find', 'reply']);
    const said = board.posts.filter(({ under, message }) => under && message.events[0]?.id === 'shop-000000000003-0');
    expect(said.map(({ message }) => message.notes.filter((note) => note.startsWith('May be')).length)).toEqual([0, 1]);
    expect(world.json(reference).life).toEqual(before);
  });

  test('is said in its thread', async () => {
    await longAgoFailed('thread');
    await world.backfill({ deadLetters: true });
    await world.drain();
    expect(board.calls).toEqual(['reply']);
  });
});

describe('what backfill takes from the list', () => {
  const list = async () => {
    await world.backfill({ from: 'list' });
    await world.drain();
  };
  const ran = (status: string) => ({ ...cart(status), executedAt: '2026-11-24T03:01:30.000Z' });

  test.each<TellingStyle>(['living', 'thread'])('is nothing new where that is what is shown: %s', async (given) => {
    await begin(given);
    await shows(cart('CREATED'));
    await shows(ran('RELEASING'));
    await shows(ran('SUCCESS'));
    const before = world.json(reference);
    board.calls.splice(0);
    await list();
    expect(board.calls).toEqual([]);
    expect(world.json(reference)).toEqual(before);
  });

  test('rings where it is a failure, and leaves the history as it was', async () => {
    await shows(cart('CREATED'));
    await shows(ran('RELEASING'));
    await shows(ran('FAILED'));
    const before = world.json(reference);
    board.calls.splice(0);
    await list();
    expect(board.calls).toEqual(['reply']);
    expect(world.json(reference)).toEqual(before);
  });
});

describe('an answer that is lost', () => {
  test('to the first post: the chat is looked through, and it is not posted again', async () => {
    board.next.send = ['done, answer lost'];
    await turns('CREATED');
    await again();
    await turns('SUCCESS');
    expect(board.calls).toEqual(['send', 'find', 'edit']);
    expect(board.shows()).toEqual(['Release succeeded: cart · shop (edits: 1)']);
  });

  test('to the first post, in a chat that may not be looked through: posted again, and marked', async () => {
    board.may.find = false;
    board.next.send = ['done, answer lost'];
    await turns('CREATED');
    await again();
    expect(board.posts.map(({ message }) => message.notes.length)).toEqual([0, 1]);
    expect(world.json(reference).reference).toBe('m3');
  });

  test('more than once: the search begins where the first of these attempts did', async () => {
    board.may.find = false;
    board.next.send = [{ kind: 'retry', reason: 'HTTP 429' }, 'done, answer lost', 'done, answer lost'];
    await turns('CREATED');
    for (const _ of [1, 2, 3]) await again();
    expect(board.calls).toEqual(['send', 'send', 'find', 'send', 'find', 'send']);
    const second = new Date(world.clock.ms - 120 * minute).toISOString();
    expect(board.searches).toEqual([second, second]);
  });

  test('to a post that each change has: likewise', async () => {
    await begin('each');
    board.next.send = ['done, answer lost'];
    await turns('CREATED');
    await again();
    expect(board.calls).toEqual(['send', 'find']);
  });

  test('to an edit leaves nothing in doubt: it is made again, and what rings is not marked', async () => {
    await turns('CREATED');
    board.next.edit = ['done, answer lost'];
    await turns('FAILED');
    await again();
    expect(board.calls).toEqual(['send', 'edit', 'edit', 'reply']);
    expect(board.posts.flatMap(({ message }) => message.notes)).not.toContain(unsure);
  });

  test('to what rings: its thread is looked through; where it is not there it is said again, and marked', async () => {
    await turns('CREATED');
    board.next.reply = ['done, answer lost'];
    await turns('FAILED');
    await again();
    expect(board.calls).toEqual(['send', 'edit', 'reply', 'find']);
    board.may.find = false;
    board.next.reply = ['done, answer lost'];
    await turns('SUCCESS');
    await again();
    expect(board.calls.slice(4)).toEqual(['edit', 'reply', 'find', 'reply']);
    expect(board.posts.map(({ message }) => message.notes.includes(unsure))).toEqual([false, false, false, true]);
  });

  const unsure = 'May be a repeat: the answer to an earlier try was lost.';
});

describe('a reference', () => {
  test('that is cut in half is kept aside, and the plan gets a new message', async () => {
    await turns('CREATED');
    world.objects.set(reference, String(world.objects.get(reference)).slice(0, 40));
    await turns('RELEASING', 'SUCCESS');
    expect(board.shows()).toEqual(['New release plan: cart · shop', 'Release succeeded: cart · shop (edits: 1)']);
    expect([...world.objects.keys()].filter((key) => key.startsWith('quarantine/messages/'))).toHaveLength(1);
  });

  test.each(['reference', 'opened', 'last', 'at', 'life'])('without %s is none', async (field) => {
    await turns('CREATED');
    const { [field]: _, ...rest } = world.json(reference);
    world.objects.set(reference, JSON.stringify(rest));
    await turns('SUCCESS');
    expect(board.calls).toEqual(['send', 'send']);
  });

  test('that is another plan’s is none: that plan’s message stays as it is', async () => {
    await shows(cart('CREATED'), plan({ id: 'b', name: 'other', status: 'CREATED' }));
    world.objects.set(reference, String(world.objects.get('messages/releases/shop/b.json')));
    await shows(cart('SUCCESS'), plan({ id: 'b', name: 'other', status: 'CREATED' }));
    expect(board.shows()).toEqual([
      'New release plan: cart · shop',
      'New release plan: other · shop',
      'Release succeeded: cart · shop',
    ]);
  });

  test('of a newer version stops the lane, and nothing is overwritten', async () => {
    await turns('CREATED');
    const newer = JSON.stringify({ ...world.json(reference), v: 2 });
    world.objects.set(reference, newer);
    await turns('SUCCESS');
    expect(board.calls).toEqual(['send']);
    expect(world.objects.get(reference)).toBe(newer);
  });
});

/** More than are told one by one. */
const many = (status: string) =>
  Array.from({ length: 12 }, (_, index) => plan({ id: `p${index}`, name: `plan ${index}`, status }));

describe('a digest', () => {
  test('is a post of its own, and edits the messages of its plans in silence', async () => {
    await shows(...many('CREATED').slice(0, 2));
    await shows(...many('FAILED'));
    expect(board.shows()).toEqual([
      'Release failed: plan 0 · shop (edits: 1)',
      'Release failed: plan 1 · shop (edits: 1)',
      '12 changes: 12 failed · shop',
    ]);
  });

  test('opens no messages: the next change of a plan does', async () => {
    await shows(...many('CREATED'));
    const [one, ...rest] = many('CREATED');
    await shows({ ...(one as ReleasePlan), status: 'SUCCESS' }, ...rest);
    expect(board.shows()).toEqual(['12 changes: 12 waiting to run · shop', 'Release succeeded: plan 0 · shop']);
  });

  test.each<Failing>([
    { kind: 'retry', reason: 'HTTP 429', retryAfterMs: 30_000 },
    { kind: 'retry', reason: 'no answer within 10 s', unsure: true },
    { kind: 'misconfigured', reason: 'not_in_channel' },
  ])('whose edits a chat does not take now goes on where it stopped, and is not marked: %j', async (answer) => {
    await shows(...many('CREATED').slice(0, 2));
    board.calls.splice(0);
    board.next.edit = [{ kind: 'delivered' }, answer];
    await shows(...many('SUCCESS'));
    expect(board.calls).toEqual(['edit', 'edit']);
    expect(world.json('lanes/releases.json')).toMatchObject({ reason: answer.reason, attempt: { n: 1 } });
    await again();
    expect(board.calls).toEqual(['edit', 'edit', 'edit', 'send']);
    expect(board.posts.at(-1)?.message.notes).toEqual([]);
  });

  test('is told even where a message is gone or cannot be drawn', async () => {
    await shows(...many('CREATED').slice(0, 2));
    board.next.edit = [
      { kind: 'gone', reason: 'edit_window_closed' },
      { kind: 'rejected', reason: 'invalid_blocks' },
    ];
    await shows(...many('SUCCESS'));
    expect(board.calls).toEqual(['send', 'send', 'edit', 'edit', 'send']);
  });

  test('waits a token that comes within a second, and stops where no time is left in this run', async () => {
    await shows(...many('CREATED').slice(0, 2));
    pace = { everyMs: 800, burst: 1 };
    world.clock.ms += minute;
    world.cloud.plans = many('SUCCESS');
    await world.poll();
    board.calls.splice(0);
    const [before, end] = [world.clock.ms, world.clock.ms + 13_500];
    const results = await deliver(world.deps, await world.queue.receive(10), () => end - world.clock.ms);
    expect(board.calls).toEqual(['edit']);
    expect(world.clock.ms - before).toBe(800);
    expect(results).toMatchObject([{ outcome: 'waiting', reason: 'No time was left in this run.' }]);
    world.clock.ms += minute;
    await world.drain();
    expect(board.calls).toEqual(['edit', 'edit', 'send']);
  });

  test('edits at the provider’s pace, sleeps at most a second, and lets the queue wait for the rest', async () => {
    await shows(...many('CREATED').slice(0, 2));
    pace = { everyMs: 3_000, burst: 1 };
    world.clock.ms += minute;
    world.cloud.plans = many('SUCCESS');
    await world.poll();
    board.calls.splice(0);
    await world.drain();
    expect(board.calls).toEqual(['edit']);
    const before = world.clock.ms;
    world.clock.ms += 3_000;
    await world.drain();
    expect(board.calls).toEqual(['edit', 'edit']);
    world.clock.ms += 3_000;
    await world.drain();
    expect(board.calls).toEqual(['edit', 'edit', 'send']);
    expect(world.clock.ms - before).toBe(6_000);
  });
});

test('a digest for whose edits a run has no time comes again later, not at once', async () => {
  await shows(...many('CREATED').slice(0, 1));
  world.clock.ms += minute;
  world.cloud.plans = many('SUCCESS');
  await world.poll();
  const [first] = await world.queue.receive(10);
  const message = JSON.parse(String(first?.body)) as QueueMessage;
  const step = await tell(world.deps, quietLane, message, 1, () => false);
  expect(step).toMatchObject({
    result: { outcome: 'waiting', reason: 'No time was left in this run.' },
    againInMs: 10_000,
  });
});

describe('a thread', () => {
  beforeEach(() => begin('thread'));

  test('is opened by the first post; each change is said in it, and what must not be missed in the channel too', async () => {
    await turns('CREATED', 'RELEASING', 'FAILED', 'SUCCESS');
    expect(board.shows()).toEqual([
      'New release plan: cart · shop',
      'm1 < Release is under way: cart · shop',
      'm1 < (rings) Release failed: cart · shop',
      'm1 < (rings) Release succeeded: cart · shop',
    ]);
    expect(board.posts.at(-1)?.message.facts[0]).toEqual({ label: 'Was broken for', value: '1 min' });
  });

  test('whose first message is gone is opened anew', async () => {
    await turns('CREATED');
    board.remove('m1');
    await turns('RELEASING', 'SUCCESS');
    expect(board.shows()).toEqual(['Release is under way: cart · shop', 'm3 < Release succeeded: cart · shop']);
  });

  test('that is opened anew by a recovery says how long it was broken', async () => {
    await turns('CREATED', 'FAILED');
    board.remove('m1');
    await turns('SUCCESS');
    expect(board.posts.at(-1)?.message.facts[0]).toEqual({ label: 'Was broken for', value: '1 min' });
  });

  test('whose chat does not say that the first message is gone goes on below what it showed in its place', async () => {
    board.may.tell = false;
    await turns('CREATED');
    board.remove('m1');
    await turns('RELEASING', 'SUCCESS');
    expect(board.shows()).toEqual(['Release is under way: cart · shop', 'm2 < Release succeeded: cart · shop']);
  });

  test('in a chat that has no replies is a post each', async () => {
    Reflect.deleteProperty(board.channel, 'reply');
    await turns('CREATED', 'SUCCESS');
    expect(board.calls).toEqual(['send', 'send']);
  });

  test('says what it has said already only once, and a lost answer is looked for in it', async () => {
    await turns('CREATED');
    board.next.reply = ['done, answer lost'];
    await turns('SUCCESS');
    await again();
    expect(board.calls).toEqual(['send', 'reply', 'find']);
    world.objects.delete('receipts/releases/shop-000000000003-0.json');
    await world.queue.send([messageOf(world.json('log/shop/000000000003.json').events)]);
    await world.drain();
    expect(board.calls).toEqual(['send', 'reply', 'find']);
  });
});
