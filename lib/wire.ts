import type { ChannelKind } from './channels/channel.ts';
import { channelKinds } from './channels/registry.ts';
import { readSettings } from './channels/settings.ts';
import type { Config } from './core/config.ts';
import type { NoticeEvent } from './core/event.ts';
import type { Outcome } from './core/outcome.ts';
import { type BackfillDeps, backfill } from './flow/backfill.ts';
import { deliver } from './flow/deliver.ts';
import type { LaneDeps } from './flow/lane-deps.ts';
import { type PollRequest, poll } from './flow/poll.ts';
import { createLedger } from './ledger/ledger.ts';
import type { Channel, Destination, ObjectStore, PlanSource, Queue, Received } from './ports.ts';
import { SecretError, type Secrets } from './secrets.ts';
import { createSource } from './sources/editions.ts';
import { beat } from './wire/heartbeat.ts';
import { createRenewingChannel, createRenewingSource } from './wire/renewal.ts';

// What a handler needs of the flows besides running them: it sees no further than here.
export type { BackfillResult } from './flow/backfill.ts';
export { BackfillRequestError } from './flow/backfill-request.ts';
export { type DeliveryResult, staysQueued } from './flow/delivery-result.ts';
export type { Look } from './flow/known.ts';
export { type PollSummary, summarize, throwIfAllFailed, UnknownSourceError } from './flow/poll.ts';

/** What a platform gives: where state lives, what carries messages, and the edges of the world. */
export type Platform = {
  readonly store: ObjectStore;
  readonly queue: Queue;
  readonly secrets: Secrets;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
} & Listeners;

/** What a run says beside what it hands back. */
export type Listeners = {
  /** For a log line, an alarm, a terminal: what happened to a destination, and which others will hear of it. */
  readonly onNotice?: (notice: NoticeEvent, to: readonly string[]) => void;
  /** After each heartbeat: why it was not heard, or undefined. */
  readonly onHeartbeat?: (failure: string | undefined) => void;
};

export type ChannelKinds = Readonly<Record<string, ChannelKind>>;

/** Three functions rather than one object, so that a bundle holds only what its function does. */
export function wirePoll(config: Config, platform: Platform) {
  const deps = {
    ...platform,
    ledger: createLedger(platform.store),
    sources: sourcesOf(config, platform),
    routing: config,
    giveUpAfterMs: config.giveUpAfterMs,
  };
  return async (request: PollRequest, remaining: () => number) => {
    const looks = await poll(deps, request, remaining);
    // Of one source alone nobody can say that all is well.
    const whole = request.only === undefined && looks.every(({ ok }) => ok);
    if (whole && config.heartbeat !== undefined) {
      const failure = await beat(config.heartbeat, platform, remaining);
      platform.onHeartbeat?.(failure);
    }
    return looks;
  };
}

/** `kinds`: the laptop has one more than the functions. */
export function wireDeliver(config: Config, platform: Platform, kinds: ChannelKinds = channelKinds) {
  const deps: LaneDeps = {
    ...platform,
    ledger: createLedger(platform.store),
    destination: (name) => openDestination(config, platform, kinds, name),
    routing: config,
    giveUpAfterMs: config.giveUpAfterMs,
  };
  return (batch: readonly Received[], remaining: () => number) => deliver(deps, batch, remaining);
}

export function wireBackfill(config: Config, platform: Platform) {
  const deps: BackfillDeps = {
    ...platform,
    ledger: createLedger(platform.store),
    sources: sourcesOf(config, platform),
    routing: config,
  };
  return (request: unknown, run: string) => backfill(deps, request, run);
}

/** By name. Nothing is asked for yet, no secret either. */
export const sourcesOf = (config: Config, { secrets, ...edges }: Platform): Record<string, PlanSource> =>
  Object.fromEntries(
    config.sources.map((source) => [
      source.name,
      createRenewingSource(source, secrets, (secret) => createSource(source, { ...edges, secret })),
    ]),
  );

/** Made anew for each message: what costs anything, the secrets, is kept for five minutes where they are read. */
export async function openDestination(
  config: Config,
  { secrets, fetch, now }: Platform,
  kinds: ChannelKinds,
  name: string,
): Promise<Destination | undefined> {
  const destination = config.destinations[name];
  const kind = destination && kinds[destination.kind];
  if (!destination || !kind) return undefined;
  const { pace, hasPlain } = kind;
  const { style } = destination;
  const how = { pace, hasPlain, ...(style !== undefined && { style }) };
  try {
    const open = async (read: (ref: string) => Promise<string>): Promise<Channel> =>
      kind.create(await readSettings(kind.settings, destination, read, config.sources), { fetch, now });
    const used = new Map<string, string>();
    const channel = await open(async (ref) => {
      const value = await secrets(ref);
      used.set(ref, value);
      return value;
    });
    const reopen = (values: ReadonlyMap<string, string>) => open(async (ref) => values.get(ref) ?? secrets(ref));
    return { ...how, channel: createRenewingChannel(secrets, { used, channel }, reopen) };
  } catch (error) {
    if (error instanceof SecretError) return { ...how, channel: unopened(error) };
    throw error;
  }
}

/** A secret that was put where it belongs should not wait an hour for the next try; no provider is asked in between. */
const askedAgainMs = 5 * 60_000;

/** Its secret cannot be had: that concerns this destination and nothing else. */
function unopened({ message, transient }: SecretError): Channel {
  const outcome: Outcome = transient
    ? { kind: 'retry', reason: message }
    : { kind: 'misconfigured', reason: message, retryAfterMs: askedAgainMs };
  return { send: async () => outcome };
}
