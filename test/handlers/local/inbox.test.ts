import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { inbox as inboxKind } from '../../../handlers/local/inbox/kind.ts';
import { type Inbox, startInbox } from '../../../handlers/local/inbox/server.ts';
import type { MessageView, Ping, Snapshot } from '../../../handlers/local/inbox/view.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import type { Config } from '../../../lib/core/config.ts';
import { SourceError } from '../../../lib/core/source-error.ts';
import type { ObjectStore } from '../../../lib/ports.ts';
import { plan } from '../../support/build.ts';
import { createWorld, type World } from '../../support/world.ts';

const kinds = { ...channelKinds, inbox: inboxKind };
const shop = {
  name: 'shop',
  region: 'ap-southeast-3',
  projectId: 'p',
  edition: 'release-plans',
  auth: { token: 'env:TOKEN' },
} as const;

const open: Inbox[] = [];
afterEach(async () => {
  for (const page of open.splice(0)) await page.close();
});

/** The real flows on memory, watched by the real server. */
async function watch(over: Partial<Config> = {}, store?: (store: ObjectStore) => ObjectStore) {
  const config = { sources: [shop], ...over };
  const world = createWorld({ config, ...(store && { store }) });
  const { ledger, routing, now } = world.deps;
  const page = await startInbox({ port: 0, ledger, config: { ...routing, ...config } as Config, kinds, now });
  open.push(page);
  const snapshot = async (): Promise<Snapshot> => (await fetch(`${page.url}/api/snapshot`)).json() as Promise<Snapshot>;
  return { world, page, snapshot };
}

/** One look a status, a minute apart; everything is told. */
async function goThrough(world: World, statuses: readonly string[], over: { name?: string } = {}): Promise<void> {
  for (const status of statuses) {
    world.cloud.plans = [plan({ id: 'a', status, ...over })];
    await world.poll();
    await world.drain();
    world.clock.ms += 60_000;
  }
}

const of = (messages: readonly MessageView[], destination: string) =>
  messages.filter((message) => message.destination === destination);

/** With any header, Host among them, which fetch does not let one set. */
async function ask(url: string, headers: Record<string, string>, method = 'GET') {
  const asked = request(url, { method, headers }).end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer.setEncoding('utf8')) body += chunk;
  return { status: answer.statusCode as number, headers: answer.headers, body };
}

/** What comes over a stream of server-sent events, until it holds `many` pings. */
async function pings(url: string, many: number, then: (index: number) => void = () => {}): Promise<Ping[]> {
  const answer = await fetch(`${url}/api/changes`);
  const seen: Ping[] = [];
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const found = [...text.matchAll(/^event: changed\ndata: (.*)\n\n/gm)].map(([, data]) => JSON.parse(data ?? ''));
    for (const one of found.slice(seen.length)) {
      seen.push(one);
      if (seen.length === many) return seen;
      then(seen.length);
    }
  }
  return seen;
}

describe('what the page is told', () => {
  test('each delivery, newest first, in the payload that its destination gets', async () => {
    const { world, snapshot } = await watch();
    await goThrough(world, ['CREATED', 'FAILED']);
    const { messages } = await snapshot();
    expect(of(messages, 'releases').map(({ title, kind, state }) => [title, kind, state.kind])).toEqual([
      ['Release failed: release-a · shop', 'slack', 'told'],
      ['Now watching 1 release plan in shop', 'slack', 'told'],
    ]);
    for (const { destination, message } of world.told) {
      const shown = of(messages, destination).find(({ id }) => id === message.id);
      const kind = destination === 'releases' ? channelKinds.slack : channelKinds.webhook;
      expect(shown?.payload).toEqual(JSON.parse(JSON.stringify(kind.render(message, { plain: false }))));
    }
    expect(world.told).toHaveLength(4);
  });

  test('whom a failure calls', async () => {
    const { world, snapshot } = await watch({ routes: [{ to: ['releases'], mention: ['here'] }] });
    await goThrough(world, ['CREATED', 'FAILED']);
    const [failure] = of((await snapshot()).messages, 'releases');
    expect(JSON.stringify(failure?.payload)).toContain('<!here>');
  });

  test('a plan with every state it went through, in order, each with its time and the failures', async () => {
    const { world, snapshot } = await watch();
    world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    await goThrough(world, ['CREATED', 'RELEASING', 'FAILED']);
    const [shown] = (await snapshot()).plans;
    expect(
      shown?.steps.map(({ time, words, class: state, failures }) => [time, words, state, failures.length]),
    ).toEqual([
      ['2026-11-24T03:00:00.000Z', 'There when planwatch first looked', 'waiting', 0],
      ['2026-11-24T03:01:00.000Z', 'Release is under way', 'moving', 0],
      ['2026-11-24T03:02:00.000Z', 'Release failed', 'bad', 1],
    ]);
    expect(shown).toMatchObject({ id: 'a', status: 'FAILED', listed: true, source: 'shop' });
  });

  test('a plan that is gone, after those that are there', async () => {
    const { world, snapshot } = await watch();
    world.cloud.plans = [plan({ id: 'a' }), plan({ id: 'b' })];
    await world.poll();
    world.cloud.plans = [plan({ id: 'b' })];
    await world.poll();
    world.clock.ms += 31_000;
    await world.poll();
    const { plans } = await snapshot();
    expect(plans.map(({ id, listed, steps }) => [id, listed, steps.at(-1)?.class])).toEqual([
      ['b', true, 'waiting'],
      ['a', false, 'removed'],
    ]);
  });

  test('a checkpoint that lags behind the log does not take a change back', async () => {
    const { world, snapshot } = await watch();
    await goThrough(world, ['CREATED']);
    const before = world.json('checkpoint/shop.json');
    await goThrough(world, ['SUCCESS']);
    world.objects.set('checkpoint/shop.json', JSON.stringify(before));
    expect((await snapshot()).plans[0]).toMatchObject({ status: 'SUCCESS', listed: true });
  });

  test('a source that cannot be read: since when, how often, why', async () => {
    const { world, snapshot } = await watch();
    world.cloud.plans = new SourceError('HTTP 503', 'Wait.');
    await world.poll();
    world.clock.ms += 60_000;
    await world.poll();
    expect((await snapshot()).sources).toEqual([
      {
        name: 'shop',
        region: 'ap-southeast-3',
        plans: 0,
        failing: { looks: 2, since: '2026-11-24T03:00:00.000Z', reason: 'HTTP 503' },
      },
    ]);
  });

  test('what became of each message: the head of a failing lane, those behind it, and when it is tried again', async () => {
    const { world, snapshot } = await watch();
    await goThrough(world, ['CREATED']);
    world.answers['oncall'] = [{ kind: 'retry', reason: 'HTTP 503: busy' }];
    world.cloud.plans = [plan({ id: 'a', status: 'SUCCESS' }), plan({ id: 'b' })];
    await world.poll();
    await world.drain();
    const { messages, destinations } = await snapshot();
    const nextAt = '2026-11-24T03:01:05.000Z';
    expect(of(messages, 'oncall').map(({ state }) => state)).toEqual([
      { kind: 'waiting', attempts: 0, reason: 'HTTP 503: busy', nextAt },
      { kind: 'waiting', attempts: 1, reason: 'HTTP 503: busy', nextAt },
      { kind: 'told', attempts: 1, at: '2026-11-24T03:00:00.000Z' },
    ]);
    expect(destinations).toEqual([
      { name: 'releases', kind: 'slack' },
      {
        name: 'oncall',
        kind: 'webhook',
        failing: { since: '2026-11-24T03:01:00.000Z', reason: 'HTTP 503: busy', nextAt },
      },
    ]);
  });

  test('a message that was only taken in is not called told', async () => {
    const { world, snapshot } = await watch();
    world.answers['oncall'] = [{ kind: 'accepted' }];
    await goThrough(world, ['CREATED']);
    expect(of((await snapshot()).messages, 'oncall')[0]?.state.kind).toBe('accepted');
  });

  test("a message that was given up, with the provider's words, until it is told after all", async () => {
    const { world, snapshot } = await watch();
    world.answers['oncall'] = [{ kind: 'rejected', reason: 'HTTP 400: no thanks' }];
    await goThrough(world, ['CREATED']);
    expect(of((await snapshot()).messages, 'oncall')[0]?.state).toEqual({
      kind: 'dead',
      attempts: 1,
      at: '2026-11-24T03:00:00.000Z',
      reason: 'The provider rejected it. HTTP 400: no thanks',
    });
    await world.backfill({ deadLetters: true });
    await world.drain();
    const states = of((await snapshot()).messages, 'oncall').map(({ state }) => state.kind);
    expect(states).toEqual(['told']);
  });

  test('what people typed is there as data, and nowhere as markup', async () => {
    const { world, page, snapshot } = await watch();
    const name = `<script>alert(1)</script> javascript:alert(2) "'&amp; <https://evil.example|x> <!here>`;
    await goThrough(world, ['CREATED', 'FAILED'], { name });
    const { messages, plans } = await snapshot();
    expect(plans[0]?.name).toBe(name);
    const [slack] = of(messages, 'releases');
    const texts =
      JSON.stringify(slack?.payload)
        .match(/"mrkdwn","text":"[^"]*"/g)
        ?.join() ?? '';
    expect(texts).toContain('Created');
    expect(texts).not.toMatch(/script|evil|<!here>/);
    expect(await (await fetch(page.url)).text()).not.toContain('alert');
  });

  test.each([
    ['before the checkpoint', (_: World) => {}],
    ['after it', (world: World) => void world.objects.delete('checkpoint/shop.json')],
  ])('an entry that is damaged does not hide the others: %s', async (_where, prepare) => {
    const { world, snapshot } = await watch();
    await goThrough(world, ['CREATED', 'RELEASING', 'SUCCESS']);
    world.objects.set('log/shop/000000000002.json', '{"v":1');
    prepare(world);
    expect(of((await snapshot()).messages, 'releases').map(({ title }) => title)).toEqual([
      'Release succeeded: release-a · shop',
      'Now watching 1 release plan in shop',
    ]);
  });

  test('a destination that the configuration has lost: its messages stay, and say so', async () => {
    const { world } = await watch();
    await goThrough(world, ['CREATED']);
    const { ledger, routing, now } = world.deps;
    const config = { ...routing, sources: [shop], destinations: {} } as unknown as Config;
    const later = await startInbox({ port: 0, ledger, config, kinds, now });
    open.push(later);
    const { messages } = (await (await fetch(`${later.url}/api/snapshot`)).json()) as Snapshot;
    expect(messages.map(({ fault }) => fault)).toEqual(Array(2).fill(expect.stringContaining('no such destination')));
  });

  test('the newest 300 of a long log; what is settled is read from the store once', async () => {
    const reads: string[] = [];
    const counting = (store: ObjectStore): ObjectStore => ({
      ...store,
      get: (key) => {
        reads.push(key);
        return store.get(key);
      },
    });
    const { world, page, snapshot } = await watch(
      { destinations: { inbox: { kind: 'inbox' } }, notices: ['inbox'] },
      counting,
    );
    await goThrough(
      world,
      Array.from({ length: 1_000 }, (_, index) => (index % 2 ? 'RELEASING' : 'SUCCESS')),
    );
    const first = await snapshot();
    expect(first.messages).toHaveLength(300);
    expect(first.messages[0]?.id).toBe('shop-000000001000-0');
    expect(first.olderMessages).toBe(true);

    reads.length = 0;
    const again = await ask(`${page.url}/api/snapshot`, {});
    expect(JSON.parse(again.body)).toEqual(first);
    expect(reads.sort()).toEqual([
      'checkpoint/shop.json',
      'health/shop.json',
      'lanes/inbox.json',
      'log/shop/000000001001.json',
    ]);
    const unchanged = await ask(`${page.url}/api/snapshot`, { 'If-None-Match': String(again.headers.etag) });
    expect([unchanged.status, unchanged.body]).toEqual([304, '']);
  });

  test('a state that cannot be read is said, not shown as an empty one', async () => {
    const { world, page } = await watch();
    await goThrough(world, ['CREATED']);
    world.objects.set('log/shop/000000000001.json', '{"v":2}');
    const answer = await ask(`${page.url}/api/snapshot`, {});
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body).error).toContain('written by a newer planwatch');
  });
});

describe('the stream of changes', () => {
  test('a page is pinged when it comes, and at each change', async () => {
    const { page } = await watch();
    const seen = await pings(page.url, 3, (index) => page.changed(index === 1 ? [] : [{ source: 'shop' }]));
    expect(seen.map(({ version }) => version)).toEqual([0, 1, 2]);
    expect(seen[1]?.looked).toEqual({});
    expect(seen[2]?.looked).toEqual({ shop: '2026-11-24T03:00:00.000Z' });
  });

  test('closing ends the streams that are open', async () => {
    const { page } = await watch();
    open.splice(0);
    const ended = pings(page.url, 2, () => void page.close()).catch(() => 'broken off');
    await ended;
    await expect(fetch(page.url)).rejects.toThrow();
  });
});

describe('who may read', () => {
  test.each([
    ['by its address', {}, 200],
    ['by the name localhost', { host: 'localhost:PORT' }, 200],
    ['from the page itself', { origin: 'http://127.0.0.1:PORT' }, 200],
    ['under a name of somebody else (DNS rebinding)', { host: 'evil.example:PORT' }, 403],
    ['under a name that only begins like ours', { host: '127.0.0.1.evil.example:PORT' }, 403],
    ['under our name with another port', { host: '127.0.0.1:1' }, 403],
    ['from a page elsewhere', { origin: 'https://evil.example' }, 403],
    ['from another server on this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['from a sandboxed frame', { origin: 'null' }, 403],
  ])('%s', async (_who, headers, status) => {
    const { page } = await watch();
    const { port } = new URL(page.url);
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]));
    for (const path of ['/', '/api/snapshot']) {
      expect([path, (await ask(`${page.url}${path}`, own)).status]).toEqual([path, status]);
    }
    if (status === 403) expect((await ask(`${page.url}/api/changes`, own)).status).toBe(403);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    const { page } = await watch();
    const answer = await ask(`${page.url}/api/snapshot`, {}, method);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('HEAD is answered without a body, by the stream as well', async () => {
    const { page } = await watch();
    for (const path of ['/', '/api/snapshot', '/api/changes']) {
      const { status, body } = await ask(`${page.url}${path}`, {}, 'HEAD');
      expect([path, status, body]).toEqual([path, 200, '']);
    }
  });

  test.each([
    ['/', 'text/html; charset=utf-8', '<div id="app">'],
    ['/app.js', 'text/javascript; charset=utf-8', 'EventSource'],
    ['/app.css', 'text/css; charset=utf-8', 'color-scheme'],
    ['/icon.svg', 'image/svg+xml', '<svg'],
  ])('%s allows nothing from elsewhere, and nothing inline', async (path, type, words) => {
    const { page } = await watch();
    const { headers, body } = await ask(`${page.url}${path}`, {});
    expect(headers['content-type']).toBe(type);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; /);
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(body).toContain(words);
  });

  test('a path that is not there', async () => {
    const { page } = await watch();
    expect((await ask(`${page.url}/../package.json`, {})).status).toBe(404);
  });

  test('a port that is taken: which, and what to do', async () => {
    const { world, page } = await watch();
    const { ledger, routing, now } = world.deps;
    const port = Number(new URL(page.url).port);
    const config = { ...routing, sources: [shop] } as unknown as Config;
    await expect(startInbox({ port, ledger, config, kinds, now })).rejects.toThrow(
      `Port ${port} is in use by another program: choose another with --port`,
    );
  });
});
