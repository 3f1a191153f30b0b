import { expect, test } from '@jest/globals';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { describeStore } from './store-contract.ts';

describeStore('memory', async () => ({ store: createMemoryStore(), close: async () => {} }));

test('two stores over one Map see each other', async () => {
  const objects = new Map<string, string>();
  await createMemoryStore(objects).put('a', '1');
  expect(await createMemoryStore(objects).create('a', '2')).toBe(false);
});
