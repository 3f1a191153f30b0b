import type { WriteStream } from 'node:tty';
import { coloursFor } from './colours.ts';

const quietMs = 1_000;
const barWidth = 24;

type Progress = {
  /** `total` unknown: a count without a bar. */
  update(done: number, total?: number): void;
  /** Takes the bar away, writes, and lets it come back with the next update. */
  aside(write: () => void): void;
  end(): void;
};

/** How far something has come, on a terminal's standard error, once it has taken a second. Elsewhere nothing. */
export function createProgress(
  label: string,
  {
    stream = process.stderr,
    now = Date.now,
  }: { stream?: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>; now?: () => number } = {},
): Progress {
  const began = now();
  const paint = coloursFor(stream);
  let shown = false;
  const clear = () => {
    if (shown) stream.write('\r\u001b[2K');
    shown = false;
  };
  return {
    update(done, total) {
      if (stream.isTTY !== true || now() - began < quietMs) return;
      clear();
      const part = total ? Math.min(1, done / total) : 0;
      const full = Math.round(part * barWidth);
      const bar = total ? `${paint.cyan('█'.repeat(full))}${paint.dim('░'.repeat(barWidth - full))} ` : '';
      const count = total ? `${done} of ${total}` : String(done);
      // A line that wraps could not be taken away again.
      const fits = (stream.columns ?? 80) > label.length + count.length + barWidth + 3;
      stream.write(`${label} ${fits ? bar : ''}${count}`);
      shown = true;
    },
    aside(write) {
      clear();
      write();
    },
    end: clear,
  };
}
