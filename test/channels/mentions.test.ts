import { describe, expect, test } from '@jest/globals';
import { callsAmong, mentionFault } from '../../lib/channels/mentions.ts';
import { parseMention } from '../../lib/core/mention.ts';

const some = { here: true, user: /^U\d+$/ } as const;

test.each([
  ['here', { sort: 'here' }],
  ['all', { sort: 'all' }],
  ['user:ou_12', { sort: 'user', id: 'ou_12' }],
  ['group:a:b', { sort: 'group', id: 'a:b' }],
  ['user:', undefined],
  ['everyone', undefined],
  ['user:<!here>', undefined],
  ['here ', undefined],
])('%j names %j', (text, mention) => {
  expect(parseMention(text)).toEqual(mention);
});

describe('a kind that calls `here` and users', () => {
  test.each([
    ['here', undefined],
    ['user:U12', undefined],
    ['user:alice', 'has no such id: it must match ^U\\d+$'],
    ['all', 'can call only here, user:ID'],
    ['group:G1', 'can call only here, user:ID'],
    // No mention at all is told by the schema.
    ['everyone', undefined],
  ])('%s: %s', (text, fault) => {
    expect(mentionFault(text, some)).toBe(fault);
  });

  test('calls those and shows the rest as it is written', () => {
    expect(callsAmong(['here', 'all', 'user:alice', 'user:U1', '<!here>'], some)).toEqual([
      { text: 'here', call: { sort: 'here' } },
      { text: 'all' },
      { text: 'user:alice' },
      { text: 'user:U1', call: { sort: 'user', id: 'U1' } },
      { text: '<!here>' },
    ]);
  });
});

test('a kind without any says so; one that has no people to call lets every mention pass', () => {
  expect(mentionFault('here', {})).toBe('can call nobody');
  expect(mentionFault('here', 'nobody')).toBeUndefined();
});
