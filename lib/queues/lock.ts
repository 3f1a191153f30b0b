import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../core/plan.ts';
import { codeOf, unlessCode } from '../disk/disk-fault.ts';
import { queueFault } from './queue-fault.ts';

export type Lock = { release(): Promise<void> } | { readonly heldBy: number };

/**
 * Takes an exclusive lock for this process, or says which process (its pid) holds it. A lock whose owner is dead, or that
 * cannot be read, is taken over.
 *
 * `path` is a folder of numbered files; the owner is whoever the highest one names. Taking over means to create the next
 * number, which the file system grants to one process only, and the highest file is never removed. A plain lock file
 * cannot do that: between "this lock is stale" and "remove it", somebody else may have replaced it with a live one.
 */
export async function acquireLock(path: string): Promise<Lock> {
  const mine = JSON.stringify({ v: 1, pid: process.pid, started: await startOf(process.pid) });
  const temp = join(path, `${randomUUID()}.temp`);
  try {
    await mkdir(path, { recursive: true });
    for (;;) {
      const highest = await highestNumber(path);
      if (highest > 0) {
        const text = await textOf(join(path, numbered(highest)));
        if (text === undefined) continue; // somebody took over just now
        const owner = await liveOwner(text);
        if (owner !== undefined) return { heldBy: owner };
      }
      const next = join(path, numbered(highest + 1));
      // A link is there with its whole content or not at all: an empty lock would look stale while its owner still writes.
      await writeFile(temp, mine);
      if (!(await created(temp, next))) continue;
      // Slow ones may create a number that was used up and cleared away long ago; then a higher one is there.
      if ((await highestNumber(path)) > highest + 1) {
        await rm(next, { force: true });
        continue;
      }
      await clearBelow(path, highest + 1);
      return { release: () => release(next) };
    }
  } catch (error) {
    throw queueFault(`take the lock ${path}`, error);
  } finally {
    await rm(temp, { force: true }).catch(() => undefined);
  }
}

/** Emptied, not removed: the highest number has to stay. */
async function release(file: string): Promise<void> {
  await unlessCode(['ENOENT'], truncate(file));
}

async function created(temp: string, file: string): Promise<boolean> {
  // Missing: the new owner swept our temporary file away with the old ones.
  const linked = link(temp, file).then(() => true);
  return (await unlessCode(['EEXIST', 'ENOENT'], linked)) ?? false;
}

const numbered = (number: number): string => String(number).padStart(12, '0');

async function highestNumber(path: string): Promise<number> {
  const names = await readdir(path);
  return Math.max(0, ...names.filter((name) => /^\d{12}$/.test(name)).map(Number));
}

async function clearBelow(path: string, number: number): Promise<void> {
  const old = (await readdir(path)).filter((name) => name < numbered(number) || name.endsWith('.temp'));
  await Promise.all(old.map((name) => rm(join(path, name), { force: true })));
}

const textOf = (file: string): Promise<string | undefined> => unlessCode(['ENOENT'], readFile(file, 'utf8'));

/** The pid in a lock, if the process that wrote it still lives. */
async function liveOwner(text: string): Promise<number | undefined> {
  const { pid, started } = parse(text);
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  const now = await startOf(pid);
  if (now === 'gone') return undefined;
  // Without /proc a reused pid cannot be told from the owner; then better no second owner than two.
  return typeof started !== 'string' || now === undefined || now === started ? pid : undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another user.
    return codeOf(error) === 'EPERM';
  }
}

/**
 * What tells a process from a later one with the same pid: boot and start time, or `gone` for one that is dead and only not
 * yet reaped (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). undefined where there is no /proc.
 */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in brackets, and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' ? 'gone' : `${boot.trim()} ${started}`;
  } catch {
    return undefined;
  }
}
