import type { ChannelKind } from '../../../lib/channels/channel.ts';
import { type Config, styleOf } from '../../../lib/core/config.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import { type Language, languages } from '../../../lib/core/words.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { requestsOf } from '../preview/requests.ts';
import { previewSettings } from '../preview/settings.ts';
import type { FoundEvents } from './events.ts';
import { inboxLooksLike } from './kind.ts';
import type { Preview, Rendering } from './view.ts';

type Case = { readonly kind: string; readonly destination?: string };

/** undefined: each destination in its own. */
export const languageOf = (asked: string | null): Language | undefined => languages.find((one) => one === asked);

/**
 * What each kind of chat gets of one event or digest, at the first try: that a later one said "may be a repeat" is
 * written nowhere. One that cannot be drawn says so, and does not take the others away.
 */
export async function previewOf(
  { id, time, events }: FoundEvents,
  asked: Language | undefined,
  config: Config,
  kinds: ChannelKinds,
): Promise<Preview> {
  const messageFor = (destination = '') => {
    const mention = events.flatMap((event) => mentionsFor(event, destination, config.routes));
    const style = { ...styleOf(config, destination), ...(asked !== undefined && { language: asked }) };
    return composeMessage({ id, events, mention: [...new Set(mention)] }, style);
  };

  async function draw({ kind, destination }: Case): Promise<Rendering> {
    const { language } = messageFor(destination);
    const about = { kind, language, destinations: destination === undefined ? [] : [destination] };
    const drawing = kinds[kind];
    if (!drawing) return { ...about, fault: `This planwatch has no kind "${kind}".` };
    try {
      return { ...about, ...(await wireOf(drawing, destination)) };
    } catch (error) {
      return { ...about, fault: `It cannot be drawn: ${(error as Error).message}` };
    }
  }

  /** The request that its own channel would make; where it makes none, as with settings that are wrong, what it draws. */
  async function wireOf(kind: ChannelKind, destination: string | undefined): Promise<Partial<Rendering>> {
    const message = messageFor(destination);
    const configured = config.destinations[destination ?? ''];
    const settings = configured ? await previewSettings(kind, configured, config.sources) : kind.example;
    const [request] = (await requestsOf(kind, settings, message, () => new Date(time))).requests;
    if (!request) return { payload: kind.render(message, { plain: false }) };
    return { payload: bodyOf(request.body), headers: withoutSignature(request.headers) };
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
    renderings: together(await Promise.all(cases.map(draw))),
  };
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
