import { stylesOf } from '../../../lib/config/telling-style.ts';
import type { Config } from '../../../lib/core/config.ts';
import type { Place } from '../../../lib/core/event.ts';
import { composeMessage } from '../../../lib/core/message.ts';
import { mentionsFor } from '../../../lib/core/route.ts';
import type { Language } from '../../../lib/core/words.ts';
import type { Env } from '../../../lib/environment.ts';
import { colours as pc } from '../colours.ts';
import { type LifeStyle, type Moment, previewLife } from '../preview/life.ts';
import { eventsInFile, eventsOfPlan } from '../preview/real-events.ts';
import { requestsOf, type SentRequest } from '../preview/requests.ts';
import { configured, everyKind, kinds, type Target } from '../preview/targets.ts';
import { lifeEvents, type Telling, tellingEvents } from '../preview/telling-events.ts';
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
  /** Only a plan's life, told so by whatever can. */
  readonly style?: LifeStyle;
};

/** Fixed: other tools read a list of these. */
export type Previewed = {
  readonly kind: string;
  readonly destination: string;
  readonly language: Language;
  /** The name of a made-up event, or the id of a real one. */
  readonly event: string;
  /** It is a moment of a plan's life, told so; absent: a post. */
  readonly style?: LifeStyle;
  /** In that case: what is done, as many as there are requests. */
  readonly does?: Moment['does'];
  readonly requests: readonly SentRequest[];
  /** Why there is none. */
  readonly fault?: string;
};

/** What each destination would get, to the byte. Asks nobody: no network, no secret. false: something cannot be sent. */
export async function preview(options: PreviewOptions, env: Env, terminal: Terminal): Promise<boolean> {
  if (options.event !== undefined && options.plan !== undefined) {
    throw new UsageError('Give --event or --plan, not both.');
  }
  if (options.style !== undefined && options.event !== undefined) {
    throw new UsageError(
      'Give --style or --event, not both: --style shows a whole life, of --plan or of a made-up plan.',
    );
  }
  const setup = readSetup(env, options);
  const config = setup.kind === 'sample' ? undefined : setup.config;
  const targets = config && !options.all ? await configured(config, options.style) : everyKind(config, options.style);
  if (config === undefined && !options.all)
    terminal.say(
      pc.dim(`Nothing is configured here, so this is every kind${options.style === undefined ? '' : ' that can'}.\n`),
    );
  const all: Previewed[] = [];
  const told = options.style === undefined || options.plan !== undefined ? await tellings(options, setup, config) : [];
  for (const telling of options.style === undefined ? told : []) {
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
  if (options.event === undefined) {
    const lives = options.plan === undefined ? lifeEvents(placeOf(config)) : told;
    all.push(...(await tellLives(targets, lives, options, config, terminal)));
  }
  terminal.json(all);
  return all.every(({ fault }) => fault === undefined);
}

function tellings({ event, plan }: PreviewOptions, setup: Setup, config?: Config): Promise<readonly Telling[]> {
  if (event !== undefined) return eventsInFile(event);
  const sources = config?.sources ?? [];
  if (plan !== undefined) return eventsOfPlan(setup.home, config ? sources.map(({ name }) => name) : ['sample'], plan);
  return Promise.resolve(tellingEvents(placeOf(config)));
}

/** The first source, so that its routes and mentions hold. */
function placeOf(config: Config | undefined): Place | undefined {
  const [first] = config?.sources ?? [];
  return first && { source: first.name, region: first.region, projectId: first.projectId };
}

/** A plan's life at each target that tells it as a whole. Those who read the same are shown together. */
async function tellLives(
  targets: readonly Target[],
  tellings: readonly Telling[],
  { style: asked, language: spoken }: PreviewOptions,
  config: Config | undefined,
  terminal: Terminal,
): Promise<readonly Previewed[]> {
  const able = targets.filter(({ kind, telling }) => stylesOf(kind).includes(asked ?? telling));
  if (asked !== undefined && able.length === 0) throw new UsageError(`No destination can: ${whoCan(asked)}`);
  const all: Previewed[] = [];
  const readers = new Map<string, string[]>();
  for (const { telling, destination, name, kind, settings, style: own } of able) {
    const style = asked ?? telling;
    if (style === 'each') continue;
    const language = spoken ?? own.language ?? 'en';
    const target = { kind, settings, destination, reader: { ...own, language } };
    const { text, moments, fault } = await previewLife(target, style, tellings, config?.routes ?? []);
    const about = { kind: name, destination, language, style };
    const shown = moments.map((moment, index) => ({
      ...about,
      ...moment,
      ...(fault !== undefined && index === 0 && { fault }),
    }));
    all.push(...shown);
    readers.set(text, [...(readers.get(text) ?? []), ...shown.flatMap(linesOf)]);
  }
  for (const [text, lines] of readers)
    for (const line of [...text.split('\n').map(printable), ...lines, '']) terminal.say(line);
  return all;
}

const whoCan = (style: LifeStyle): string =>
  `style: ${style} is for ${Object.keys(kinds)
    .filter((name) => stylesOf(kinds[name] ?? {}).includes(style))
    .join(', ')} (--all shows them)`;

async function previewOne(
  { destination, name, kind, settings, style }: Target,
  telling: Telling,
  spoken: Language | undefined,
  config: Config | undefined,
): Promise<{ readonly shown: Previewed; readonly text: string }> {
  const { id, events } = telling;
  const language = spoken ?? style.language ?? 'en';
  const mention = new Set(events.flatMap((event) => mentionsFor(event, destination, config?.routes ?? [])));
  const message = composeMessage({ id, to: destination, events, mention: [...mention] }, { ...style, language });
  const sent = await requestsOf(kind, settings, message, () => new Date());
  return { shown: { kind: name, destination, language, event: telling.name, ...sent }, text: message.text };
}

/** `  → releases (slack, zh)  POST https://hooks.slack.com/services/***  2,238 bytes` */
function linesOf({ kind, destination, language, event, does, requests, fault }: Previewed): string[] {
  const to = destination === kind ? `${kind} (${language})` : `${destination} (${kind}, ${language})`;
  const sent = requests.map(({ method, url, body }, index) => {
    const what = does === undefined ? '' : `${event}: ${does[index]}  `;
    return `${what}${method} ${url}  ${Buffer.byteLength(body).toLocaleString('en')} bytes`;
  });
  return [
    ...sent.map((request) => printable(pc.dim(`  → ${to}  ${request}`))),
    ...(fault === undefined ? [] : [printable(pc.red(`  ✗ ${to}  ${fault}`))]),
    // PagerDuty, where there is nobody to page.
    ...(sent.length > 0 || fault !== undefined
      ? []
      : [printable(pc.dim(`  → ${to}  no request: it has no part in this`))]),
  ];
}
