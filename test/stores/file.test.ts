import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFileStore } from '../../lib/stores/file.ts';
import { collect } from '../support/collect.ts';
import { describeStore } from './store-contract.ts';

describeStore('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-store-'));
  // A root that is not there yet, as on a first run.
  return { store: createFileStore(join(folder, 'new', 'state')), close: () => rm(folder, { recursive: true }) };
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'planwatch-store-'));
});
afterEach(() => rm(root, { recursive: true }));

const keys = (prefix = '') => collect(createFileStore(root).list(prefix));

test('what a killed process left is never listed, and goes with the first write beside it once it is an hour old', async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await mkdir(join(root, 'log'));
  await writeFile(join(root, 'log', '~old.tmp'), '{"v":');
  await utimes(join(root, 'log', '~old.tmp'), hoursAgo(2), hoursAgo(2));
  await writeFile(join(root, 'log', '~young.tmp'), '{"v":');
  await utimes(join(root, 'log', '~young.tmp'), hoursAgo(0.9), hoursAgo(0.9));
  await writeFile(join(root, 'log', 'old.json'), '{}');
  await utimes(join(root, 'log', 'old.json'), hoursAgo(2), hoursAgo(2));
  expect(await keys()).toEqual(['log/old.json']);

  const store = createFileStore(root);
  await store.create('log/1.json', '{}');
  expect((await readdir(join(root, 'log'))).sort()).toEqual(['1.json', 'old.json', '~young.tmp']);
});

test('no write leaves anything but its object, whether it won, lost or failed', async () => {
  const store = createFileStore(root);
  await store.put('a', '1');
  await store.create('a', '2');
  await store.create('b', '2');
  await mkdir(join(root, 'folder'));
  await expect(store.put('folder', '3')).rejects.toThrow('move it away');
  await expect(store.create('folder', '3')).rejects.toThrow('move it away');
  expect((await readdir(root)).sort()).toEqual(['a', 'b', 'folder']);
});

test('who reads or lists beside writers meets whole objects only, and no others', async () => {
  const store = createFileStore(root);
  const bodies = ['a', 'b'].map((letter) => letter.repeat(3_000_000));
  await store.put('checkpoint', bodies[0] ?? '');
  let writing = true;
  const write = async () => {
    for (let n = 0; n < 12; n++) {
      await Promise.all([store.put('checkpoint', bodies[n % 2] ?? ''), store.create(`log-${n}`, bodies[0] ?? '')]);
    }
  };
  const writer = write().finally(() => {
    writing = false;
  });
  const met: string[] = [];
  while (writing) {
    for (const key of await keys()) met.push(bodies.includes((await store.get(key)) ?? '') ? key : `half of ${key}`);
  }
  await writer;
  expect(met.filter((key) => !/^(checkpoint|log-\d+)$/.test(key))).toEqual([]);
  expect(met.length).toBeGreaterThan(0);
});

test('a state folder that is removed underneath is made again', async () => {
  const store = createFileStore(join(root, 'state'));
  await store.put('log/1', 'a');
  await rm(join(root, 'state'), { recursive: true });
  await store.put('log/2', 'b');
  expect(await collect(store.list(''))).toEqual(['log/2']);
});

test('a folder that is a link to another disk is walked like any other', async () => {
  await mkdir(join(root, '~elsewhere'));
  await writeFile(join(root, '~elsewhere', '1.json'), '{}');
  await symlink(join(root, '~elsewhere'), join(root, 'log'));
  await symlink(join(root, 'nowhere'), join(root, 'dangling'));
  expect(await keys()).toEqual(['log/1.json']);
  await expect(createFileStore(root).create('dangling', '')).rejects.toThrow('dangling link');
});

test('bytes that are no text are said to be so, and not guessed at', async () => {
  await writeFile(join(root, 'health.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  await expect(createFileStore(root).get('health.json')).rejects.toThrow(
    'get "health.json": what is stored is not UTF-8',
  );
});

test('a file where a folder belongs is an error of every call, which names call, key and place', async () => {
  await writeFile(join(root, 'log'), 'not a folder');
  const store = createFileStore(root);
  const said = 'move it away';
  await expect(store.get('log/a')).rejects.toThrow(`Store: get "log/a": ENOTDIR at log/a: ${inTheWay}.`);
  await expect(store.put('log/a', '')).rejects.toThrow(said);
  await expect(store.create('log/a', '')).rejects.toThrow(said);
  await expect(store.remove('log/a')).rejects.toThrow(said);
  await expect(collect(store.list('log/'))).rejects.toThrow('Store: list "log/": ENOTDIR at log: ');
});
const inTheWay = 'a file stands where a folder belongs, or a folder where a file belongs: move it away';

test('a name too long for the disk is an error that says so', async () => {
  await expect(createFileStore(root).put('a'.repeat(300), '')).rejects.toThrow('the name is too long');
});

/** Another process with the same state folder, which runs `code` and prints a line for each thing it did. */
function otherProcess(code: string) {
  const store = JSON.stringify(import.meta.resolve('../../lib/stores/file.ts'));
  const script = `import { createFileStore } from ${store}; const store = createFileStore(process.argv[1]);\n${code}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, root], {
    cwd: dirname(root),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface(child.stdout) };
}

test('of four processes that race for the same names, exactly one gets each', async () => {
  const racers = [1, 2, 3, 4].map((n) =>
    otherProcess(`
      console.log('ready');
      process.stdin.once('data', async () => {
        for (let i = 0; i < 40; i++) if (await store.create('log/' + i, 'by ${n}')) console.log(i);
        process.exit(0);
      });`),
  );
  const won = racers.map(({ lines }) => collect(lines));
  await Promise.all(racers.map(({ lines }) => once(lines, 'line')));
  for (const { child } of racers) child.stdin.write('go');
  const claims = (await Promise.all(won)).flatMap((lines, n) =>
    lines.filter((line) => line !== 'ready').map((line) => [`log/${line}`, `by ${n + 1}`] as const),
  );
  expect(claims).toHaveLength(40);
  const store = createFileStore(root);
  for (const [key, body] of claims) expect(await store.get(key)).toBe(body);
});

test('a process killed in the midst of its writes leaves whole objects, and all that it had been told were written', async () => {
  const { child, lines } = otherProcess(`
    const body = (n) => JSON.stringify({ n, pad: 'x'.repeat(200_000) });
    for (let n = 0; ; n++) {
      await Promise.all([store.create('log/' + n, body(n)), store.put('checkpoint', body(n))]);
      console.log(n);
    }`);
  let written = -1;
  for await (const line of lines) {
    written = Number(line);
    if (written === 20) child.kill('SIGKILL');
  }
  const store = createFileStore(root);
  for (let n = 0; n <= written; n++) expect(await store.get(`log/${n}`)).toBeDefined();
  for (const key of await keys()) {
    expect(JSON.parse((await store.get(key)) ?? '')).toEqual({ n: expect.any(Number), pad: 'x'.repeat(200_000) });
  }
});
