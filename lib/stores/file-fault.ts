import { relative } from 'node:path';
import { StoreError } from './store-error.ts';

const noAccess = 'this user may not: give it read and write access to the state folder (PLANWATCH_HOME)';
const inTheWay = 'a file stands where a folder belongs, or a folder where a file belongs: move it away';
const tooMany = 'too many files are open at once: raise the limit (ulimit -n)';
const noLinks =
  'this file system has no hard links, which a safe create needs: put the state (PLANWATCH_HOME) on a local disk';
const full = 'the disk is full: free some space; what was there before is untouched';

const advice: Readonly<Record<string, string>> = {
  EACCES: noAccess,
  EPERM: noAccess,
  EROFS: 'the file system is read-only: point PLANWATCH_HOME at a folder that can be written',
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: inTheWay,
  EISDIR: inTheWay,
  EEXIST: inTheWay,
  ENOTEMPTY: inTheWay,
  EMFILE: tooMany,
  ENFILE: tooMany,
  ENAMETOOLONG: 'the name is too long for this file system: shorten the source and destination names',
  ENOENT: 'the folder went away while it was written to: leave the state folder alone while planwatch runs',
  EIO: 'the disk reports an error: check it, and move the state (PLANWATCH_HOME) to a sound one',
};

// What a file system without hard links answers to link(2), https://man7.org/linux/man-pages/man2/link.2.html
const linkAdvice: Readonly<Record<string, string>> = {
  EPERM: noLinks,
  ENOTSUP: noLinks,
  EOPNOTSUPP: noLinks,
  ENOSYS: noLinks,
  EMLINK: noLinks,
};

/** What Node says about a file, as what to do about it. Places are told from the state folder on, not from the disk's root. */
export function fileFault(call: string, key: string, root: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = codeOf(cause);
  const { syscall, path } = cause as NodeJS.ErrnoException;
  const what =
    (syscall === 'link' ? linkAdvice[code] : undefined) ?? advice[code] ?? 'the file system refused; look the code up';
  const place = path === undefined ? '' : ` at ${relative(root, path) || 'the state folder itself'}`;
  return new StoreError(call, key, `${code}${place}: ${what}`, { cause });
}

export const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error';
