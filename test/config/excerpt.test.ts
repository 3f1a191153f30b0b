import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatFaults } from '../../lib/config.ts';
import { faultsOf, shop, valid } from './small-config.ts';

describe('a fault shows its line with a mark, as a compiler does', () => {
  test.each<[string, string, string, string]>([
    ['a misspelt key', '    region:', '    regoin:', '3:5:  3 |     regoin: …|    |     ^^^^^^'],
    ['a wrong value', shop, 'projectId: 0123 # mine', '4:16:  4 |     projectId: 0123|    |                ^^^^'],
    [
      'a literal where a secret belongs, left out',
      'env:X',
      'hunter2',
      '5:20:  5 |     auth: { token: … }|    |                    ^',
    ],
    [
      'what is around it: references stay, other values go',
      '{ kind: slack, url: ssm:/planwatch/slack }',
      '{ kind: slak, url: ssm:/planwatch/slack, topic: hunter2 }',
      '7:21:  7 |   releases: { kind: slak, url: ssm:/planwatch/slack, topic: … }|    |                     ^^^^',
    ],
    [
      'a key that is missing, where it should stand',
      '{ kind: slack, url: ssm:/planwatch/slack }',
      '{ kind: slack }',
      '7:3:  7 |   releases: { kind: slack }|    |   ^^^^^^^^',
    ],
    [
      'a value on a line of its own',
      'region: ap',
      'region:\n      AP',
      '4:7:  4 |       AP-southeast-3|    |       ^^^^^^^^^^^^^^',
    ],
    [
      'a text that is no YAML, of which only a known key is safe to show',
      'region: ap-southeast-3',
      'region: "ap-southeast-3" hunter2',
      '3:30:  3 |     region: …|    |             ^',
    ],
    [
      'an anchor',
      'auth: { token',
      'auth: &hunter2 { tokn',
      '5:22:  5 |     auth: … { tokn: env:X }|    |               ^^^^',
    ],
    ['a tab as a blank', 'kind: slack,', 'kind:\tslak,', '7:21:  7 |   releases: { kind: slak'],
  ])('%s', (_, from, to, shown) => {
    const text = valid.replace(from, to);
    expect(text).not.toBe(valid);
    const drawn = faultsOf(text).map(
      ({ line, column, excerpt }) => `${line}:${column}:${excerpt?.replaceAll('\n', '|')}`,
    );
    expect(drawn.some((one) => one.startsWith(shown))).toBe(true);
  });

  test('a long line is cut around the place', () => {
    const [fault] = faultsOf(`${valid}notices: [${'hook, '.repeat(40)}nobody, ${'hook, '.repeat(40)}hook]\n`);
    const [line = '', mark = ''] = fault?.excerpt?.split('\n') ?? [];
    expect(line.length).toBeLessThan(110);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('nobody');
  });

  test('wherever a secret is pasted over a word, no fault shows it', () => {
    const words = [...`${valid}routes: [{ to: [hook] }]\n`.matchAll(/[\w/.-]{2,}/g)];
    const secrets = fc.constantFrom(
      'https://hooks.example.com/T0/hunter2',
      'whsec_hunter2/+x==',
      '"hunter2/\\',
      '{hunter2/',
    );
    fc.assert(
      fc.property(fc.constantFrom(...words), secrets, ({ index, 0: word }, secret) => {
        const text = `${valid.slice(0, index)}${secret}${valid.slice(index + word.length)}`;
        expect(formatFaults(faultsOf(text), 'planwatch.yml').join('\n')).not.toContain('hunter2');
      }),
      { numRuns: 400 },
    );
  });

  test('a short secret is not taken for a word where secrets belong', () => {
    for (const place of ['env:X', 'ssm:/planwatch/slack', 'https://hooks.example.com/x']) {
      const faults = faultsOf(`${valid.replace(place, 'hunter2')}watch: 1\n`);
      expect(faults.length).toBeGreaterThan(1);
      expect(formatFaults(faults).join('\n')).not.toContain('hunter2');
    }
  });
});

test('faults are written as terminals and editors make them links', () => {
  expect(
    formatFaults(
      [
        { path: 'a.b', line: 3, column: 5, excerpt: '  3 | a\n    | ^', message: 'is bad' },
        { path: '', message: 'no' },
      ],
      'x.yml',
    ),
  ).toStrictEqual(['x.yml:3:5: a.b: is bad\n  3 | a\n    | ^', 'x.yml: no']);
  expect(formatFaults([{ path: 'SERVICESTAGE_REGION', message: 'is not set' }])).toStrictEqual([
    'SERVICESTAGE_REGION: is not set',
  ]);
});
