import { describe, expect, test } from '@jest/globals';
import { BackfillRequestError, parseBackfillRequest } from '../../lib/flow/backfill-request.ts';

const now = new Date('2026-11-24T03:00:00.000Z');
const known = { sources: ['shop', 'bank'], destinations: ['releases', 'oncall'] };
const parse = (input: unknown) => parseBackfillRequest(input, known, now);

const standard = { from: 'log', deadLetters: false, dryRun: false, repeat: false, limit: 100 };

function faultsOf(input: unknown): readonly string[] {
  try {
    parse(input);
  } catch (error) {
    if (error instanceof BackfillRequestError) return error.faults;
    throw error;
  }
  return [];
}

describe('a backfill request', () => {
  test.each([undefined, null, {}])('%j means: what is not settled, of everything, a hundred at most', (input) => {
    expect(parse(input)).toStrictEqual(standard);
  });

  test.each<[object, object]>([
    [{ source: 'bank' }, { source: 'bank' }],
    [{ types: 'plan.status' }, { types: ['plan.status'] }],
    [{ types: ['plan.appeared', 'delivery.dead'] }, { types: ['plan.appeared', 'delivery.dead'] }],
    [{ statuses: ['NEVER_SEEN'] }, { statuses: ['NEVER_SEEN'] }],
    [
      { classes: ['good', 'bad', 'recovered', 'stopped', 'waiting', 'moving'] },
      { classes: ['good', 'bad', 'recovered', 'stopped', 'waiting', 'moving'] },
    ],
    [{ plans: 'release-a' }, { plans: ['release-a'] }],
    [{ destinations: ['oncall', 'releases'] }, { destinations: ['oncall', 'releases'] }],
    [{ from: 'log' }, { from: 'log' }],
    [{ from: 'list' }, { from: 'list' }],
    [{ deadLetters: true }, { deadLetters: true }],
    [{ dryRun: true, repeat: false }, { dryRun: true }],
    [
      { repeat: true, deadLetters: false, from: 'list' },
      { repeat: true, from: 'list' },
    ],
    [{ limit: 1 }, { limit: 1 }],
    [{ limit: 1_000 }, { limit: 1_000 }],
  ])('%j is understood', (input, understood) => {
    expect(parse(input)).toStrictEqual({ ...standard, ...understood });
  });

  test.each([
    ['90s', '2026-11-24T02:58:30.000Z'],
    ['90m', '2026-11-24T01:30:00.000Z'],
    ['3h', '2026-11-24T00:00:00.000Z'],
    ['2d', '2026-11-22T03:00:00.000Z'],
    ['2026-11-24T02:00:00Z', '2026-11-24T02:00:00.000Z'],
    ['2026-11-24T02:00:00.250Z', '2026-11-24T02:00:00.250Z'],
    ['2026-11-24T10:00:00+08:00', '2026-11-24T02:00:00.000Z'],
    ['2026-11-23T21:00:00-05:00', '2026-11-24T02:00:00.000Z'],
  ])('"%s" is the time %s', (text, time) => {
    expect(parse({ since: text })).toStrictEqual({ ...standard, since: Date.parse(time) });
    expect(parse({ until: text })).toStrictEqual({ ...standard, until: Date.parse(time) });
  });

  test.each([
    'yesterday',
    '',
    '2w',
    'h',
    'about 2h',
    '2h ago',
    '2026-11-24',
    // Without a zone it is another time on another machine.
    '2026-11-24T02:00:00',
    '2026-11-24T02:00:00Z or so',
    'at 2026-11-24T02:00:00Z',
    '2026-11-24T02:00:00+0800',
    '2026-13-99T02:00:00Z',
    1_780_000_000_000,
    true,
    ['2h'],
  ])('%j is no time', (value) => {
    const words = `${JSON.stringify(value)} is neither a time ("2026-11-24T03:00:00Z") nor an age ("90m", "2d")`;
    expect(faultsOf({ since: value, until: value })).toEqual([`since: ${words}`, `until: ${words}`]);
  });

  const settings =
    'source, since, until, types, statuses, classes, plans, destinations, from, deadLetters, dryRun, repeat, limit';
  test.each<[string, unknown, string[]]>([
    ['a text', 'all', ['the request must be a JSON object']],
    ['a list', [], ['the request must be a JSON object']],
    ['a number', 7, ['the request must be a JSON object']],
    ['a setting that is none', { dryrun: true }, [`dryrun: there is no such setting; there are ${settings}`]],
    ['a source that is none', { source: 'nope' }, ['source: "nope" is not one of shop, bank']],
    ['two sources', { source: ['shop'] }, ['source: ["shop"] is not one of shop, bank']],
    [
      'a destination that is none',
      { destinations: ['oncall', 'x'] },
      ['destinations: "x" is not one of releases, oncall'],
    ],
    [
      'a class that is none',
      { classes: ['bad', 'terrible', 'odd'] },
      [
        'classes: "terrible" is not one of good, bad, recovered, stopped, waiting, moving',
        'classes: "odd" is not one of good, bad, recovered, stopped, waiting, moving',
      ],
    ],
    ['an empty list', { statuses: [] }, ['statuses: [] is not a list of texts']],
    ['a list of which one is no text', { plans: ['a', 7] }, ['plans: ["a",7] is not a list of texts']],
    ['no list', { plans: 7 }, ['plans: 7 is not a list of texts']],
    ['an object for a list', { plans: { length: 1 } }, ['plans: {"length":1} is not a list of texts']],
    ['an origin that is none', { from: 'chat' }, ['from: "chat" is not one of log, list']],
    ['a text for a flag', { dryRun: 'yes' }, ['dryRun: "yes" is not true or false']],
    [
      'a number for a flag',
      { repeat: 1, deadLetters: 0 },
      ['deadLetters: 0 is not true or false', 'repeat: 1 is not true or false'],
    ],
    ['a limit of none', { limit: 0 }, ['limit: 0 is not a whole number from 1 to 1000']],
    ['a limit that is too high', { limit: 1_001 }, ['limit: 1001 is not a whole number from 1 to 1000']],
    ['half a limit', { limit: 1.5 }, ['limit: 1.5 is not a whole number from 1 to 1000']],
    ['a limit in words', { limit: '10' }, ['limit: "10" is not a whole number from 1 to 1000']],
    ['a time that ends before it begins', { since: '1h', until: '2h' }, ['since: it lies after until']],
    [
      'dead letters of the log',
      { deadLetters: true, from: 'log' },
      ['deadLetters: they are neither in the log nor in the list, so leave "from" out'],
    ],
    ['a value that JSON has no words for', { limit: () => 1 }, ['limit: () => 1 is not a whole number from 1 to 1000']],
    ['a value of any length', { source: 'x'.repeat(500) }, [`source: "${'x'.repeat(79)} is not one of shop, bank`]],
  ])('%s is answered with what is wrong', (_what, input, faults) => {
    expect(faultsOf(input)).toEqual(faults);
  });

  test('a time that ends when it begins is one', () => {
    expect(faultsOf({ since: '1h', until: '1h' })).toEqual([]);
    expect(faultsOf({ since: '2h', until: '1h' })).toEqual([]);
  });

  test('that cannot be understood is refused with every fault at once, one a line', () => {
    const attempt = () => parse({ limit: 0, dryRun: 'yes' });
    expect(attempt).toThrow(
      [
        'The backfill request was not understood, and nothing was sent:',
        '- limit: 0 is not a whole number from 1 to 1000',
        '- dryRun: "yes" is not true or false',
      ].join('\n'),
    );
    expect(attempt).toThrow(expect.objectContaining({ name: 'BackfillRequestError' }));
  });
});
