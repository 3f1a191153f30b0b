import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../lib/ports.ts';
import { collect } from '../support/collect.ts';

type OpenStore = { readonly store: ObjectStore; close(): Promise<void> };

/** What the ledger relies on. `open` gives an empty store each time. */
export function describeStore(name: string, open: () => Promise<OpenStore>): void {
  describe(`${name} store`, () => {
    let opened: OpenStore;
    let store: ObjectStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());
    const keys = (prefix: string) => collect(store.list(prefix));

    test.each([
      ['plain text', '{"v":1}'],
      ['nothing', ''],
      ['every script, an astral character and NUL', '发布单 «план» 🚀 \u0000 \u2028\r\n'],
      ['a byte order mark', '\ufeff{}'],
      ['what looks like markup', '<Error><Code>NoSuchKey</Code></Error>&amp;'],
      ['300 kB', '发布😀x'.repeat(30_000)],
    ])('what was put comes back, character for character: %s', async (_what, body) => {
      await store.put('checkpoint/put.json', body);
      expect(await store.get('checkpoint/put.json')).toBe(body);
      expect(await store.create('checkpoint/created.json', body)).toBe(true);
      expect(await store.get('checkpoint/created.json')).toBe(body);
      expect(await store.create('checkpoint/created.json', body)).toBe(true);
      expect(await store.create('checkpoint/created.json', `${body}.`)).toBe(false);
    });

    test('an object that was never there is undefined, also where only its folder is', async () => {
      expect(await store.get('log/a/1.json')).toBeUndefined();
      await store.put('log/a/1.json', 'x');
      expect(await store.get('log/a/2.json')).toBeUndefined();
      expect(await store.get('log/a')).toBeUndefined();
    });

    test('put replaces, whoever wrote first', async () => {
      await store.create('lanes/oncall.json', 'a long first body');
      await store.put('lanes/oncall.json', 'short');
      expect(await store.get('lanes/oncall.json')).toBe('short');
    });

    test('create leaves what is there alone, and says whether it is the same', async () => {
      await store.put('log/a/1.json', 'theirs');
      expect(await store.create('log/a/1.json', 'ours')).toBe(false);
      expect(await store.create('log/a/1.json', 'theirs')).toBe(true);
      expect(await store.get('log/a/1.json')).toBe('theirs');
    });

    test('of 50 that race to create one object, one wins, and its body is what everyone reads', async () => {
      const bodies = Array.from({ length: 50 }, (_, n) => JSON.stringify({ writer: n, pad: 'x'.repeat(5_000) }));
      const won = await Promise.all(bodies.map((body) => store.create('log/a/000000000001.json', body)));
      const winners = bodies.filter((_, n) => won[n]);
      expect(winners).toHaveLength(1);
      expect(await store.get('log/a/000000000001.json')).toBe(winners[0]);
    });

    test('a reader beside writers sees one of the bodies whole, never a mixture', async () => {
      const bodies = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
      await store.put('health/a.json', bodies[0] ?? '');
      const reads: (string | undefined)[] = [];
      await Promise.all(
        bodies.flatMap((body) => [
          store.put('health/a.json', body),
          store.get('health/a.json').then((text) => reads.push(text)),
        ]),
      );
      expect(reads.filter((text) => !bodies.includes(text ?? ''))).toEqual([]);
      expect(reads).toHaveLength(8);
    });

    test('remove takes one object away, twice is no error, and the name is free again', async () => {
      await store.put('dead-letters/a/1.json', '1');
      await store.put('dead-letters/a/2.json', '2');
      await store.remove('dead-letters/a/1.json');
      await store.remove('dead-letters/a/1.json');
      await store.remove('dead-letters/none/1.json');
      expect(await store.get('dead-letters/a/1.json')).toBeUndefined();
      expect(await keys('')).toEqual(['dead-letters/a/2.json']);
      expect(await store.create('dead-letters/a/1.json', 'again')).toBe(true);
    });

    test('list gives exactly what starts with the prefix, ascending by the whole key, wherever the prefix ends', async () => {
      // Around the slash: "-" and "." sort before it, digits and letters after; no one of them is another's folder.
      const all = [
        'log/a/1',
        'log/a/10',
        'log/a/2',
        'log/a-b/1',
        'log/a.b',
        'log/a0/1',
        'log/ab/1',
        'log/A',
        'log/_',
        'lo',
        'x',
      ];
      for (const key of all.toReversed()) await store.put(key, key);
      const prefixes = new Set(all.flatMap((key) => Array.from(`${key}!`, (_, length) => key.slice(0, length))));
      for (const prefix of [...prefixes, 'nothing/', 'log/a/1x', 'log/..']) {
        const expected = all.filter((key) => key.startsWith(prefix)).sort();
        expect([prefix, await keys(prefix)]).toEqual([prefix, expected]);
      }
    });

    test('list goes on over as many pages as it takes', async () => {
      const all = Array.from({ length: 1_005 }, (_, n) => `receipts/oncall/${String(n).padStart(4, '0')}.json`);
      for (let n = 0; n < all.length; n += 50)
        await Promise.all(all.slice(n, n + 50).map((key) => store.put(key, '{}')));
      expect(await keys('receipts/oncall/')).toEqual(all);
    });

    test('a list may be left before its end', async () => {
      await store.put('log/a/1', '');
      await store.put('log/a/2', '');
      for await (const key of store.list('log/')) {
        expect(key).toBe('log/a/1');
        break;
      }
      expect(await store.get('log/a/2')).toBe('');
    });

    test.each([
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../a',
      'a/../b',
      'a/./b',
      'a b',
      'a\\b',
      'a\n',
      'a\u0000',
      'ä',
      'a~',
      'a%2e',
      'a?b',
      'C:a',
    ])('every call refuses %j, which is no key, and does nothing', async (key) => {
      await expect(store.get(key)).rejects.toThrow('not a key');
      await expect(store.put(key, '')).rejects.toThrow('not a key');
      await expect(store.create(key, '')).rejects.toThrow('not a key');
      await expect(store.remove(key)).rejects.toThrow('not a key');
      expect(await keys('')).toEqual([]);
    });

    test.each(['/', '../', 'a//', 'a/../', './', 'a b', 'a\\', '~', 'a/*'])(
      'list refuses %j, with which no key begins',
      async (prefix) => {
        await expect(keys(prefix)).rejects.toThrow('not the beginning of a key');
      },
    );

    test('text that has no UTF-8 is refused: it would come back changed', async () => {
      await expect(store.put('a', 'half \ud83d')).rejects.toThrow('lone surrogate');
      await expect(store.create('a', '\ude80')).rejects.toThrow('lone surrogate');
      expect(await store.get('a')).toBeUndefined();
    });
  });
}
