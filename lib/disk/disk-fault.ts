/** `ENOENT` and the like; empty for an error that has none. */
export const codeOf = (error: unknown): string => {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : '';
};

/** undefined where the call failed with one of `codes`, which are answers and not faults. */
export async function unlessCode<T>(codes: readonly string[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** What Node says about a file, as what is wrong and what to do; undefined: the code says nothing that we know. */
export const diskAdvice = (error: unknown): string | undefined =>
  ((error as NodeJS.ErrnoException | undefined)?.syscall === 'link' ? linkAdvice[codeOf(error)] : undefined) ??
  advice[codeOf(error)];

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
  EFBIG: 'the file would be larger than this process may write: raise the limit (ulimit -f)',
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
