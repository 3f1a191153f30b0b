import { chaosNames, chaosOf } from '../sample/chaos.ts';
import type { Terminal } from '../terminal.ts';

/** `start --chaos list`: every bad answer that there is; with --json one `{chaos, says, of}` a line. */
export function chaosList(terminal: Terminal): void {
  for (const name of chaosNames) {
    const { says, of } = chaosOf(name);
    terminal.json({ chaos: name, says, of });
    terminal.say(`${name.padEnd(22)}${says}`);
  }
}
