import type { ChannelKind } from '../../../lib/channels/channel.ts';
import { stylesOf } from '../../../lib/config/telling-style.ts';
import { type Config, styleOf, type TellingStyle, tellingStyles } from '../../../lib/core/config.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import { type Language, languages } from '../../../lib/core/words.ts';
import type { Ledger } from '../../../lib/ledger/ledger.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { unnamed } from '../preview/rehearsal.ts';
import { requestsOf } from '../preview/requests.ts';
import { exampleOf, previewSettings } from '../preview/settings.ts';
import { asIf, asItStands, type Told, toldAt } from './conversation.ts';
import type { FoundEvents } from './events.ts';
import { inboxLooksLike } from './kind.ts';
import type { PlaceView, Preview, Rendering } from './view.ts';

type Case = { readonly kind: string; readonly destination?: string };

/** Absent: each destination in its own. */
type Asked = { readonly language?: Language; readonly style?: TellingStyle };

export function languageOf(asked: string | null): Asked {
  const language = languages.find((one) => one === asked);
  return language ? { language } : {};
}

export function styleAsked(asked: string | null): Asked {
  const style = tellingStyles.find((one) => one === asked);
  return style ? { style } : {};
}

type Deps = { readonly config: Config; readonly kinds: ChannelKinds; readonly ledger: Ledger };

/**
 * What each kind of chat gets of one event or digest, at the first try: that a later one said "may be a repeat" is
 * written nowhere. One that cannot be drawn says so, and does not take the others away.
 */
export async function previewOf(found: FoundEvents, asked: Asked, deps: Deps): Promise<Preview> {
  const { id, time, events, story } = found;
  const { config, kinds, ledger } = deps;
  const messageFor = (destination = '') => {
    const mention = events.flatMap((event) => mentionsFor(event, destination, config.routes));
    const style = { ...styleOf(config, destination), ...(asked.language && { language: asked.language }) };
    return composeMessage(
      { id, ...(destination && { to: destination }), events, mention: [...new Set(mention)] },
      style,
    );
  };
  const names = Object.keys(config.destinations);
  const told = new Map<string, Told | Error | undefined>();
  for (const name of names) {
    // What is remembered of one destination and cannot be read is that one's fault.
    told.set(name, await toldAt(ledger, name, story, config.routes).catch((error: Error) => error));
  }

  async function draw({ kind, destination }: Case): Promise<Rendering> {
    const { language } = messageFor(destination);
    const drawing = kinds[kind];
    const styles = drawing ? stylesOf(drawing) : (['each'] as const);
    const own = config.destinations[destination ?? '']?.style ?? 'each';
    const wanted = story.length > 0 ? (asked.style ?? own) : 'each';
    const style = styles.includes(wanted) ? wanted : 'each';
    const about = {
      kind,
      language,
      destinations: destination === undefined ? [] : [destination],
      style,
      styles,
    };
    if (!drawing) return { ...about, fault: `This planwatch has no kind "${kind}".` };
    try {
      if (style === 'each') return { ...about, ...(await wireOf(drawing, destination)) };
      return { ...about, ...(await talkOf(drawing, style, destination)) };
    } catch (error) {
      return { ...about, fault: `It cannot be drawn: ${(error as Error).message}` };
    }
  }

  /** The request that its own channel would make; where it makes none, as with settings that are wrong, what it draws. */
  async function wireOf(kind: ChannelKind, destination: string | undefined): Promise<Partial<Rendering>> {
    const message = messageFor(destination);
    const settings = await settingsOf(kind, destination);
    const [request] = (await requestsOf(kind, settings, message, () => new Date(time))).requests;
    if (!request) return { payload: kind.render(message, { plain: false }) };
    return { payload: bodyOf(request.body), headers: withoutSignature(request.headers) };
  }

  /** The plan's message or thread: as it stands where it was told so, else as it would be. */
  async function talkOf(kind: ChannelKind, style: TellingStyle, destination = unnamed): Promise<Partial<Rendering>> {
    const { language } = messageFor(destination);
    const configured = config.destinations[destination];
    const destinations = { [destination]: { ...(configured ?? { kind: '' }), language } };
    const settings = await settingsOf(kind, configured && destination, style);
    const stage = { kind, settings, style, destination, routing: { ...config, destinations } };
    const there = told.get(destination);
    if (there instanceof Error) throw there;
    if (there && configured?.style === style) {
      const standing = await asItStands(stage, there);
      if (standing) return { ...standing, stands: true };
    }
    return asIf(stage, story, configured === undefined);
  }

  async function settingsOf(kind: ChannelKind, destination: string | undefined, style?: TellingStyle) {
    const configured = config.destinations[destination ?? ''];
    if (!configured) return exampleOf(kind, style);
    return previewSettings(kind, { ...configured, ...(style && { style }) }, config.sources);
  }

  const used = Object.entries(config.destinations).map(
    ([destination, { kind }]): Case => ({ kind: looksOf(kind), destination }),
  );
  const unused = Object.keys(kinds).filter((kind) => looksOf(kind) === kind && !used.some((one) => one.kind === kind));
  const cases = [...used, ...unused.map((kind): Case => ({ kind }))];
  return {
    id,
    time,
    title: messageFor().title,
    events: events.map((event) => event.id),
    languages: languages.map((language) => ({ id: language, name: nameOf(language) })),
    styles: story.length > 0 ? tellingStyles : [],
    places: names.flatMap((destination) => placeOf(destination, id, told.get(destination))),
    renderings: together(await Promise.all(cases.map(draw))),
  };
}

function placeOf(destination: string, id: string, told: Told | Error | undefined): readonly PlaceView[] {
  const place = told instanceof Error ? undefined : told?.events.find(({ event }) => event.id === id)?.place;
  if (!place) return [];
  const { how, rang, opener } = place;
  return [{ destination, how, rang, ...(opener && { opener: { id: opener.id, time: opener.time } }) }];
}

const looksOf = (kind: string): string => (kind === 'inbox' ? inboxLooksLike : kind);

/** A language in its own words. */
const nameOf = (language: Language): string =>
  new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;

function bodyOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** The key that a preview has is an example, so its signature would only mislead. */
const withoutSignature = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  'webhook-signature' in headers ? { ...headers, 'webhook-signature': 'v1,… (made with your secret)' } : headers;

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
