import { existsSync, readFileSync } from 'node:fs';
import { parseConfig } from '../config.ts';
import type { Config } from '../core/config.ts';
import type { Fault } from '../core/fault.ts';
import type { Kinds } from './destination-schema.ts';

/** The configuration in a file, or every fault; a file that is not there or cannot be read is one. */
export function readConfigFile(
  file: string,
  kinds: Kinds,
): { readonly config: Config } | { readonly faults: readonly Fault[] } {
  const fault = (message: string) => ({ faults: [{ path: '', message }] });
  if (!existsSync(file)) return fault('there is no such file');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    // What PowerShell's > writes, and what an old editor writes in Chinese.
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return fault('it is not UTF-8: save it in that encoding');
    return fault(
      code === 'EISDIR' ? 'it is a folder, not a file' : `it cannot be read (${code}): check its owner and mode`,
    );
  }
  return parseConfig(text, { kinds, file });
}
