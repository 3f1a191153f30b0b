import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessCode } from './disk-fault.ts';

/** Whatever is half written for so long was left by a process that was killed. */
export const staleAfterMs = 3_600_000;

/** Creates the file, and returns once the disk has it: ms since 1970 at which it was written, by the clock of its file system. */
export async function writeDurably(path: string, body: string): Promise<number> {
  await using file = await open(path, 'wx');
  await file.writeFile(body);
  await file.sync();
  return (await file.stat()).mtimeMs;
}

// Windows and some network mounts cannot sync a folder, and there is nothing else to be done about it there.
const cannotSync = ['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES'];

/** Makes what was named, renamed or removed in a folder outlive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await unlessCode(cannotSync, open(path, 'r'));
  try {
    if (folder) await unlessCode(cannotSync, folder.sync());
  } finally {
    await folder?.close();
  }
}

/** Removes what killed processes left in a folder, if it was written before `beforeMs`. Best effort: it costs space and nothing else. */
export async function sweep(folder: string, beforeMs: number, isTemporary: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isTemporary(name)) continue;
    const path = join(folder, name);
    const file = await stat(path).catch(() => undefined);
    if (file && file.mtimeMs < beforeMs) await rm(path, { force: true }).catch(() => undefined);
  }
}
