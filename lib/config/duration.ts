import { maxGiveUpAfterMs } from '../core/config.ts';

export const durationPattern = /^[1-9][0-9]{0,5}[mhd]$/;

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90m`, `72h`, `3d` → ms; NaN for anything else. */
export const durationMs = (text: string): number =>
  durationPattern.test(text) ? Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] ?? Number.NaN) : Number.NaN;

export function durationFault(text: string): string | undefined {
  const ms = durationMs(text);
  if (Number.isNaN(ms)) return 'is not a duration: write minutes, hours or days, such as 90m, 72h or 3d';
  return ms > maxGiveUpAfterMs ? 'is too long: at most 12d, since the queue forgets after 14' : undefined;
}
