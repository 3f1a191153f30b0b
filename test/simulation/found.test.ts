import { describe, expect, test } from '@jest/globals';
import type { ChatAnswer } from './chats.ts';
import type { Command, History } from './history.ts';
import { tell } from './search.ts';
import type { Fault, How } from './stage.ts';
import { describe as inWords } from './sweep.ts';

const poll: Command = { do: 'run', runs: [{ what: 'poll', faults: [] }], order: [] };
const deliver = (...faults: readonly Fault[]): Command => ({
  do: 'run',
  runs: [{ what: 'deliver', faults }],
  order: [],
});
const fail = (plan: number): Command => ({ do: 'act', act: 'fail', plan });
const releasesSays = (...next: readonly ChatAnswer[]): Command => ({ do: 'chat', to: 'releases', next });
const drain: Command = { do: 'drain', most: 6 };
/** Longer than giveUpAfter. */
const fourDays: Command = { do: 'wait', seconds: 4 * 86_400 };
const redrive: Command = { do: 'backfill', request: { deadLetters: true }, faults: [] };

const watching: History = [{ do: 'act', act: 'appear', plan: 0 }, { do: 'act', act: 'appear', plan: 0 }, poll, drain];

const verdict = async (history: History): Promise<string> => {
  const result = await tell([...watching, ...history]);
  return result.broken.length > 0 ? inWords('broken', result, true) : '';
};

/** The same history with a fault at each step of one delivery. */
async function atEachStep(how: How, history: (faulty: Command) => History): Promise<string> {
  for (let at = 0; at < 24; at++) {
    const words = await verdict(history(deliver({ at, how })));
    if (words !== '') return words;
  }
  return '';
}

describe('found by the simulation, and mended', () => {
  test('a second notice about dead letters of one outage has a name of its own: receivers drop what they know', async () => {
    const down: Command = { do: 'outage', to: 'releases', answer: 'gone', hours: 300 };
    expect(await verdict([down, fail(0), poll, drain, fourDays, drain, fail(1), poll, drain, fourDays, drain])).toBe(
      '',
    );
  });

  test('a notice about dead letters is sent even if writing it down or queueing it fails once', async () => {
    const story = (faulty: Command): History => [fail(0), poll, fourDays, releasesSays('gone'), faulty];
    expect(await atEachStep('fails after', story)).toBe('');
    expect(await atEachStep('fails before', story)).toBe('');
  });

  test('what may have been seen is marked even if planwatch died while it was given up', async () => {
    const story = (faulty: Command): History => [
      fail(0),
      poll,
      releasesSays('told, then a broken line'),
      deliver(),
      { do: 'wait', seconds: 10 },
      releasesSays('rejected', 'rejected'),
      faulty,
    ];
    expect(await atEachStep('dies after', story)).toBe('');
    expect(await atEachStep('dies before', story)).toBe('');
  });

  test('a dead letter is spoken of even if planwatch died while it was written', async () => {
    const story = (faulty: Command): History => [fail(0), poll, fourDays, releasesSays('gone'), faulty];
    expect(await atEachStep('dies after', story)).toBe('');
    expect(await atEachStep('dies before', story)).toBe('');
  });

  test('a message that got through after planwatch died while it was given up is no dead letter any more', async () => {
    const story = (faulty: Command): History => [
      fail(0),
      poll,
      releasesSays('rejected', 'rejected'),
      faulty,
      fourDays,
      drain,
      redrive,
      drain,
    ];
    expect(await atEachStep('dies after', story)).toBe('');
  });

  test('a dead letter that people may have seen says so when it is sent again, whatever was told in between', async () => {
    const later: History = [{ do: 'wait', seconds: 7_200 }, fail(1), poll, drain];
    const story = [fail(0), poll, releasesSays('told, then silence', 'gone'), drain, fourDays, drain, ...later];
    expect(await verdict([...story, redrive, drain])).toBe('');
  });
});

describe('two polls at once', () => {
  test('that find a list cut tell it once, wherever the one overtakes the other', async () => {
    for (let at = 0; at < 60; at++) {
      const both: Command = {
        do: 'run',
        runs: [
          { what: 'poll', faults: [] },
          { what: 'poll', faults: [] },
        ],
        order: [at],
      };
      const story: History = [{ do: 'cloud', mood: 'flicker' }, poll, { do: 'wait', seconds: 31 }, both, poll, drain];
      expect(await verdict(story)).toBe('');
    }
  });
});
