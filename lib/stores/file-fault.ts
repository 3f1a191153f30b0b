import { relative } from 'node:path';
import { StoreError } from '../core/store-error.ts';
import { codeOf, diskAdvice } from '../disk/disk-fault.ts';

/** What Node says about a file, as what to do about it. Places are told from the state folder on, not from the disk's root. */
export function fileFault(call: string, key: string, root: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { path } = cause as NodeJS.ErrnoException;
  const what = diskAdvice(cause) ?? 'the file system refused; look the code up';
  const place = path === undefined ? '' : ` at ${relative(root, path) || 'the state folder itself'}`;
  return new StoreError(call, key, `${codeOf(cause) || 'unknown error'}${place}: ${what}`, { cause });
}
