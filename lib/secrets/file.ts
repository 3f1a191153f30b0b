import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** No key, token or address is that long; a certificate chain is not either. */
const mostBytes = 64 * 1024;

/**
 * The text of a file that holds a secret; what is wrong with another one is told by `code`, as the file system does.
 *
 * A reference may lead anywhere. Opening a pipe that nobody writes to would hold one of Node's four threads for files and
 * names for ever, and a device or a disk image would be read until the memory is full.
 */
export async function readSecretFile(path: string): Promise<string> {
  // Windows has no such flag, and no such pipes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const state = await file.stat();
    if (state.isDirectory()) throw faultOf('EISDIR');
    if (!state.isFile()) throw faultOf('EFTYPE');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
    if (bytesRead > mostBytes) throw faultOf('EFBIG');
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const faultOf = (code: string): Error => Object.assign(new Error(code), { code });
