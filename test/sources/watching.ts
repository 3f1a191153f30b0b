import type { SourceConfig } from '../../lib/core/config.ts';
import { SourceError, type SourceErrorKind } from '../../lib/core/source-error.ts';
import type { Look } from '../../lib/flow/known.ts';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { type Platform, sourcesOf, wirePoll } from '../../lib/wire.ts';
import { config } from '../support/build.ts';
import { at, projectId, secrets } from './scripted-cloud.ts';

export type Watching = ReturnType<typeof watching>;

/** A poll as it is wired, with what it remembers in a Map and a clock that the test sets, against clouds that are real servers. */
export function watching(url: string, over: Partial<SourceConfig> = {}) {
  const clock = { ms: at.getTime() };
  const objects = new Map<string, string>();
  const now = () => new Date(clock.ms);
  const source: SourceConfig = {
    name: 'shop',
    region: 'ap-southeast-3',
    projectId,
    edition: 'release-plans',
    endpoint: url,
    auth: { accessKey: 'env:AK', secretKey: 'env:SK' },
    ...over,
  };
  const configured = config({ sources: [source] });
  const platform: Platform = {
    store: createMemoryStore(objects),
    queue: createMemoryQueue({ now }),
    secrets: Object.assign(async (ref: string) => secrets[ref] ?? '', { forget: () => {} }),
    fetch,
    now,
    random: () => 0.5,
    sleep: async () => {},
  };
  const poll = wirePoll(configured, platform);
  return {
    clock,
    objects,
    /** A minute later. */
    async look(): Promise<Look> {
      clock.ms += 60_000;
      const [look] = await poll({}, () => 60_000);
      if (!look) throw new Error('no look');
      return look;
    },
    /** What kind of error the list is, asked for once more and straight from the source; undefined: it is whole. */
    async errorKind(): Promise<SourceErrorKind | undefined> {
      const error = await sourcesOf(configured, platform)
        ['shop']?.list(undefined, AbortSignal.timeout(60_000))
        .then(() => undefined)
        .catch((thrown: unknown) => thrown);
      if (error === undefined || error instanceof SourceError) return error?.kind;
      throw error;
    },
    json: (key: string) => JSON.parse(objects.get(key) ?? 'null'),
    /** All that is remembered but how the looks go. */
    memory: () => new Map([...objects].filter(([key]) => !key.startsWith('health/'))),
  };
}
