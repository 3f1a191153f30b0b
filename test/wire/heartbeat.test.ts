import type { ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { SecretError } from '../../lib/secrets.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { beat } from '../../lib/wire/heartbeat.ts';
import { wirePoll } from '../../lib/wire.ts';
import { answer, projectId, secrets, startScriptedCloud } from '../sources/scripted-cloud.ts';
import { config as defaults } from '../support/build.ts';
import { startHeartbeatServer } from '../support/heartbeat-server.ts';

const empty = answer(200, { count: 0, release_plans: [] });

/** Polls two sources with a heartbeat; what was said of it, in order. */
async function polling(
  heartbeat: string,
  { second = empty, only, heard = true }: { second?: typeof empty; only?: string; heard?: boolean } = {},
) {
  await using clouds = new AsyncDisposableStack();
  const [one, two] = [
    clouds.use(await startScriptedCloud(empty)),
    clouds.use(await startScriptedCloud(second)),
  ] as const;
  const source = { region: 'r', projectId, edition: 'release-plans', auth: { token: 'env:TOKEN' } } as const;
  const now = () => new Date();
  const said: (string | undefined)[] = [];
  const known: Record<string, string> = { ...secrets, 'env:BROKEN': 'hooks.example/c0ffee-secret' };
  const read = async (ref: string) => {
    if (ref === 'env:SLOW') return new Promise<string>(() => {});
    const value = ref.startsWith('file:') ? ref.replace('file:/', 'http://') : known[ref];
    if (value === undefined) throw new SecretError(`${ref}: the variable is not set.`);
    return value;
  };
  const poll = wirePoll(
    defaults({
      sources: [
        { ...source, name: 'one', endpoint: one.url },
        { ...source, name: 'two', endpoint: two.url },
      ],
      heartbeat,
    }),
    {
      fetch: globalThis.fetch,
      now,
      random: () => 0.5,
      sleep: async () => {},
      secrets: Object.assign(read, { forget: () => {} }),
      store: createMemoryStore(),
      queue: createMemoryQueue({ now }),
      ...(heard && { onHeartbeat: (failure?: string) => void said.push(failure) }),
    },
  );
  const looks = await poll(only === undefined ? {} : { only }, () => 60_000);
  return { ok: looks.map((look) => look.ok), said };
}

describe('the heartbeat', () => {
  test('is asked for once after a poll in which all sources were good', async () => {
    await using service = await startHeartbeatServer();
    expect(await polling(service.url)).toMatchObject({ ok: [true, true], said: [undefined] });
    expect(service.asked).toEqual(['GET /ping/c0ffee-secret']);
  });

  test('is asked for though nobody wants to hear how it went', async () => {
    await using service = await startHeartbeatServer();
    await polling(service.url, { heard: false });
    expect(service.asked).toHaveLength(1);
  });

  test('is not asked for where one source was not good', async () => {
    await using service = await startHeartbeatServer();
    expect(await polling(service.url, { second: answer(403) })).toMatchObject({ ok: [true, false], said: [] });
    expect(service.asked).toEqual([]);
  });

  test('is not asked for after a look at one source alone', async () => {
    await using service = await startHeartbeatServer();
    expect(await polling(service.url, { only: 'one' })).toMatchObject({ ok: [true], said: [] });
    expect(service.asked).toEqual([]);
  });

  test('may be a reference', async () => {
    await using service = await startHeartbeatServer();
    expect(await polling(service.url.replace('http://', 'file:/'))).toMatchObject({ said: [undefined] });
    expect(service.asked).toEqual(['GET /ping/c0ffee-secret']);
  });

  test.each<[string, (response: ServerResponse) => void, string | undefined]>([
    ['204', (response) => response.writeHead(204).end(), undefined],
    ['a body that breaks off', (response) => response.write('x', () => response.destroy()), undefined],
    ['a body without end', (response) => endless(response), undefined],
    ['404', (response) => response.writeHead(404).end('c0ffee-secret'), 'It was answered HTTP 404.'],
    ['500', (response) => response.writeHead(500).end('c0ffee-secret'), 'It was answered HTTP 500.'],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: '/ping/elsewhere' }).end(),
      'It was answered HTTP 302: it redirects elsewhere, and planwatch never follows.',
    ],
    ['a broken line', (response) => response.destroy(), 'No connection (UND_ERR_SOCKET).'],
  ])('that is answered with %s is no failed look, and shows nothing of its address', async (_what, reply, failure) => {
    await using service = await startHeartbeatServer(reply);
    expect(await polling(service.url)).toMatchObject({ ok: [true, true], said: [failure] });
    expect(service.asked).toHaveLength(1);
  });

  const endless = (response: ServerResponse): void => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  };

  test.each([
    ['env:BROKEN', 'heartbeat is not an address: write https://host/path.'],
    ['file:/hooks.example/c0ffee-secret', 'heartbeat is not https.'],
    ['env:MISSING', 'env:MISSING: the variable is not set.'],
  ])('at %s: %s', async (heartbeat, failure) => {
    expect(await polling(heartbeat)).toMatchObject({ ok: [true, true], said: [failure] });
  });

  test('at a service that is gone is not heard', async () => {
    const service = await startHeartbeatServer();
    await service[Symbol.asyncDispose]();
    expect(await polling(service.url)).toMatchObject({ said: ['No connection (ECONNREFUSED).'] });
  });

  // A send would have ten seconds, and would say so.
  test('holds the poll for two seconds at most, however slow its service', async () => {
    await using service = await startHeartbeatServer(() => {});
    expect(await polling(service.url)).toEqual({
      ok: [true, true],
      said: ['No answer came within 2 s.'],
    });
  });

  test('nor for a secret that does not come', async () => {
    expect((await polling('env:SLOW')).said).toEqual(['env:SLOW could not be read within 2 s.']);
  });

  test('ends a second before the time of its function, and is not begun after that', async () => {
    await using service = await startHeartbeatServer(() => {});
    const secrets = Object.assign(() => new Promise<string>(() => {}), { forget: () => {} });
    const edges = { fetch: globalThis.fetch, secrets };
    expect(await beat('env:SLOW', edges, () => 1_050)).toBe('env:SLOW could not be read within 0.05 s.');
    expect(await beat(service.url, edges, () => 1_001)).toBe('No answer came within 0.001 s.');
    expect(service.asked.length).toBeLessThanOrEqual(1);
    expect(await beat(service.url, edges, () => 1_000)).toBe('No time was left for it.');
    expect(await beat(service.url, edges, () => Number.NEGATIVE_INFINITY)).toBe('No time was left for it.');
  });
});
