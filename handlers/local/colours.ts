import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

/**
 * Colours where a person looks at a terminal, and nowhere else. picocolors alone would also colour a pipe when CI is set.
 * https://no-color.org
 */
export const coloursFor = (stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env) =>
  pc.createColors(
    !env['NO_COLOR'] && (Boolean(env['FORCE_COLOR']) || (stream.isTTY === true && env['TERM'] !== 'dumb')),
  );

export const colours = coloursFor(process.stdout);
