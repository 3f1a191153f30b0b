import type { ChannelKind } from '../../../lib/channels/channel.ts';
import { type Config, styleOf } from '../../../lib/core/config.ts';
import { type Event, isPlanEvent } from '../../../lib/core/event.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import type { MessageView } from './view.ts';

export type Kinds = Readonly<Record<string, ChannelKind>>;

type Told = {
  readonly id: string;
  readonly destination: string;
  readonly time: string;
  readonly events: readonly Event[];
};

/**
 * A delivery as its destination gets it at the first try: that a later one said "may be a repeat" is written nowhere.
 * One that cannot be drawn says so, and does not take the page away from the others.
 */
export function drawMessage(
  { id, destination, time, events }: Told,
  config: Config,
  kinds: Kinds,
): Omit<MessageView, 'state'> {
  const kind = config.destinations[destination]?.kind;
  const about = {
    id,
    destination,
    time,
    ...(kind !== undefined && { kind }),
    events: events.map((event) => ({
      id: event.id,
      type: event.type,
      ...(isPlanEvent(event) && { plan: event.plan.id }),
    })),
  };
  try {
    const mention = [...new Set(events.flatMap((event) => mentionsFor(event, destination, config.routes)))];
    const message = composeMessage({ id, events, mention }, styleOf(config, destination));
    const { tone, icon, title } = message;
    const payload = kinds[kind ?? '']?.render(message, { plain: false });
    const fault = `The configuration has no ${kind === undefined ? 'such destination' : `kind "${kind}"`} any more.`;
    return { ...about, tone, icon, title, ...(payload === undefined ? { fault } : { payload }) };
  } catch (error) {
    const fault = `It cannot be drawn: ${(error as Error).message}`;
    return { ...about, tone: 'neutral', icon: 'ℹ️', title: id, fault };
  }
}
