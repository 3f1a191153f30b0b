import fc from 'fast-check';
import { type TellingStyle, tellingStyles } from '../../lib/core/config.ts';
import { answers, type ChatAnswer } from './chats.ts';
import { type Act, acts, type CloudMood, cloudMoods } from './cloud.ts';
import { type Fault, hows } from './stage.ts';

export type Invocation = { readonly what: 'poll' | 'deliver'; readonly faults: readonly Fault[] };

/** What happens next in a history: plain records, so that a shrunk one reads as a story. */
export type Command =
  | { readonly do: 'act'; readonly act: Act; readonly plan: number }
  | { readonly do: 'burst'; readonly act: Act; readonly count: number }
  | { readonly do: 'cloud'; readonly mood: CloudMood }
  | { readonly do: 'chat'; readonly to: string; readonly next: readonly ChatAnswer[] }
  | { readonly do: 'outage'; readonly to: string; readonly answer: ChatAnswer; readonly hours: number }
  | { readonly do: 'style'; readonly style: TellingStyle }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'run'; readonly runs: readonly Invocation[]; readonly order: readonly number[] }
  | { readonly do: 'drain'; readonly most: number }
  | { readonly do: 'backfill'; readonly request: Readonly<Record<string, unknown>>; readonly faults: readonly Fault[] };

export type History = readonly Command[];

export const destinationNames = ['releases', 'board', 'oncall', 'audit'] as const;

/** Rarely: a process that goes on after others took its place excuses much of what the others do. */
const frozen = hows.filter((how) => how.startsWith('sleeps'));
const plain = hows.filter((how) => !how.startsWith('sleeps'));

const fault = (steps: number): fc.Arbitrary<Fault> =>
  fc.record({
    at: fc.nat(steps),
    how: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...plain) },
      { weight: 1, arbitrary: fc.constantFrom(...frozen) },
    ),
  });

/** Most runs are quiet: where everything fails at once nothing gets far enough to go wrong in an interesting way. */
const faults = (steps: number): fc.Arbitrary<readonly Fault[]> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(fault(steps), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(fault(steps), { minLength: 2, maxLength: 4 }) },
  );

const poll = faults(10).map((list): Invocation => ({ what: 'poll', faults: list }));
const deliver = faults(24).map((list): Invocation => ({ what: 'deliver', faults: list }));
const destination = fc.constantFrom(...destinationNames);
const answer = fc.constantFrom(...answers);
const order = fc.array(fc.nat(31), { maxLength: 40 });

const requests = [
  {},
  { dryRun: true },
  { dryRun: true, from: 'list' },
  { from: 'list', classes: ['bad'] },
  { deadLetters: true },
  { deadLetters: true },
  { deadLetters: true, dryRun: true },
  { repeat: true, since: '2h' },
  { classes: ['bad'], destinations: ['audit'] },
].map((request) => ({ ...request, limit: 50 }));

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('act' as const), act: fc.constantFrom(...acts), plan: fc.nat(5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      act: fc.constantFrom('appear' as const, 'fail' as const, 'rerun' as const, 'odd' as const),
      count: fc.integer({ min: 11, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cloud' as const), mood: fc.constantFrom('fine' as const, ...cloudMoods) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('chat' as const),
      to: destination,
      next: fc.array(answer, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('outage' as const),
      to: destination,
      answer: fc.constantFrom<ChatAnswer>('gone', '503', 'silence', 'told, then 502', 'an error with 200', 'rejected'),
      hours: fc.constantFrom(1, 3, 24, 80, 100),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('style' as const), style: fc.constantFrom(...tellingStyles) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.constantFrom(5, 31, 61, 200, 310, 900, 4_000, 12_000, 90_000, 280_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('run' as const), runs: fc.tuple(poll), order: fc.constant([]) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('run' as const), runs: fc.tuple(deliver), order: fc.constant([]) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('run' as const),
      runs: fc.array(fc.oneof(poll, deliver), { minLength: 2, maxLength: 3 }),
      order,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('drain' as const), most: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('backfill' as const),
      request: fc.constantFrom<Readonly<Record<string, unknown>>>(...requests),
      faults: faults(8),
    }),
  },
);

export const histories: fc.Arbitrary<History> = fc
  .array(command, { minLength: 4, maxLength: 40, size: 'max' })
  .map((commands) => [
    { do: 'act', act: 'appear', plan: 0 } as const,
    { do: 'act', act: 'appear', plan: 0 } as const,
    { do: 'run', runs: [{ what: 'poll', faults: [] }], order: [] } as const,
    ...commands,
  ]);
