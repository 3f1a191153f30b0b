import { describe, expect, test } from '@jest/globals';
import { channelKinds } from '../../lib/channels/registry.ts';
import { configSchemaJson, parseConfig } from '../../lib/config.ts';

const faultsOf = (destination: string): string[] => {
  const text = `sources:
  - name: shop
    region: ap-southeast-3
    projectId: 0123456789abcdef0123456789abcdef
    auth: { token: env:X }
destinations:
  chat: ${destination}
`;
  const result = parseConfig(text, { kinds: channelKinds });
  return 'faults' in result ? result.faults.map(({ line, path, message }) => `${line} ${path}: ${message}`) : [];
};

const needed: Readonly<Record<string, string>> = {
  slack: 'url: ssm:/a',
  'slack-bot': 'token: ssm:/a, channel: C0123456789',
  discord: 'url: ssm:/a',
  telegram: 'token: ssm:/a, chat: -100123',
  googlechat: 'url: ssm:/a',
  webhook: 'url: https://hooks.example.com/x',
  smn: 'topic: releases, source: shop',
};
const styled = (kind: string, style: string) => `{ kind: ${kind}, ${needed[kind]}, style: ${style} }`;

describe('the style of a destination', () => {
  test.each([
    ...Object.keys(needed).map((kind) => [kind, 'each']),
    ['slack-bot', 'living'],
    ['slack-bot', 'thread'],
    ['discord', 'living'],
    ['discord', 'thread'],
    ['telegram', 'living'],
    ['googlechat', 'thread'],
  ] as [string, string][])('%s can do %s', (kind, style) => {
    expect(faultsOf(styled(kind, style))).toEqual([]);
  });

  test.each([
    [
      'slack',
      'living',
      'slack, which cannot edit its messages: use slack-bot with style: living (so can discord, telegram)',
    ],
    ['slack', 'thread', 'slack, which has no threads: use slack-bot with style: thread (so can discord, googlechat)'],
    [
      'telegram',
      'thread',
      'telegram, which has no threads: use discord with style: thread (so can googlechat, slack-bot)',
    ],
    ['googlechat', 'living', 'googlechat, which cannot edit its messages: use discord with style: living'],
    ['webhook', 'living', 'webhook, which cannot edit its messages'],
    ['smn', 'thread', 'smn, which has no threads'],
  ])('%s cannot do %s, and says who can', (kind, style, words) => {
    expect(faultsOf(styled(kind, style))).toEqual([
      expect.stringContaining(`7 destinations.chat.style: is not for ${words}`),
    ]);
  });

  test.each(['thraed', 'true', '[living]', '{}', '""', 'constructor'])('%s is no style', (style) => {
    expect(faultsOf(styled('slack-bot', style))).toEqual([
      expect.stringMatching(/^7 destinations\.chat\.style: is not understood: write one of each, living, thread/),
    ]);
  });

  test('of a kind that there is not is not judged', () => {
    expect(faultsOf('{ kind: constructor, style: living }')).toEqual([
      expect.stringContaining('a kind of destination'),
    ]);
  });

  test('is offered by editors as the kind can do it', () => {
    const schema = JSON.parse(JSON.stringify(configSchemaJson(channelKinds)));
    const forms: { properties: Record<string, { const?: string; enum?: string[] }> }[] =
      schema.properties.destinations.additionalProperties.oneOf;
    const offered = forms.map(({ properties: { kind, style } }) => [kind?.const, style?.enum]);
    expect(Object.fromEntries(offered)).toMatchObject({
      slack: ['each'],
      'slack-bot': ['each', 'living', 'thread'],
      discord: ['each', 'living', 'thread'],
      telegram: ['each', 'living'],
      googlechat: ['each', 'thread'],
      webhook: ['each'],
    });
  });
});
