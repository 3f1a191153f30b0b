import type { SourceConfig } from '../core/config.ts';
import { inTime } from '../core/in-time.ts';
import type { Gone, Outcome } from '../core/outcome.ts';
import { SourceError, type SourceErrorKind } from '../core/source-error.ts';
import type { Channel, PlanSource } from '../ports.ts';
import type { Secrets } from '../secrets.ts';

// A rotation needs no deploy: what is refused is asked for anew. Nothing is sent again with the same values, since providers
// lock keys and ban addresses after repeated refusals.

/** Reference → the value that was used. */
type Values = ReadonlyMap<string, string>;

/** The values as they are now, if one is another; undefined: none is, or that cannot be known in the time there is. */
async function renew(secrets: Secrets, used: Values, signal: AbortSignal): Promise<Values | undefined> {
  if (used.size === 0 || signal.aborted) return undefined;
  for (const ref of used.keys()) secrets.forget(ref);
  const asked = Promise.all([...used.keys()].map(async (ref) => [ref, await secrets(ref)] as const));
  const anew = await inTime(
    asked.catch(() => undefined),
    signal,
  );
  return anew?.some(([ref, value]) => used.get(ref) !== value) ? new Map(anew) : undefined;
}

/** A channel that is made again, and asked once more within the same attempt, where its values were refused and are others now. */
export function createRenewingChannel(
  secrets: Secrets,
  opened: { readonly used: Values; readonly channel: Channel },
  reopen: (values: Values) => Promise<Channel>,
): Channel {
  let current = opened;
  async function renewing<T extends Outcome | Gone>(signal: AbortSignal, ask: (channel: Channel) => Promise<T>) {
    const outcome = await ask(current.channel);
    if (outcome.kind !== 'misconfigured') return outcome;
    const used = await renew(secrets, current.used, signal);
    if (!used) return outcome;
    current = { used, channel: await reopen(used) };
    return ask(current.channel);
  }
  const { edit, reply } = opened.channel;
  // Made of the same kind, the channel that takes its place can do the same.
  return {
    ...opened.channel,
    send: (message, how) => renewing(how.signal, (channel) => channel.send(message, how)),
    ...(edit && {
      edit: (reference, message, how) =>
        renewing(how.signal, ({ edit: again = edit }) => again(reference, message, how)),
    }),
    ...(reply && {
      reply: (reference, message, how) =>
        renewing(how.signal, ({ reply: again = reply }) => again(reference, message, how)),
    }),
  };
}

const aboutCredentials: ReadonlySet<SourceErrorKind> = new Set([
  'unauthorised',
  'token-over',
  'forbidden',
  'misconfigured',
]);

/**
 * A source whose list is asked for once more where its credentials were refused and are others now. The endpoint is not
 * asked for anew: what another one lists must not be compared under the identity of this look.
 */
export function createRenewingSource(
  { auth }: SourceConfig,
  secrets: Secrets,
  make: (secret: (ref: string) => Promise<string>) => PlanSource,
): PlanSource {
  const refs = new Set<string>(Object.values(auth));
  const used = new Map<string, string>();
  const source = make(async (ref) => {
    const value = await secrets(ref);
    if (refs.has(ref)) used.set(ref, value);
    return value;
  });
  return {
    ...source,
    async list(known, signal) {
      try {
        return await source.list(known, signal);
      } catch (error) {
        const refused = error instanceof SourceError && aboutCredentials.has(error.kind);
        if (!refused || !(await renew(secrets, used, signal))) throw error;
        return source.list(known, signal);
      }
    },
  };
}
