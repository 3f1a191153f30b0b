import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { type Config, type Style, type TellingStyle, tellingStyles } from '../../../lib/core/config.ts';
import { isPlanEvent, type PlanEvent } from '../../../lib/core/event.ts';
import { type Deed, rehearse, unnamed } from './rehearsal.ts';
import type { SentRequest } from './requests.ts';
import type { Telling } from './telling-events.ts';

export type LifeStyle = Exclude<TellingStyle, 'each'>;

export const lifeStyles = tellingStyles.filter((style) => style !== 'each');

export type LifeTarget = {
  readonly kind: ChannelKind;
  readonly settings: Settings;
  /** Absent: a kind for itself, whose routes call nobody. */
  readonly destination?: string;
  readonly reader: Style;
};

/** What is done in the chat at one moment of a plan's life. */
export type Moment = {
  /** The telling's name. */
  readonly event: string;
  readonly does: readonly ('posts' | 'edits' | 'answers' | 'rings')[];
  readonly requests: readonly SentRequest[];
};

export type PreviewedLife = {
  readonly moments: readonly Moment[];
  /** The plan's message as it is at last, or the one that opened its thread, in plain text. */
  readonly text: string;
  readonly fault?: string;
};

/** A plan's life as one destination would be told it. */
export async function previewLife(
  { kind, settings, destination = unnamed, reader }: LifeTarget,
  style: LifeStyle,
  tellings: readonly Telling[],
  routes: Config['routes'],
): Promise<PreviewedLife> {
  const routing = { ...reader, routes, notices: [], destinations: {} };
  const moments = momentsOf(tellings);
  const { deeds, fault } = await rehearse({ kind, settings, style, destination, routing }, moments);
  const edits = deeds.filter(({ what }) => what === 'edit');
  return {
    text: (edits.at(-1) ?? deeds[0])?.message.text ?? '',
    moments: moments.map(({ name, event }) => {
      const done = deeds.filter((deed) => deed.event === event);
      return { event: name, does: done.map(wordOf), requests: done.flatMap(({ requests }) => requests) };
    }),
    ...(fault !== undefined && { fault }),
  };
}

const wordOf = ({ what, rings }: Deed) =>
  what === 'post' ? 'posts' : what === 'edit' ? 'edits' : rings ? 'rings' : 'answers';

type Named = { readonly name: string; readonly event: PlanEvent };

/** Of the plan that the last one is about: a name can be that of several. */
function momentsOf(tellings: readonly Telling[]): readonly Named[] {
  const named = tellings.flatMap(({ name, events }) => events.filter(isPlanEvent).map((event) => ({ name, event })));
  const last = named.at(-1)?.event;
  return named.filter(({ event }) => event.source === last?.source && event.plan.id === last.plan.id);
}
