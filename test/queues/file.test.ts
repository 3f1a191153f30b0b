import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { DrainableQueue } from '../../lib/ports.ts';
import { createFileQueue } from '../../lib/queues/file.ts';
import { describeQueue, idOf, message, testClock, visibilityMs } from './queue-contract.ts';

const base = await mkdtemp(join(tmpdir(), 'planwatch-queue-'));
afterAll(() => rm(base, { recursive: true, force: true }));
let made = 0;
const newRoot = () => join(base, String(++made));

const handleOf = async (queue: DrainableQueue): Promise<string> => (await queue.receive(1))[0]?.handle ?? '';

describeQueue(
  'file',
  async () => {
    const { now, advance } = testClock();
    return { queue: createFileQueue(newRoot(), { now, visibilityMs }), advance, close: async () => undefined };
  },
  25,
);

/** Runs `code` in a process of its own, where `queue`, `root` and `message` are at hand. */
function inChild(root: string, code: string, { shell = '' } = {}) {
  const urls = ['../../lib/queues/file.ts', './queue-contract.ts'].map((path) => new URL(path, import.meta.url).href);
  const script = `
    const { createFileQueue } = await import(${JSON.stringify(urls[0])});
    const root = ${JSON.stringify(root)};
    const queue = createFileQueue(root, { now: () => new Date() });
    const message = (id, destination, over) => ({ v: 1, id, destination, events: [], queuedAt: 'now', ...over });
    ${code}`;
  const args = ['--input-type=module', '--eval', script];
  const child = shell
    ? spawn('bash', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...args])
    : spawn(process.execPath, args);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  return { child, output, ended: once(child, 'close') };
}

async function drain(queue: DrainableQueue): Promise<string[]> {
  const ids: string[] = [];
  for (let batch = await queue.receive(10); batch.length > 0; batch = await queue.receive(10)) {
    for (const one of batch) {
      ids.push(idOf(one));
      await queue.done(one.handle);
    }
  }
  return ids;
}

describe('a restart', () => {
  test('makes visible what was in hand, in order, and forgets what was done', async () => {
    const root = newRoot();
    const { now } = testClock();
    const before = createFileQueue(root, { now });
    await before.send(['a', 'b', 'c'].map((id) => message(id)));
    await before.done(await handleOf(before));
    expect((await before.receive(10)).map(idOf)).toEqual(['b', 'c']);
    expect((await createFileQueue(root, { now }).receive(10)).map(idOf)).toEqual(['b', 'c']);
  });

  test('hands out at once what was delayed, in its order: the lane knows better than the queue', async () => {
    const root = newRoot();
    const { now } = testClock();
    const before = createFileQueue(root, { now });
    await before.send([message('a'), message('b')]);
    await before.delay(await handleOf(before), 3_600);
    expect((await createFileQueue(root, { now }).receive(10)).map(idOf)).toEqual(['a', 'b']);
  });

  test('swallows a copy of what still waits, however old', async () => {
    const root = newRoot();
    const { now, advance } = testClock();
    await createFileQueue(root, { now }).send([message('a')]);
    advance(86_400_000);
    const after = createFileQueue(root, { now });
    await after.send([message('a')]);
    expect((await after.waiting()).messages).toBe(1);
  });

  test('removes what killed senders left, once it is an hour old', async () => {
    const root = newRoot();
    await mkdir(join(root, 'temp'), { recursive: true });
    await writeFile(join(root, 'temp', 'left'), '{"v":1');
    await createFileQueue(root, { now: () => new Date() }).waiting();
    expect(await readdir(join(root, 'temp'))).toEqual(['left']);
    await createFileQueue(root, { now: () => new Date(Date.now() + 3_700_000) }).waiting();
    expect(await readdir(join(root, 'temp'))).toEqual([]);
  });
});

describe('order', () => {
  test('holds when the clock is set back between two sends', async () => {
    const root = newRoot();
    const { now, advance } = testClock();
    await createFileQueue(root, { now }).send([message('a')]);
    advance(-86_400_000);
    await createFileQueue(root, { now }).send([message('b')]);
    expect(await drain(createFileQueue(root, { now }))).toEqual(['a', 'b']);
  });

  test('is by number, even where a slower sender puts the lower one there later', async () => {
    const [root, elsewhere] = [newRoot(), newRoot()];
    const { now, advance } = testClock();
    await createFileQueue(elsewhere, { now }).send([message('slow')]);
    advance(1);
    const queue = createFileQueue(root, { now });
    await queue.send([message('fast')]);
    expect((await queue.waiting()).messages).toBe(1);
    const [slow = ''] = await readdir(join(elsewhere, 'messages'));
    await rename(join(elsewhere, 'messages', slow), join(root, 'messages', slow));
    expect(await drain(queue)).toEqual(['slow', 'fast']);
  });

  test('holds for each of several sends at once in one process', async () => {
    const root = newRoot();
    const queue = createFileQueue(root, testClock());
    const sends = ['x', 'y', 'z'].map((name) => Array.from({ length: 10 }, (_, n) => message(`${name}${n}`)));
    await Promise.all(sends.map((messages) => queue.send(messages)));
    const arrived = await drain(queue);
    expect(arrived).toHaveLength(30);
    for (const sent of sends) {
      const ids = sent.map(({ id }) => id);
      expect(arrived.filter((id) => ids.includes(id))).toEqual(ids);
    }
  });

  test('holds for each of two processes that send at once, and nothing of either is lost', async () => {
    const root = newRoot();
    const senders = ['x', 'y'].map((name) =>
      inChild(root, `for (let n = 0; n < 40; n++) await queue.send([message('${name}' + n, 'releases')]);`),
    );
    await Promise.all(senders.map(({ ended }) => ended));
    expect(senders.map(({ output }) => output.err)).toEqual(['', '']);
    const arrived = await drain(createFileQueue(root, { now: () => new Date() }));
    for (const name of ['x', 'y']) {
      expect(arrived.filter((id) => id.startsWith(name))).toEqual(Array.from({ length: 40 }, (_, n) => `${name}${n}`));
    }
  });

  test('of a copy sent by two processes at once, at least one arrives and the rest keep their order', async () => {
    const root = newRoot();
    const ids = Array.from({ length: 30 }, (_, n) => `m${String(n).padStart(2, '0')}`);
    const code = `await queue.send(${JSON.stringify(ids)}.map((id) => message(id, 'releases')));`;
    await Promise.all([inChild(root, code).ended, inChild(root, code).ended]);
    const arrived = await drain(createFileQueue(root, { now: () => new Date() }));
    expect([...new Set(arrived)]).toEqual(ids);
  });
});

describe('kill -9', () => {
  test.each([5, 20, 45, 90])('of a sender after %i messages loses none that it was told is accepted', async (count) => {
    const root = newRoot();
    const { child, output, ended } = inChild(
      root,
      `for (let n = 0; ; n++) { await queue.send([message('m' + n, 'releases')]); process.stdout.write('m' + n + '\\n'); }`,
    );
    while (output.out.split('\n').length <= count && child.exitCode === null) await pause(1);
    child.kill('SIGKILL');
    await ended;
    expect(output.err).toBe('');
    const accepted = output.out.trim().split('\n');
    const arrived = await drain(createFileQueue(root, { now: () => new Date() }));
    expect(arrived.slice(0, accepted.length)).toEqual(accepted);
    expect(arrived.length - accepted.length).toBeLessThanOrEqual(1);
  });
});

describe('what should not be there', () => {
  test('a message that was damaged is handed out as it is, and the queue goes on', async () => {
    const root = newRoot();
    const { now } = testClock();
    const queue = createFileQueue(root, { now });
    await queue.send([message('a'), message('b')]);
    const [first = ''] = (await readdir(join(root, 'messages'))).sort();
    await writeFile(join(root, 'messages', first), '{"v":1,"id":"a');
    const [damaged, whole] = await queue.receive(10);
    expect(damaged?.body).toBe('{"v":1,"id":"a');
    expect(JSON.parse(whole?.body ?? '')).toEqual(message('b'));
    await queue.done(damaged?.handle ?? '');
    expect((await queue.waiting()).messages).toBe(1);
  });

  test('a message that cannot be read now is named, stays, and holds up only its group', async () => {
    const root = newRoot();
    const { now, advance } = testClock();
    const queue = createFileQueue(root, { now, visibilityMs });
    await queue.send([message('a', 'one'), message('b', 'one'), message('c', 'two')]);
    const [first = ''] = (await readdir(join(root, 'messages'))).sort();
    const path = join(root, 'messages', first);
    const body = await readFile(path, 'utf8');
    await rm(path);
    await mkdir(path); // reading it now fails with EISDIR, for root too
    expect((await queue.receive(10)).map(idOf)).toEqual(['c']);
    advance(visibilityMs);
    await expect(queue.receive(1)).rejects.toThrow(first);
    await rm(path, { recursive: true });
    await writeFile(path, body);
    advance(visibilityMs);
    expect((await queue.receive(10)).map(idOf)).toEqual(['a', 'b', 'c']);
  });

  test('a message that somebody removed is forgotten', async () => {
    const root = newRoot();
    const { now } = testClock();
    const queue = createFileQueue(root, { now });
    await queue.send([message('a'), message('b')]);
    await queue.waiting();
    const [first = ''] = (await readdir(join(root, 'messages'))).sort();
    await rm(join(root, 'messages', first));
    expect(await drain(queue)).toEqual(['b']);
  });

  test('a message that vanishes between the look and the read is passed over', async () => {
    const root = newRoot();
    const queue = createFileQueue(root, testClock());
    await queue.send([message('a'), message('b')]);
    const [first = ''] = (await readdir(join(root, 'messages'))).sort();
    await rm(join(root, 'messages', first));
    await symlink(join(root, 'nowhere'), join(root, 'messages', first)); // listed, and yet not there
    expect((await queue.receive(10)).map(idOf)).toEqual(['b']);
  });

  test('other files are left alone', async () => {
    const root = newRoot();
    const { now } = testClock();
    const queue = createFileQueue(root, { now });
    await queue.send([message('a')]);
    await writeFile(join(root, 'messages', '.DS_Store'), 'x');
    await writeFile(join(root, 'messages', 'zzz.json'), 'x');
    await queue.send([message('b')]);
    expect(await drain(queue)).toEqual(['a', 'b']);
    expect((await readdir(join(root, 'messages'))).sort()).toEqual(['.DS_Store', 'zzz.json']);
  });

  test.each(['../elsewhere', 'UPPER', '', 'a.b', 'x'.repeat(41)])(
    'a destination named %j is refused, and nothing is sent',
    async (destination) => {
      const root = newRoot();
      const queue = createFileQueue(root, testClock());
      const sending = queue.send([message('a'), message('b', destination)]);
      await expect(sending).rejects.toThrow(`Delivery b is for "${destination}"`);
      expect((await queue.waiting()).messages).toBe(0);
    },
  );

  test('a number beyond all clocks is refused with words', async () => {
    const root = newRoot();
    await mkdir(join(root, 'messages'), { recursive: true });
    await writeFile(join(root, 'messages', `9999999999999999.releases.${'0'.repeat(64)}.json`), '');
    await expect(createFileQueue(root, testClock()).send([message('a')])).rejects.toThrow('is the clock right');
  });
});

describe('a disk that refuses', () => {
  test('a file where the folder should be is named', async () => {
    const root = newRoot();
    await writeFile(root, '');
    const queue = createFileQueue(root, testClock());
    const words = `the queue in ${root}: a file stands where a folder belongs, or a folder where a file belongs: move it away (ENOTDIR)`;
    await expect(queue.send([message('a')])).rejects.toThrow(`Cannot add messages to ${words}`);
    await expect(queue.receive(1)).rejects.toThrow(`Cannot look into ${words}`);
  });

  const asNobody = `if (process.getuid() === 0) process.setuid(65534);`;
  const report = `.then(() => console.log('accepted'), (error) => console.log(error.message))`;

  test('a folder that may only be read says so', async () => {
    const root = newRoot();
    await mkdir(join(root, 'messages'), { recursive: true });
    await mkdir(join(root, 'temp'), { mode: 0o555 });
    const { output, ended } = inChild(root, `${asNobody} await queue.send([message('a', 'releases')])${report};`);
    await ended;
    expect(output.out).toContain(
      'this user may not: give it read and write access to the state folder (PLANWATCH_HOME) (EACCES)',
    );
  });

  test('a disk that fills up in the middle of a send leaves nothing of it behind', async () => {
    const root = newRoot();
    // A limit on a file's size is the one full disk that any user can have: writing beyond it fails half-way.
    const big = `message('b', 'releases', { events: 'x'.repeat(100_000) })`;
    const { output, ended } = inChild(root, `await queue.send([message('a', 'releases'), ${big}])${report};`, {
      shell: "trap '' XFSZ; ulimit -f 8",
    });
    await ended;
    expect(output.out).toContain('Cannot add messages to the queue');
    expect(output.out).toContain('(EFBIG)');
    expect(await readdir(join(root, 'messages'))).toEqual([]);
    expect(await readdir(join(root, 'temp'))).toEqual([]);
  });
});
