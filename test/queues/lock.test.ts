import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { acquireLock, type Lock } from '../../lib/queues/lock.ts';

const base = await mkdtemp(join(tmpdir(), 'planwatch-lock-'));
afterAll(() => rm(base, { recursive: true, force: true }));
let made = 0;
const newPath = () => join(base, String(++made), 'consumer.lock');

const release = (lock: Lock): Promise<void> => {
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
  return lock.release();
};

/** A lock as an earlier process left it. */
async function leave(text: string): Promise<string> {
  const path = newPath();
  await mkdir(path, { recursive: true });
  await writeFile(join(path, '000000000007'), text);
  return path;
}

/** A process that waits for a line, then tries to take the lock, says what came of it, and holds it until it is killed. */
function contender(path: string) {
  const url = new URL('../../lib/queues/lock.ts', import.meta.url).href;
  const script = `
    const { acquireLock } = await import(${JSON.stringify(url)});
    process.stdin.once('data', async () => {
      const lock = await acquireLock(${JSON.stringify(path)}).catch((error) => ({ error: error.message }));
      console.log(JSON.stringify(lock));
      if (!lock.release) process.exit();
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  return {
    pid: child.pid ?? 0,
    line: async () => String((await lines.next()).value),
    go: () => child.stdin.write('go\n'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'close');
  return child.pid ?? 0;
}

describe('acquireLock', () => {
  test('the second one hears who holds it, and gets it after the release', async () => {
    const path = newPath();
    const first = await acquireLock(path);
    expect(await acquireLock(path)).toEqual({ heldBy: process.pid });
    await release(first);
    const second = await acquireLock(path);
    expect(second).toHaveProperty('release');
    await release(second);
  });

  test('releasing twice, or after somebody else took it, frees nothing of theirs', async () => {
    const path = newPath();
    const first = await acquireLock(path);
    await release(first);
    await acquireLock(path);
    await release(first);
    expect(await acquireLock(path)).toEqual({ heldBy: process.pid });
  });

  test.each([
    ['whose process is dead', async () => JSON.stringify({ v: 1, pid: await deadPid(), started: 'x' })],
    ['that is empty', async () => ''],
    ['that was cut short', async () => '{"v":1,"pid":'],
    ['that holds something else', async () => '[1]'],
    ['with a pid that is none', async () => JSON.stringify({ v: 1, pid: -1 })],
    ['with a pid that is no number', async () => JSON.stringify({ v: 1, pid: String(process.pid) })],
  ])('a lock %s is taken over', async (_state, text) => {
    const path = await leave(await text());
    const lock = await acquireLock(path);
    expect(lock).toHaveProperty('release');
    expect(await readdir(path)).toEqual(['000000000008']);
  });

  test('a lock of a live process that says nothing of its start is respected', async () => {
    const path = await leave(JSON.stringify({ v: 1, pid: process.pid }));
    expect(await acquireLock(path)).toEqual({ heldBy: process.pid });
  });

  // Only /proc can tell a process from a later one under the same pid.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('a lock whose pid another process has by now is taken over', async () => {
    const path = await leave(JSON.stringify({ v: 1, pid: process.pid, started: 'some other boot 12345' }));
    expect(await acquireLock(path)).toHaveProperty('release');
  });

  onLinux('a lock of a process that is dead, but not yet reaped by its parent, is taken over', async () => {
    // The shell becomes a sleep, which never asks after its child; and the child ends only once it has.
    const child = '(while [ "$(cat /proc/$$/comm)" != sleep ]; do sleep 0.01; done)';
    const parent = spawn('bash', ['-c', `${child} & echo $!; exec sleep 60`]);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    while (!/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8'))) await pause(5);
    const lock = await acquireLock(await leave(JSON.stringify({ v: 1, pid })));
    parent.kill('SIGKILL');
    expect(lock).toHaveProperty('release');
  });

  test('a lock outlives nobody: its owner is killed, and the next gets it', async () => {
    const path = newPath();
    const owner = contender(path);
    expect(await owner.line()).toBe('ready');
    owner.go();
    expect(await owner.line()).toBe('{}');
    expect(await acquireLock(path)).toEqual({ heldBy: owner.pid });
    await owner.kill();
    expect(await acquireLock(path)).toHaveProperty('release');
  });

  test('it leaves one small file, with the pid for people to read', async () => {
    const path = newPath();
    await acquireLock(path);
    const files = await readdir(path);
    expect(files).toEqual(['000000000001']);
    expect(JSON.parse(await readFile(join(path, files[0] ?? ''), 'utf8'))).toMatchObject({ v: 1, pid: process.pid });
  });

  test('a path that cannot be is named', async () => {
    const file = join(base, 'file');
    await writeFile(file, '');
    await expect(acquireLock(join(file, 'lock'))).rejects.toThrow(`Cannot take the lock ${join(file, 'lock')}`);
  });
});

describe('a race', () => {
  test.each(['a stale lock', 'a free lock', 'no lock yet'])(
    'of eight processes for %s has one winner',
    async (state) => {
      for (let round = 0; round < 3; round++) {
        const path =
          state === 'no lock yet' ? newPath() : await leave(state === 'a free lock' ? '' : '{"v":1,"pid":-5}');
        const racers = Array.from({ length: 8 }, () => contender(path));
        try {
          await Promise.all(racers.map((one) => one.line()));
          for (const one of racers) one.go();
          const said = await Promise.all(racers.map((one) => one.line()));
          const winner = racers[said.indexOf('{}')];
          const others = said.filter((line) => line !== '{}');
          expect(others).toEqual(Array(7).fill(JSON.stringify({ heldBy: winner?.pid })));
        } finally {
          await Promise.all(racers.map((one) => one.kill()));
        }
      }
    },
    60_000,
  );

  test('is not won by a slow one whose number was used and cleared away meanwhile', async () => {
    const path = newPath();
    await mkdir(path, { recursive: true });
    // A pipe for a lock: who reads it has already listed the folder, and goes on when we close our end.
    await promisify(execFile)('mkfifo', [join(path, '000000000007')]);
    const slow = acquireLock(path);
    const pipe = await open(join(path, '000000000007'), 'w');
    await writeFile(join(path, '000000000009'), JSON.stringify({ v: 1, pid: process.pid }));
    await pipe.close();
    expect(await slow).toEqual({ heldBy: process.pid });
    expect(await readdir(path)).not.toContain('000000000008');
  });

  test('of many within one process has one winner each time it is free', async () => {
    const path = newPath();
    for (let round = 0; round < 10; round++) {
      const locks = await Promise.all(Array.from({ length: 12 }, () => acquireLock(path)));
      const winners = locks.filter((lock) => 'release' in lock);
      expect(winners).toHaveLength(1);
      await Promise.all(winners.map(release));
    }
  });
});
