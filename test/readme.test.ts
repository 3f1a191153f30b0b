import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const read = (name: string) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');

/** What a reader types, without the words beside it. */
const commandsOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== ''),
  );

const levelsOf = (text: string): string[] => [...text.matchAll(/^(#+) /gm)].map(([, level = '']) => level);

test('README in Chinese has the chapters and the commands of the English one, in the same order', async () => {
  const [english, chinese] = [await read('README.md'), await read('README.zh-CN.md')];
  expect(commandsOf(english).length).toBeGreaterThan(8);
  expect(commandsOf(chinese)).toStrictEqual(commandsOf(english));
  expect(levelsOf(chinese)).toStrictEqual(levelsOf(english));
});

test.each(['README.md', 'README.zh-CN.md', 'docs/operations.md', 'docs/cli.md', 'docs/performance.md'])(
  'every file that %s points at is there',
  async (name) => {
    const links = [...(await read(name)).matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)].map(([, to = '']) => to);
    const folder = name.includes('/') ? 'docs/' : '';
    for (const link of links) {
      const there = readFile(new URL(`../${folder}${link}`, import.meta.url)).then(() => link);
      await expect(there).resolves.toBe(link);
    }
  },
);

test('every chapter of docs/operations.md that an alarm names is there', async () => {
  const chapters = [...(await read('docs/operations.md')).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  const named = [...(await read('serverless.yml')).matchAll(/docs\/operations\.md#([a-z-]+)/g)].map(
    ([, to = '']) => to,
  );
  expect(new Set(named).size).toBe(8);
  expect(chapters).toEqual(expect.arrayContaining([...new Set(named)]));
});
