import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StoreError } from '../core/store-error.ts';
import { unlessCode } from '../disk/disk-fault.ts';
import { staleAfterMs, sweep, syncFolder, writeDurably } from '../disk/durable-file.ts';
import type { ObjectStore } from '../ports.ts';
import { fileFault } from './file-fault.ts';
import { checkBody, checkKey, checkPrefix, decodeText, isSegment } from './text.ts';

// `~` occurs in no key, so a half-written file can neither be listed nor stand in an object's way.
const temporary = /^~.*\.tmp$/;

/**
 * Objects as files under `root`; any number of processes may share it. What returned is on the disk (fsync of the file
 * and of the folder that names it), and no reader ever sees half a body. A key cannot also be another key's folder.
 */
export function createFileStore(root: string): ObjectStore {
  const home = resolve(root);
  const pathOf = (key: string) => join(home, ...key.split('/'));
  const durable = new Set<string>();
  const swept = new Set<string>();

  async function attempt<T>(call: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw fileFault(call, key, home, error);
    }
  }

  async function ensureFolder(folder: string): Promise<void> {
    const made = await mkdir(folder, { recursive: true });
    if (made === undefined && durable.has(folder)) return;
    // A name is only safe once its folder is, and so on upwards; one that another process just made may not be yet.
    const top = made !== undefined && made.length < home.length ? made : home;
    for (let at = folder; at.length >= top.length; at = dirname(at)) await syncFolder(dirname(at));
    durable.add(folder);
  }

  /** Writes `body` to a file beside `target`, and once it is safe on the disk has `publish` give it its name. */
  async function write<T>(target: string, body: string, publish: (path: string) => Promise<T>): Promise<T> {
    const folder = dirname(target);
    await ensureFolder(folder);
    const path = join(folder, `~${randomUUID()}.tmp`);
    try {
      const writtenMs = await writeDurably(path, body);
      if (!swept.has(folder)) {
        swept.add(folder);
        await sweep(folder, writtenMs - staleAfterMs, (name) => temporary.test(name));
      }
      const result = await publish(path);
      await syncFolder(folder);
      return result;
    } finally {
      await rm(path, { force: true });
    }
  }

  return {
    async get(key) {
      checkKey('get', key);
      const bytes = await attempt('get', key, () => unlessCode(['ENOENT', ...aFolder], readFile(pathOf(key))));
      return bytes && decodeText('get', key, bytes);
    },

    async put(key, body) {
      checkKey('put', key);
      checkBody('put', key, body);
      const target = pathOf(key);
      await attempt('put', key, () => write(target, body, (path) => rename(path, target)));
    },

    async create(key, body) {
      checkKey('create', key);
      checkBody('create', key, body);
      const target = pathOf(key);
      return attempt('create', key, () => write(target, body, (path) => claim(path, target, body, key)));
    },

    async remove(key) {
      checkKey('remove', key);
      const path = pathOf(key);
      await attempt('remove', key, async () => {
        const removed = await unlessCode(
          ['ENOENT', ...aFolder],
          unlink(path).then(() => true),
        );
        if (removed) await syncFolder(dirname(path));
      });
    },

    async *list(prefix) {
      checkPrefix(prefix);
      const slash = prefix.lastIndexOf('/') + 1;
      try {
        yield* walk(join(home, prefix.slice(0, slash)), prefix.slice(0, slash), prefix.slice(slash));
      } catch (error) {
        throw fileFault('list', prefix, home, error);
      }
    },
  };
}

/**
 * Gives a finished file its name unless that is taken; true: the name now holds `body`.
 * Not rename (it overwrites) and not an exclusive open (it shows an empty file first): link(2) does neither.
 */
async function claim(path: string, target: string, body: string, key: string): Promise<boolean> {
  for (let tries = 0; tries < 5; tries++) {
    if (
      await unlessCode(
        ['EEXIST'],
        link(path, target).then(() => true),
      )
    )
      return true;
    const there = await unlessCode(['ENOENT'], readFile(target));
    if (there) return there.equals(Buffer.from(body));
    // Removed between the two calls: the name is free again.
  }
  throw new StoreError(
    'create',
    key,
    'the name is taken, yet nothing can be read there: if it is a dangling link, remove it',
  );
}

/** All keys below a folder whose first segment starts with `opening`, ascending by the whole key. */
async function* walk(folder: string, prefix: string, opening = ''): AsyncGenerator<string> {
  const names: string[] = [];
  for (const entry of (await unlessCode(['ENOENT'], readdir(folder, { withFileTypes: true }))) ?? []) {
    if (!isSegment(entry.name) || !entry.name.startsWith(opening)) continue;
    const target = entry.isSymbolicLink() ? await unlessCode(['ENOENT'], stat(join(folder, entry.name))) : entry;
    // With its slash a folder sorts where its keys belong: `a-b` comes before `a/1`, and `a0` after.
    if (target) names.push(target.isDirectory() ? `${entry.name}/` : entry.name);
  }
  for (const name of names.sort()) {
    if (name.endsWith('/')) yield* walk(join(folder, name), prefix + name);
    else yield prefix + name;
  }
}

// A folder of that name holds other keys, so there is no such object. (unlink on macOS says EPERM, which stays an error.)
const aFolder = ['EISDIR'];
