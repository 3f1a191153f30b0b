import { join } from 'node:path';
import { type Config, defaultGiveUpAfterMs } from '../../lib/core/config.ts';
import type { Env } from '../../lib/environment.ts';
import { createFileStore } from '../../lib/stores/file.ts';
import { type ChaosName, chaosOf } from './sample/chaos.ts';
import { type SampleCloud, type SampleCloudOptions, startSampleCloud } from './sample/cloud.ts';
import type { StoryState } from './sample/story-clock.ts';

const storyKey = 'story.json';

type Kept = { readonly v: 1; readonly port: number; readonly speed: number; readonly story: StoryState };

export type SampleWish = Pick<SampleCloudOptions, 'chaos'> & {
  /** How much faster than life a story goes that begins now. */
  readonly speed?: number;
};

type Sample = { readonly cloud: SampleCloud; readonly config: Config; readonly env: Env };

/**
 * Starts the sample cloud where an earlier run left it: the same port, since its address is part of what planwatch
 * remembers, and the same place in the story. Nothing of the environment is used: no credential, no destination.
 */
export async function startSample(home: string, { speed = 1, chaos }: SampleWish = {}): Promise<Sample> {
  const store = createFileStore(join(home, 'cloud'));
  const kept = await readKept(await store.get(storyKey));
  let port = kept?.port ?? 0;
  // A story that was begun at one speed and went on at another would jump back.
  const pace = kept?.speed ?? speed;
  const options = {
    now: () => new Date(),
    speed: pace,
    ...(kept && { resume: kept.story }),
    ...(chaos && { chaos }),
    remember: (story: StoryState) =>
      store.put(storyKey, JSON.stringify({ v: 1, port, speed: pace, story } satisfies Kept)),
  };
  const cloud = await startSampleCloud({ ...options, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return startSampleCloud({ ...options, port: 0 });
  });
  port = Number(new URL(cloud.url).port);
  const secrets = new Map([
    ['SAMPLE_ACCESS_KEY', cloud.accessKey],
    ['SAMPLE_SECRET_KEY', cloud.secretKey],
    ['SAMPLE_PASSWORD', cloud.password],
  ]);
  return { cloud, config: sampleConfig(cloud, chaos?.names ?? []), env: (name) => secrets.get(name) };
}

/** The page hears of everything. */
export const sampleRouting = { destinations: { inbox: { kind: 'inbox' } }, routes: [], notices: ['inbox'] };

/** The sample cloud's names, where nobody needs to look at it. */
type SampleNames = Pick<SampleCloud, 'url' | 'projectId' | 'user' | 'domain'>;

export const sampleConfig = (
  { url, projectId, user, domain }: SampleNames,
  chaos: readonly ChaosName[] = [],
): Config => ({
  sources: [
    {
      name: 'sample',
      region: 'ap-southeast-3',
      projectId,
      edition: 'release-plans',
      endpoint: url,
      iamEndpoint: url,
      auth: chaos.some((name) => chaosOf(name).tokens)
        ? { user, domain, password: 'env:SAMPLE_PASSWORD' }
        : { accessKey: 'env:SAMPLE_ACCESS_KEY', secretKey: 'env:SAMPLE_SECRET_KEY' },
    },
  ],
  ...sampleRouting,
  giveUpAfterMs: defaultGiveUpAfterMs,
});

/** A story that cannot be read begins anew: it is only a sample. */
async function readKept(body: string | undefined): Promise<Kept | undefined> {
  try {
    const kept = JSON.parse(body ?? 'null') as Kept | null;
    return kept?.v === 1 && Number.isInteger(kept.port) && kept.speed > 0 && Number.isFinite(kept.story?.startedAt)
      ? kept
      : undefined;
  } catch {
    return undefined;
  }
}
