import { describe, expect, test } from '@jest/globals';
import { contentOf, type QueueMessage } from '../../lib/core/delivery.ts';
import type { NoticeEvent } from '../../lib/core/event.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import { tell } from '../../lib/flow/tell.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';
import type { How } from '../../lib/ports.ts';
import { createWorld } from '../support/world.ts';
import { ago, at, event, message, telling } from './telling.ts';

const [minute, hour] = [60_000, 3_600_000];
const delivered = { kind: 'delivered' } as const;
const busy = { kind: 'retry', reason: 'HTTP 429' } as const;
const gone = { kind: 'misconfigured', reason: 'HTTP 404', advice: 'Make a new webhook.' } as const;
const wrong = { kind: 'rejected', reason: 'invalid_blocks' } as const;

describe('a lane that waits', () => {
  const attempt = { id: 'e-0', n: 1, at: ago(minute) };
  test.each<[string, Omit<Lane, 'v'>, object, number | undefined]>([
    [
      'until a time to come: so long, in the provider’s words',
      { attempt, notBefore: ago(-1), reason: 'HTTP 429' },
      { outcome: 'waiting', reason: 'HTTP 429' },
      1,
    ],
    [
      'without words: in ours',
      { attempt, notBefore: ago(-5_000) },
      { outcome: 'waiting', reason: 'Its destination asked to wait.' },
      5_000,
    ],
    ['until now: no longer', { attempt, notBefore: at }, { outcome: 'delivered' }, undefined],
    [
      'and whose last attempt is a minute ahead (hosts disagree): still waits',
      { attempt: { ...attempt, at: ago(-minute) }, notBefore: ago(-2 * minute) },
      { outcome: 'waiting' },
      2 * minute,
    ],
    [
      'and whose last attempt is further ahead (the clock was set back): no longer',
      { attempt: { ...attempt, at: ago(-minute - 1) }, notBefore: ago(-2 * minute) },
      { outcome: 'delivered' },
      undefined,
    ],
  ])('%s', async (_rule, lane, result, againInMs) => {
    const { step, world } = await telling(lane);
    expect(step.result).toMatchObject({ id: 'e-1', destination: 'releases', ...result });
    expect(step.againInMs).toBe(againInMs);
    expect(world.told.length).toBe(againInMs === undefined ? 1 : 0);
  });
});

describe('what a channel asks to remember', () => {
  const moved: Outcome = { kind: 'delivered', remember: 'chat -100' };

  test('is in the lane once the receipt is there, and is handed to the next send', async () => {
    const { world, written } = await telling({}, [moved]);
    expect(written.memory).toBe('chat -100');
    expect(world.json('receipts/releases/e-1.json').outcome).toBe('delivered');
    const handed: unknown[] = [];
    const destination = async () => ({
      pace: { everyMs: 10, burst: 10 },
      hasPlain: true,
      channel: {
        send: async (_message: unknown, { memory }: How): Promise<Outcome> => {
          handed.push(memory);
          return wrong;
        },
      },
    });
    const lane = await world.ledger.lanes.load('releases');
    await tell({ ...world.deps, destination }, lane, message({ id: 'e-2' }), 1);
    expect(handed).toEqual(['chat -100', 'chat -100']);
    expect((await world.ledger.lanes.load('releases')).memory).toBe('chat -100');
  });

  test('stays while the destination fails, and until something else is to be remembered', async () => {
    const kept = async (answer: Outcome) => (await telling({ memory: 'chat -100' }, [answer])).written.memory;
    expect(await kept({ kind: 'retry', reason: 'busy' })).toBe('chat -100');
    expect(await kept({ kind: 'delivered' })).toBe('chat -100');
    expect(await kept({ kind: 'delivered', remember: 'chat -200' })).toBe('chat -200');
  });

  test('is kept when a destination works again', async () => {
    const failing = { failingSince: ago(minute), notBefore: ago(1), told: { failing: true } as const };
    const { written } = await telling(failing, [moved]);
    expect(written).toMatchObject({ memory: 'chat -100' });
    expect(written.failingSince).toBeUndefined();
  });
});

describe('a provider’s pace', () => {
  const used = { tokens: 0, attempt: { id: 'e-0', n: 1, at } };
  test.each<[string, Omit<Lane, 'v'>, number, number[], number | undefined]>([
    ['a token is there: at once', { ...used, tokens: 1 }, 1_000, [], undefined],
    ['a token comes within a second: it is waited for', used, 1_000, [1_000], undefined],
    ['it takes longer: back to the queue', used, 1_001, [], 1_001],
  ])('%s', async (_rule, lane, everyMs, sleeps, againInMs) => {
    const { step, slept } = await telling(lane, [], {}, { everyMs, burst: 5 });
    expect(slept).toEqual(sleeps);
    expect(step.againInMs).toBe(againInMs);
    expect(step.result.reason).toBe(againInMs && 'The pace that the provider allows is used up.');
  });
});

describe('an attempt', () => {
  test.each<[string, Omit<Lane, 'v'>, object]>([
    ['the first', {}, { n: 1 }],
    ['of another delivery than the last', { attempt: { id: 'e-0', n: 4, at, unsure: true }, notBefore: at }, { n: 1 }],
    ['after a known answer', { attempt: { id: 'e-1', n: 4, at }, notBefore: at }, { n: 5 }],
    [
      'after an answer that was lost',
      { attempt: { id: 'e-1', n: 1, at, unsure: true }, notBefore: at },
      { n: 2, unsure: true, since: at },
    ],
    [
      'after one whose answer was never written down',
      { attempt: { id: 'e-1', n: 1, at } },
      { n: 2, unsure: true, since: at },
    ],
    [
      'after several that may have been seen',
      { attempt: { id: 'e-1', n: 2, at, unsure: true, since: ago(minute) } },
      { n: 3, unsure: true, since: ago(minute) },
    ],
  ])('%s, is counted as such', async (_which, lane, attempt) => {
    const { written, step, world } = await telling(lane);
    expect(written.attempt).toEqual({ id: 'e-1', at, ...attempt });
    expect(written.notBefore).toBeUndefined();
    const repeat = world.told[0]?.message.notes.some((note) => note.startsWith('May be a repeat'));
    expect(repeat).toBe('unsure' in attempt);
    expect(step.result).toMatchObject({ outcome: 'delivered', attempts: written.attempt.n });
  });

  test('is drawn in full first, mentions whom the routes name, once each, and is no repeat unless asked for', async () => {
    const world = createWorld({
      config: {
        routes: [
          { to: ['releases'], mention: ['U1', 'U2'] },
          { to: ['releases'], mention: ['U2'] },
        ],
      },
    });
    const forms: boolean[] = [];
    const destination = async () => ({
      pace: { everyMs: 10, burst: 10 },
      hasPlain: true,
      channel: {
        send: async (one: { mention: readonly string[]; notes: readonly string[] }, { plain }: { plain: boolean }) => {
          forms.push(plain);
          expect(one.mention).toEqual(['U1', 'U2']);
          expect(one.notes).not.toContain('Sent again on request.');
          return wrong;
        },
      },
    });
    await tell({ ...world.deps, destination }, { v: 1 }, message(), 1);
    expect(forms).toEqual([false, true]);
  });
});

describe('what a receipt says', () => {
  test.each<[string, Outcome, object]>([
    ['delivered', delivered, { outcome: 'delivered' }],
    ['delivered, with a reference', { ...delivered, reference: 'r-1' }, { outcome: 'delivered', reference: 'r-1' }],
    ['accepted', { kind: 'accepted' }, { outcome: 'accepted' }],
  ])('%s', async (_what, answer, expected) => {
    const { world } = await telling({}, [answer]);
    expect(world.json('receipts/releases/e-1.json')).toEqual({
      v: 1,
      at,
      attempts: 1,
      content: contentOf([event]),
      ...expected,
    });
  });

  test.each<[string, 'delivered' | 'dead', Partial<QueueMessage>, Omit<Lane, 'v'>, string, boolean]>([
    ['told: settled, and other letters are not touched', 'delivered', {}, {}, 'settled', true],
    [
      'told, and given up just before: the letter goes',
      'delivered',
      {},
      { told: { lastDead: 'e-1' } },
      'settled',
      false,
    ],
    ['told, and sent again by request: the letter goes', 'delivered', { run: 'r' }, {}, 'settled', false],
    ['given up: settled, the letter stays', 'dead', {}, { told: { lastDead: 'e-1' } }, 'settled', true],
    ['given up, and sent again by request: told, and the letter goes', 'dead', { run: 'r' }, {}, 'delivered', false],
  ])('%s', async (_rule, outcome, over, lane, expected, letterStays) => {
    const world = createWorld();
    await world.ledger.receipts.write(message(), { v: 1, outcome, at, attempts: 1, content: contentOf([event]) });
    const letter = { v: 1, delivery: message(), reason: 'r', answer: 'a', attempts: 1, firstAt: at, at } as const;
    await world.ledger.deadLetters.write(letter);
    const step = await tell(world.deps, { v: 1, ...lane }, message(over), 1);
    expect(step.result.outcome).toBe(expected);
    expect(world.objects.has('dead-letters/releases/e-1.json')).toBe(letterStays);
  });

  test('a message that is simply told leaves the letter of another story alone', async () => {
    const world = createWorld();
    const letter = { v: 1, delivery: message(), reason: 'r', answer: 'a', attempts: 1, firstAt: at, at } as const;
    await world.ledger.deadLetters.write(letter);
    await tell(world.deps, { v: 1, told: { lastDead: 'e-0' } }, message(), 1);
    expect(world.objects.has('dead-letters/releases/e-1.json')).toBe(true);
  });
});

describe('a failed attempt', () => {
  test.each<[string, Omit<Lane, 'v'>, Outcome, object, boolean]>([
    [
      'says since when, why, and not before when',
      {},
      busy,
      { failingSince: at, reason: 'HTTP 429', notBefore: ago(-5_000) },
      false,
    ],
    ['less than an hour long', { failingSince: ago(hour - 1) }, busy, { failingSince: ago(hour - 1) }, false],
    ['for an hour', { failingSince: ago(hour) }, busy, { told: { failing: true } }, true],
    [
      'for an hour, and told',
      { failingSince: ago(hour), told: { failing: true } },
      busy,
      { told: { failing: true } },
      false,
    ],
    ['for a wrong address', {}, gone, { notBefore: ago(-hour), told: { failing: true } }, true],
    [
      'that was perhaps shown',
      {},
      { ...busy, unsure: true },
      { attempt: { id: 'e-1', n: 1, at, unsure: true } },
      false,
    ],
    ['that was surely not shown', {}, busy, { attempt: { id: 'e-1', n: 1, at } }, false],
    [
      'the third of a delivery',
      { attempt: { id: 'e-1', n: 2, at }, notBefore: at },
      busy,
      { attempt: { id: 'e-1', n: 3, at }, notBefore: ago(-2 * minute) },
      false,
    ],
  ])('%s', async (_rule, lane, answer, expected, told) => {
    const { written, step, world } = await telling(lane, [answer]);
    expect(written).toMatchObject(expected);
    expect(written.attempt).toEqual((expected as Lane).attempt ?? written.attempt);
    expect(step.result).toMatchObject({ outcome: 'waiting', attempts: written.attempt.n });
    expect(step.againInMs).toBe(Date.parse(written.notBefore) - Date.parse(at));
    await world.drain();
    const notices = world.told.flatMap((one) => one.message.events).map(({ type }) => type);
    expect(notices).toEqual(told ? ['destination.failing'] : []);
  });

  test.each([
    ['a wrong address, by what the provider’s file knows', gone, gone.advice],
    ['a wrong address of which nothing is known, by looking', { ...gone, advice: undefined }, /^Look at its address/],
    ['no answer, by looking', { ...busy, advice: 'not an advice of ours' }, /^Look at its address/],
  ])('is mended: %s', async (_how, answer, advice) => {
    const { world } = await telling({ failingSince: ago(hour) }, [answer as Outcome]);
    await world.drain();
    const [notice] = world.told.flatMap((one) => one.message.events) as NoticeEvent[];
    expect(notice?.advice).toEqual(typeof advice === 'string' ? advice : expect.stringMatching(advice));
  });
});
