import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Config, SourceConfig } from '../../lib/core/config.ts';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { wirePoll } from '../../lib/wire.ts';
import { projectId, startScriptedCloud } from '../sources/scripted-cloud.ts';
import { config as configOf } from '../support/build.ts';

type Cloud = Awaited<ReturnType<typeof startScriptedCloud>>;
let cloud: Cloud;

/** The source is in the path of its endpoint: `/hangs/7` never answers, `/slow/7` after a while, `/broken/7` with a page. */
beforeAll(async () => {
  cloud = await startScriptedCloud((request, response) => {
    const [, manner, name] = request.url?.split('/') ?? [];
    if (manner === 'hangs') return;
    const answer = () =>
      response.end(
        manner === 'broken'
          ? '<html>'
          : JSON.stringify({
              count: 1,
              release_plans: [{ id: `p-${name}`, status: 'SUCCESS', name: `release ${name}` }],
            }),
      );
    if (manner === 'slow') setTimeout(answer, 700);
    else answer();
  });
});
afterAll(() => cloud[Symbol.asyncDispose]());

/** Sources by what they do, and one invocation that has `seconds`. */
function polling(manners: readonly string[], seconds: number, at = Date.UTC(2026, 10, 24, 3)) {
  const sources = manners.map(
    (manner, index): SourceConfig => ({
      name: `s${index}`,
      region: 'ap-southeast-3',
      projectId,
      edition: 'release-plans',
      endpoint: `${cloud.url}/${manner}/${index}`,
      auth: { token: 'env:TOKEN' },
    }),
  );
  const config: Config = configOf({ sources });
  const objects = new Map<string, string>();
  const now = () => new Date(at);
  const poll = wirePoll(config, {
    store: createMemoryStore(objects),
    queue: createMemoryQueue({ now }),
    secrets: Object.assign(async () => 'token', { forget: () => {} }),
    fetch,
    now,
    random: () => 0.5,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return (request = {}) => {
    const end = performance.now() + seconds * 1_000;
    return poll(request, () => end - performance.now());
  };
}

const many = (count: number, manner: (index: number) => string) => Array.from({ length: count }, (_, i) => manner(i));

describe('two hundred sources in one invocation', () => {
  test('each has its own fate: the good are read, though some hang and some answer nonsense', async () => {
    const manners = many(200, (i) => (i % 20 === 0 ? 'hangs' : i % 20 === 1 ? 'broken' : 'good'));
    const looks = await polling(manners, 16)();
    expect(looks.map(({ source }) => source)).toEqual(manners.map((_, i) => `s${i}`));
    for (const [index, look] of looks.entries()) {
      const [expected, cause] = {
        good: [true, undefined],
        hangs: [false, 'time-out'],
        broken: [false, 'other'],
      }[manners[index] ?? ''] as [boolean, string | undefined];
      expect([look.source, look.ok, look.cause]).toEqual([look.source, expected, cause]);
      if (expected) expect(look).toMatchObject({ revision: 1, plans: 1 });
    }
  }, 60_000);

  test('`only` looks at one, and asks nobody else', async () => {
    const before = cloud.asked.length;
    const looks = await polling(
      many(200, () => 'good'),
      24,
    )({ only: 's42' });
    expect(looks).toMatchObject([{ source: 's42', ok: true }]);
    expect(cloud.asked.slice(before).map(({ path }) => path.split('/')[2])).toEqual(['42']);
  });
});

describe('where time runs short', () => {
  test('a source that hangs takes its own share and not that of the others', async () => {
    // One place in sixteen each: were they to wait as long as one alone may, the last would not be begun.
    const manners = many(64, (i) => (i < 16 ? 'hangs' : 'good'));
    const looks = await polling(manners, 13)();
    expect(looks.filter(({ ok }) => ok)).toHaveLength(48);
  }, 60_000);

  test('all that answer slowly are read, as long as there is time for all', async () => {
    const looks = await polling(
      many(48, () => 'slow'),
      12,
    )();
    expect(looks.filter(({ ok }) => !ok)).toEqual([]);
  }, 60_000);

  test('another one comes first each minute, so that none goes unseen for ever', async () => {
    const first = new Set<string>();
    for (let minute = 0; minute < 5; minute++) {
      const before = cloud.asked.length;
      await polling(
        many(5, () => 'good'),
        24,
        Date.UTC(2026, 10, 24, 3, minute),
      )();
      first.add(cloud.asked[before]?.path.split('/')[2] ?? '');
    }
    expect(first.size).toBe(5);
  });
});
