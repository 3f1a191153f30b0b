import { execFile } from 'node:child_process';
import { appendFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const shim = fileURLToPath(new URL('./full-disk-shim.cjs', import.meta.url));

export type SmallDisk = {
  /** A folder on it. */
  readonly folder: string;
  /** `leave`: so many pages (4 kB, a small file each) stay free, where the disk is a real one. */
  readonly fill: (leave?: number) => void;
  readonly free: () => void;
  /** What a process needs so that its disk is this one. */
  readonly preload?: string;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** A real disk of one megabyte where this user may mount one (root may), otherwise writes that fail as if on a full one. */
export async function createSmallDisk(): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'planwatch-small-disk-'));
  const ballast = join(folder, 'ballast');
  const free = () => rmSync(ballast, { force: true });
  const mount = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder];
  const isMounted = await run('mount', mount).then(
    () => true,
    () => false,
  );
  const close = async () => {
    if (isMounted) await run('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  };
  if (isMounted) return { folder, fill: (leave = 0) => fillUp(folder, ballast, leave), free, env: {}, close };

  process.stderr.write('full disk: no right to mount a small one here, so writes are made to fail instead\n');
  const fill = () => writeFileSync(ballast, '');
  return { folder, fill, free, preload: shim, env: { FULL_DISK_FLAG: ballast }, close };
}

function fillUp(folder: string, ballast: string, leave: number): void {
  for (;;) {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail <= leave) return;
    appendFileSync(ballast, Buffer.alloc((bavail - leave) * bsize));
  }
}
