import { open } from 'node:fs/promises';
import { isRecord } from '../core/plan.ts';

/** Creates the file, and returns when the disk has it. */
export async function writeDurably(path: string, body: string): Promise<void> {
  await using file = await open(path, 'wx');
  await file.writeFile(body);
  await file.sync();
}

/** Makes renames outlive a power cut. Windows cannot open a folder, and needs it less. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch((error: unknown) => {
    if (process.platform === 'win32') return undefined;
    throw error;
  });
  try {
    await folder?.sync();
  } finally {
    await folder?.close();
  }
}

/** `ENOENT` and the like; empty for an error that has none. */
export const codeOf = (error: unknown): string =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the disk quota is used up; free some space',
  EFBIG: 'the file would be larger than this process may write',
  EROFS: 'the file system is read-only',
  EACCES: 'this user has no right to; check owner and mode of the folder',
  EPERM: 'this user has no right to; check owner and mode of the folder',
  ENOTDIR: 'a file is where a folder should be',
  EMFILE: 'this process has too many files open',
};

/** An error that says what could not be done, why, and what to do. */
export function diskFault(doing: string, error: unknown): Error {
  const code = codeOf(error);
  const why = remedies[code] ?? (error instanceof Error ? error.message : String(error));
  return new Error(`Cannot ${doing}: ${why}${code && ` (${code})`}.`, { cause: error });
}
