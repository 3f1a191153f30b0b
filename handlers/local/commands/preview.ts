import type { ChannelKind, Settings } from '../../../lib/channels/channel.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import { type Config, type Style, styleOf } from '../../../lib/core/config.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import type { Language } from '../../../lib/core/words.ts';
import type { Env } from '../../../lib/environment.ts';
import type { ChannelKinds } from '../../../lib/wire.ts';
import { colours as pc } from '../colours.ts';
import { eventsInFile, eventsOfPlan } from '../preview/real-events.ts';
import { requestsOf, type SentRequest } from '../preview/requests.ts';
import { previewSettings } from '../preview/settings.ts';
import { type Telling, tellingEvents } from '../preview/telling-events.ts';
import { readSetup, type Setup } from '../setup.ts';
import { printable, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

type PreviewOptions = {
  readonly config?: string;
  /** Every kind with its example, instead of what is configured. */
  readonly all?: boolean;
  readonly event?: string;
  readonly plan?: string;
  /** Instead of each destination's own. */
  readonly language?: Language;
};

/** Fixed: other tools read a list of these. */
export type Previewed = {
  readonly kind: string;
  readonly destination: string;
  readonly language: Language;
  /** The name of a made-up event, or the id of a real one. */
  readonly event: string;
  readonly requests: readonly SentRequest[];
  /** Why there is none. */
  readonly fault?: string;
};

/** What each destination would get, to the byte. Asks nobody: no network, no secret. false: something cannot be sent. */
export async function preview(options: PreviewOptions, env: Env, terminal: Terminal): Promise<boolean> {
  if (options.event !== undefined && options.plan !== undefined) {
    throw new UsageError('Give --event or --plan, not both.');
  }
  const setup = readSetup(env, options);
  const config = setup.kind === 'sample' ? undefined : setup.config;
  const targets = config && !options.all ? await configured(config) : everyKind(config);
  if (config === undefined && !options.all)
    terminal.say(pc.dim('Nothing is configured here, so this is every kind.\n'));
  const all: Previewed[] = [];
  for (const telling of await tellings(options, setup, config)) {
    // Everybody who reads the same language reads the same words, so they are shown once.
    const readers = new Map<string, Previewed[]>();
    for (const target of targets) {
      const { shown, text } = await previewOne(target, telling, options.language, config);
      all.push(shown);
      readers.set(text, [...(readers.get(text) ?? []), shown]);
    }
    for (const [text, shown] of readers) {
      for (const line of [...text.split('\n').map(printable), ...shown.flatMap(linesOf), '']) terminal.say(line);
    }
  }
  terminal.json(all);
  return all.every(({ fault }) => fault === undefined);
}

function tellings({ event, plan }: PreviewOptions, setup: Setup, config?: Config): Promise<readonly Telling[]> {
  if (event !== undefined) return eventsInFile(event);
  const sources = config?.sources ?? [];
  if (plan !== undefined) return eventsOfPlan(setup.home, config ? sources.map(({ name }) => name) : ['sample'], plan);
  // At the first source, so that its routes and mentions hold.
  const [first] = sources;
  const { name: source = '', region = '', projectId = '' } = first ?? {};
  return Promise.resolve(tellingEvents(first && { source, region, projectId }));
}

type Target = {
  readonly destination: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly settings: Settings;
  readonly style: Style;
};

const kinds: ChannelKinds = channelKinds;

const everyKind = (style: Style = {}): Target[] =>
  Object.entries(kinds).map(([name, kind]) => ({ destination: name, name, kind, settings: kind.example, style }));

const configured = (config: Config): Promise<Target[]> =>
  Promise.all(
    Object.entries(config.destinations).map(async ([destination, given]) => {
      const kind = kinds[given.kind];
      if (!kind) throw new UsageError(`${destination}: there is no kind ${given.kind}`);
      const settings = await previewSettings(kind, given, config.sources);
      return { destination, name: given.kind, kind, settings, style: styleOf(config, destination) };
    }),
  );

async function previewOne(
  { destination, name, kind, settings, style }: Target,
  telling: Telling,
  spoken: Language | undefined,
  config: Config | undefined,
): Promise<{ readonly shown: Previewed; readonly text: string }> {
  const { id, events } = telling;
  const language = spoken ?? style.language ?? 'en';
  const mention = new Set(events.flatMap((event) => mentionsFor(event, destination, config?.routes ?? [])));
  const message = composeMessage({ id, events, mention: [...mention] }, { ...style, language });
  const sent = await requestsOf(kind, settings, message, () => new Date());
  return { shown: { kind: name, destination, language, event: telling.name, ...sent }, text: message.text };
}

/** `  → releases (slack, zh)  POST https://hooks.slack.com/services/***  2,238 bytes` */
function linesOf({ kind, destination, language, requests, fault }: Previewed): string[] {
  const to = destination === kind ? `${kind} (${language})` : `${destination} (${kind}, ${language})`;
  const sent = requests.map(
    ({ method, url, body }) => `${method} ${url}  ${Buffer.byteLength(body).toLocaleString('en')} bytes`,
  );
  return [
    ...sent.map((request) => printable(pc.dim(`  → ${to}  ${request}`))),
    ...(fault === undefined ? [] : [printable(pc.red(`  ✗ ${to}  ${fault}`))]),
    // PagerDuty, where there is nobody to page.
    ...(sent.length > 0 || fault !== undefined
      ? []
      : [printable(pc.dim(`  → ${to}  no request: it has no part in this`))]),
  ];
}
