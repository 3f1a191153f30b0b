import type { ChannelKind } from '../../../lib/channels/channel.ts';
import type { Config } from '../../../lib/core/config.ts';
import type { Event } from '../../../lib/core/event.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import { inboxLooksLike } from './kind.ts';
import { composeIn, languages } from './languages.ts';
import { requestHeaders } from './request-headers.ts';
import type { Preview, Rendering } from './view.ts';

export type Kinds = Readonly<Record<string, ChannelKind>>;

type Told = { readonly id: string; readonly time: string; readonly events: readonly Event[] };

type Case = { readonly kind: string; readonly destination?: string };

/**
 * What each kind of chat gets of one event or digest, at the first try: that a later one said "may be a repeat" is
 * written nowhere. One that cannot be drawn says so, and does not take the others away.
 */
export async function previewOf(
  { id, time, events }: Told,
  language: string,
  { destinations, routes }: Pick<Config, 'destinations' | 'routes'>,
  kinds: Kinds,
): Promise<Preview> {
  const messageFor = (destination: string | undefined) => {
    const mention = destination === undefined ? [] : events.flatMap((event) => mentionsFor(event, destination, routes));
    return composeIn(language, { id, events, mention: [...new Set(mention)] });
  };

  async function draw({ kind, destination }: Case): Promise<Rendering> {
    const about = { kind, destinations: destination === undefined ? [] : [destination] };
    const drawing = kinds[kind];
    if (!drawing) return { ...about, fault: `This planwatch has no kind "${kind}".` };
    try {
      const message = messageFor(destination);
      const headers = await requestHeaders(kind, drawing, destinations[destination ?? ''], message, time);
      return { ...about, payload: drawing.render(message, { plain: false }), ...(headers && { headers }) };
    } catch (error) {
      return { ...about, fault: `It cannot be drawn: ${(error as Error).message}` };
    }
  }

  const used = Object.entries(destinations).map(
    ([destination, { kind }]): Case => ({ kind: looksOf(kind), destination }),
  );
  const unused = Object.keys(kinds).filter((kind) => looksOf(kind) === kind && !used.some((one) => one.kind === kind));
  const cases = [...used, ...unused.map((kind): Case => ({ kind }))];
  return {
    id,
    time,
    title: messageFor(undefined).title,
    events: events.map((event) => event.id),
    language,
    languages,
    renderings: together(await Promise.all(cases.map(draw))),
  };
}

const looksOf = (kind: string): string => (kind === 'inbox' ? inboxLooksLike : kind);

/** Destinations that get exactly the same are one. */
function together(renderings: readonly Rendering[]): readonly Rendering[] {
  const same = Map.groupBy(renderings, ({ destinations: _, ...rest }) => JSON.stringify(rest));
  const merged = [...same.values()].map((alike) => ({
    ...(alike[0] as Rendering),
    destinations: alike.flatMap(({ destinations }) => destinations),
  }));
  // One kind beside the other, in the order in which the first of each came.
  return [...Map.groupBy(merged, ({ kind }) => kind).values()].flat();
}
