import { InvalidArgumentError } from 'commander';
import { type ChaosName, isChaosName } from './sample/chaos.ts';
import { printable } from './terminal.ts';

/** How the command line's options are read. Each throws InvalidArgumentError, which says what it takes. */

export const list = (text: string): string[] => text.split(',').map((item) => item.trim());

/** `list` asks which there are. */
export function chaosNames(text: string): 'list' | ChaosName[] {
  if (text === 'list') return text;
  return list(text).map((name) => {
    if (isChaosName(name)) return name;
    throw new InvalidArgumentError(`"${printable(name)}" is none of them; --chaos list shows them all.`);
  });
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** `30s`, `5m`, `1h` → ms. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  const ms = Number(amount) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''] ?? 0);
  if (!(ms >= 1_000)) throw new InvalidArgumentError('It must be a time such as 30s, 5m or 1h.');
  return ms;
}
