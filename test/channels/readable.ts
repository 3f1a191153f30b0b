import { outlineOf } from '../../lib/channels/outline.ts';
import type { Message } from '../../lib/core/message.ts';

/** What people must be able to read of a message where nothing is cut, apart from its id: whole lines of it. */
export function readable(message: Message, plain: boolean): string[] {
  if (plain) return message.text.split('\n').slice(0, -1);
  const { headline, lines, facts, notes } = outlineOf(message);
  return [headline, ...lines, ...facts, ...notes];
}
