import { codeOf, diskAdvice } from '../disk/disk-fault.ts';

/** An error that says what could not be done, why, and what to do. */
export function queueFault(doing: string, error: unknown): Error {
  const code = codeOf(error);
  const why = diskAdvice(error) ?? (error instanceof Error ? error.message : String(error));
  return new Error(`Cannot ${doing}: ${why}${code && ` (${code})`}.`, { cause: error });
}
