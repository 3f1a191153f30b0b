import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { inbox as inboxKind } from '../../../handlers/local/inbox/kind.ts';
import { type Inbox, startInbox } from '../../../handlers/local/inbox/server.ts';
import type {
  DeliveryState,
  EventsPart,
  EventView,
  Overview,
  Ping,
  Preview,
} from '../../../handlers/local/inbox/view.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import type { Config } from '../../../lib/core/config.ts';
import type { Message } from '../../../lib/core/message.ts';
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
  const read = async (path: string) => (await fetch(`${page.url}/api/${path}`)).json();
  const overview = (): Promise<Overview> => read('overview') as Promise<Overview>;
  const part = (query = ''): Promise<EventsPart> => read(`events?${query}`) as Promise<EventsPart>;
  const preview = (id: string): Promise<Preview> => read(`preview?id=${id}`) as Promise<Preview>;
  /** What became of each event's message to one destination. */
  const fates = async (destination: string): Promise<DeliveryState[]> =>
    (await part()).events.flatMap(({ deliveries }) =>
      deliveries.filter((one) => one.destination === destination).map(({ state }) => state),
    );
  return { world, page, overview, part, preview, fates };
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

const wordsOf = (events: readonly EventView[]) => events.map(({ words, plan: of }) => [words, of?.name]);

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

describe('the events that the page is told', () => {
  test('newest first, each in words, with its plan and who was told', async () => {
    const { world, part } = await watch();
    world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    await goThrough(world, ['CREATED', 'FAILED']);
    const { events, more, older } = await part();
    expect([more, older]).toEqual([false, false]);
    expect(wordsOf(events)).toEqual([
      ['Release failed', 'release-a'],
      ['Now watching 1 release plan in shop', undefined],
    ]);
    expect(events[0]).toEqual({
      id: 'shop-000000000002-0',
      source: 'shop',
      type: 'plan.status',
      time: '2026-11-24T03:01:00.000Z',
      group: 'bad',
      tone: 'bad',
      words: 'Release failed',
      detail: 'CREATED → FAILED',
      reasons: ['cart: image pull failed'],
      plan: { id: 'a', name: 'release-a', creator: 'wzh' },
      deliveries: ['releases', 'oncall'].map((destination) => ({
        id: 'shop-000000000002-0',
        destination,
        state: { kind: 'told', at: '2026-11-24T03:01:00.000Z', attempts: 1 },
      })),
    });
  });

  test('several of one look keep their order, the last of them on top', async () => {
    const { world, part } = await watch();
    await goThrough(world, ['CREATED']);
    world.cloud.plans = ['a', 'b', 'c'].map((id) => plan({ id, status: 'SUCCESS' }));
    await world.poll();
    expect((await part()).events.map(({ id }) => id)).toEqual([
      'shop-000000000002-2',
      'shop-000000000002-1',
      'shop-000000000002-0',
      'shop-000000000001-0',
    ]);
  });

  test('what became of each message: the head of a failing lane, those behind it, and when it is tried again', async () => {
    const { world, overview, fates } = await watch();
    await goThrough(world, ['CREATED']);
    world.answers['oncall'] = [{ kind: 'retry', reason: 'HTTP 503: busy' }];
    world.cloud.plans = [plan({ id: 'a', status: 'SUCCESS' }), plan({ id: 'b' })];
    await world.poll();
    await world.drain();
    const nextAt = '2026-11-24T03:01:05.000Z';
    expect(await fates('oncall')).toEqual([
      { kind: 'waiting', attempts: 0, reason: 'HTTP 503: busy', nextAt },
      { kind: 'waiting', attempts: 1, reason: 'HTTP 503: busy', nextAt },
      { kind: 'told', attempts: 1, at: '2026-11-24T03:00:00.000Z' },
    ]);
    expect((await overview()).destinations).toEqual([
      { name: 'releases', kind: 'slack', style: 'each', pace: channelKinds.slack.pace, waiting: 0 },
      {
        name: 'oncall',
        kind: 'webhook',
        style: 'each',
        pace: channelKinds.webhook.pace,
        waiting: 2,
        failing: { since: '2026-11-24T03:01:00.000Z', reason: 'HTTP 503: busy', nextAt },
      },
    ]);
  });

  test('a message that was only taken in is not called told', async () => {
    const { world, fates } = await watch();
    world.answers['oncall'] = [{ kind: 'accepted' }];
    await goThrough(world, ['CREATED']);
    expect((await fates('oncall'))[0]?.kind).toBe('accepted');
  });

  test("a message that was given up, with the provider's words, until it is told after all", async () => {
    const { world, overview, fates } = await watch();
    world.answers['oncall'] = [{ kind: 'rejected', reason: 'HTTP 400: no thanks' }];
    await goThrough(world, ['CREATED']);
    expect(await fates('oncall')).toEqual([
      {
        kind: 'dead',
        attempts: 1,
        at: '2026-11-24T03:00:00.000Z',
        reason: 'The provider rejected it. HTTP 400: no thanks',
      },
    ]);
    expect((await overview()).deadLetters).toEqual([
      {
        id: 'shop-000000000001-0',
        destination: 'oncall',
        title: 'Now watching 1 release plan in shop',
        reason: 'The provider rejected it.',
        answer: 'HTTP 400: no thanks',
        attempts: 1,
        at: '2026-11-24T03:00:00.000Z',
      },
    ]);
    await world.backfill({ deadLetters: true });
    await world.drain();
    expect((await fates('oncall')).map(({ kind }) => kind)).toEqual(['told']);
    expect((await overview()).deadLetters).toEqual([]);
  });

  test('an event that was told in a digest names it', async () => {
    const { world, part, preview } = await watch();
    await goThrough(world, ['CREATED']);
    world.cloud.plans = Array.from({ length: 12 }, (_, index) => plan({ id: `p${index}` }));
    await world.poll();
    const { events } = await part();
    const [delivery] = events[0]?.deliveries ?? [];
    expect(delivery).toMatchObject({ id: 'shop-000000000002-0.d12', digest: 12, destination: 'releases' });
    const { title, events: told } = await preview('shop-000000000002-0.d12');
    expect([title.slice(0, 10), told.length]).toEqual(['12 changes', 12]);
  });

  test.each([
    ['before the checkpoint', (_: World) => {}],
    ['after it', (world: World) => void world.objects.delete('checkpoint/shop.json')],
  ])('an entry that is damaged does not hide the others: %s', async (_where, prepare) => {
    const { world, part } = await watch();
    await goThrough(world, ['CREATED', 'RELEASING', 'SUCCESS']);
    world.objects.set('log/shop/000000000002.json', '{"v":1');
    prepare(world);
    expect(wordsOf((await part()).events).map(([words]) => words)).toEqual([
      'Release succeeded',
      'Now watching 1 release plan in shop',
    ]);
  });

  test('a state that cannot be read is said, not shown as an empty one', async () => {
    const { world, page } = await watch();
    await goThrough(world, ['CREATED']);
    world.objects.set('log/shop/000000000001.json', '{"v":2}');
    for (const path of ['overview', 'events', 'preview?id=x']) {
      const answer = await ask(`${page.url}/api/${path}`, {});
      expect(answer.status).toBe(500);
      expect(JSON.parse(answer.body).error).toContain('written by a newer planwatch');
    }
  });
});

describe('what is new since the page last asked', () => {
  const since = ({ run, sequence }: EventsPart) => `run=${run}&since=${sequence}`;

  test('nothing, where nothing is', async () => {
    const { world, part } = await watch();
    await goThrough(world, ['CREATED', 'FAILED']);
    expect((await part(since(await part()))).events).toEqual([]);
  });

  test('an event that came, and one whose message got through meanwhile', async () => {
    const { world, part } = await watch();
    await goThrough(world, ['CREATED']);
    world.answers['oncall'] = [{ kind: 'retry', reason: 'HTTP 503: busy' }];
    await goThrough(world, ['RELEASING']);
    const before = await part();
    await goThrough(world, ['SUCCESS']);
    const news = await part(since(before));
    expect(news.events.map(({ words, deliveries }) => [words, deliveries[1]?.state.kind])).toEqual([
      ['Release succeeded', 'told'],
      ['Release is under way', 'told'],
    ]);
    expect((await part(since(news))).events).toEqual([]);
  });

  test.each(['run=another&since=99', 'since=99', 'run=&since=-1', 'since=x&skip=y'])(
    'all of it to a page that knows another run of planwatch: %s',
    async (query) => {
      const { world, part } = await watch();
      await goThrough(world, ['CREATED', 'FAILED']);
      expect((await part(query)).events).toHaveLength(2);
    },
  );

  test('a long log comes in parts, its newest end first, and what is settled is read from the store once', async () => {
    const reads: string[] = [];
    const counting = (store: ObjectStore): ObjectStore => ({
      ...store,
      get: (key) => {
        reads.push(key);
        return store.get(key);
      },
    });
    const { world, part, page } = await watch(
      { destinations: { inbox: { kind: 'inbox' } }, notices: ['inbox'] },
      counting,
    );
    await goThrough(
      world,
      Array.from({ length: 1_200 }, (_, index) => (index % 2 ? 'RELEASING' : 'SUCCESS')),
    );
    const first = await part();
    expect([first.events.length, first.more, first.events[0]?.id]).toEqual([1_000, true, 'shop-000000001200-0']);
    const second = await part(`run=${first.run}&since=0&skip=1000`);
    expect([second.events.length, second.more, second.events.at(-1)?.id]).toEqual([200, false, 'shop-000000000001-0']);

    reads.length = 0;
    const overview = await ask(`${page.url}/api/overview`, {});
    expect(reads.sort()).toEqual([
      'checkpoint/shop.json',
      'health/shop.json',
      'lanes/inbox.json',
      'log/shop/000000001201.json',
    ]);
    const unchanged = await ask(`${page.url}/api/overview`, { 'If-None-Match': String(overview.headers.etag) });
    expect([unchanged.status, unchanged.body]).toEqual([304, '']);
  });
});

describe('plans and sources', () => {
  test('a plan with every state it went through, in order, each with its time, its reasons and its event', async () => {
    const { world, overview } = await watch();
    world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };
    await goThrough(world, ['CREATED', 'RELEASING', 'FAILED']);
    const [shown] = (await overview()).plans;
    expect(shown?.steps.map(({ time, words, group, reasons, event }) => [time, words, group, reasons, event])).toEqual([
      ['2026-11-24T03:00:00.000Z', 'There when planwatch first looked', 'waiting', [], undefined],
      ['2026-11-24T03:01:00.000Z', 'Release is under way', 'moving', [], 'shop-000000000002-0'],
      ['2026-11-24T03:02:00.000Z', 'Release failed', 'bad', ['cart: image pull failed'], 'shop-000000000003-0'],
    ]);
    expect(shown).toMatchObject({ id: 'a', status: 'FAILED', group: 'bad', listed: true, source: 'shop' });
  });

  test('a plan that is gone, after those that are there', async () => {
    const { world, overview } = await watch();
    world.cloud.plans = [plan({ id: 'a' }), plan({ id: 'b' })];
    await world.poll();
    world.cloud.plans = [plan({ id: 'b' })];
    await world.poll();
    world.clock.ms += 31_000;
    await world.poll();
    const { plans } = await overview();
    expect(plans.map(({ id, listed, group, steps }) => [id, listed, group, steps.at(-1)?.group])).toEqual([
      ['b', true, 'waiting', 'waiting'],
      ['a', false, 'removed', 'removed'],
    ]);
  });

  test('a checkpoint that lags behind the log does not take a change back', async () => {
    const { world, overview } = await watch();
    await goThrough(world, ['CREATED']);
    const before = world.json('checkpoint/shop.json');
    await goThrough(world, ['SUCCESS']);
    world.objects.set('checkpoint/shop.json', JSON.stringify(before));
    expect((await overview()).plans[0]).toMatchObject({ status: 'SUCCESS', listed: true });
  });

  test('a source that cannot be read: last good look, since when, how often, why', async () => {
    const { world, overview } = await watch();
    await goThrough(world, ['CREATED']);
    world.cloud.plans = new SourceError('HTTP 503', 'Wait.');
    await world.poll();
    world.clock.ms += 60_000;
    await world.poll();
    expect((await overview()).sources).toEqual([
      {
        name: 'shop',
        region: 'ap-southeast-3',
        plans: 1,
        listSince: '2026-11-24T03:00:00.000Z',
        lastGood: '2026-11-24T03:00:00.000Z',
        failing: { looks: 2, since: '2026-11-24T03:01:00.000Z', reason: 'HTTP 503' },
      },
    ]);
  });
});

describe('the preview of one event', () => {
  const last = 'shop-000000000002-0';

  test('each destination gets exactly what was sent to it, and kinds that nobody uses come last', async () => {
    const { world, preview } = await watch({ destinations: { oncall: { kind: 'webhook' } }, notices: ['oncall'] });
    await goThrough(world, ['CREATED', 'FAILED']);
    const { renderings, title } = await preview(last);
    expect(title).toBe('Release failed: release-a · shop');
    const [sent] = world.told.filter(({ message }) => message.id === last);
    expect(renderings.map(({ kind, destinations }) => [kind, destinations])).toEqual([
      ['webhook', ['oncall']],
      ...Object.keys(channelKinds)
        .filter((kind) => kind !== 'webhook')
        .map((kind) => [kind, []]),
    ]);
    expect(renderings[0]?.payload).toEqual(
      JSON.parse(JSON.stringify(channelKinds.webhook.render(sent?.message as Message, { plain: false }))),
    );
  });

  test('two destinations of a kind are one, unless one of them calls somebody', async () => {
    const chats = { destinations: { a: { kind: 'slack' }, b: { kind: 'slack' }, c: { kind: 'slack' } }, notices: [] };
    const routes = [{ to: ['a', 'b'] }, { to: ['c'], mention: ['here'] }];
    const { world, preview } = await watch({ ...chats, routes });
    await goThrough(world, ['CREATED', 'FAILED']);
    const { renderings } = await preview(last);
    const slack = renderings.filter(({ kind }) => kind === 'slack');
    expect(slack.map(({ destinations }) => destinations)).toEqual([['a', 'b'], ['c']]);
    expect(slack.map(({ payload }) => JSON.stringify(payload).includes('<!here>'))).toEqual([false, true]);
  });

  test.each([
    [
      'signed',
      { kind: 'webhook', url: 'https://hooks.example.com/x', secret: 'env:SIGNING' },
      'v1,… (made with your secret)',
    ],
    ['unsigned', { kind: 'webhook', url: 'https://hooks.example.com/x' }, undefined],
  ])(
    'a webhook has the headers of its own send, %s, and no signature of a real key',
    async (_how, oncall, signature) => {
      const { world, preview } = await watch({ destinations: { oncall }, notices: ['oncall'] });
      await goThrough(world, ['CREATED', 'FAILED']);
      const { renderings } = await preview(last);
      expect(renderings[0]?.headers).toEqual({
        'content-type': 'application/json',
        'user-agent': expect.stringMatching(/^planwatch\//),
        'webhook-id': last,
        'webhook-timestamp': String(Date.parse('2026-11-24T03:01:00.000Z') / 1000),
        ...(signature && { 'webhook-signature': signature }),
      });
    },
  );

  test("the page's own destination looks like Slack", async () => {
    const { world, preview } = await watch({ destinations: { inbox: { kind: 'inbox' } }, notices: ['inbox'] });
    await goThrough(world, ['CREATED']);
    const { renderings } = await preview('shop-000000000001-0');
    expect(renderings[0]).toMatchObject({ kind: 'slack', destinations: ['inbox'] });
    expect(renderings.filter(({ kind }) => kind === 'slack' || kind === 'inbox')).toHaveLength(1);
  });

  test('a kind that cannot draw it says so, and leaves the others alone', async () => {
    const broken = {
      ...kinds,
      slack: {
        ...kinds.slack,
        render: () => {
          throw new Error('no such block');
        },
      },
    };
    const { world } = await watch();
    await goThrough(world, ['CREATED']);
    const { ledger, routing, now } = world.deps;
    const config = { ...routing, sources: [shop] } as unknown as Config;
    const later = await startInbox({ port: 0, ledger, config, kinds: broken, now });
    open.push(later);
    const answer = await fetch(`${later.url}/api/preview?id=shop-000000000001-0`);
    const { renderings } = (await answer.json()) as Preview;
    expect(renderings.map(({ kind, fault }) => [kind, fault])).toContainEqual([
      'slack',
      'It cannot be drawn: no such block',
    ]);
    expect(renderings.find(({ kind }) => kind === 'webhook')?.payload).toBeDefined();
  });

  test.each([
    ['asked for', 'zh', ['zh', 'zh']],
    ['its own, where none is asked for', '', ['en', 'zh']],
    ['its own, where one is asked for that is not there', 'tlh', ['en', 'zh']],
  ])('in the language that each destination is %s', async (_which, asked, wanted) => {
    const destinations = { home: { kind: 'slack' }, office: { kind: 'slack', language: 'zh' as const } };
    const { world, page } = await watch({ destinations, notices: ['home', 'office'] });
    await goThrough(world, ['CREATED', 'FAILED']);
    const answer = await fetch(`${page.url}/api/preview?id=${last}&language=${asked}`);
    const { renderings, languages } = (await answer.json()) as Preview;
    expect(languages).toEqual([
      { id: 'en', name: 'English' },
      { id: 'zh', name: '中文' },
    ]);
    const slack = renderings.filter(({ kind }) => kind === 'slack');
    const found = ['home', 'office'].map((name) => slack.find((one) => one.destinations.includes(name)));
    expect(found.map((one) => one?.language)).toEqual(wanted);
    for (const one of found)
      expect(JSON.stringify(one?.payload)).toContain(one?.language === 'zh' ? '发布失败' : 'Release failed');
  });

  test.each(['', 'shop-000000000009-0', '../../etc/passwd', '%00'])('of an event that is not there: %j', async (id) => {
    const { world, page } = await watch();
    await goThrough(world, ['CREATED']);
    const answer = await ask(`${page.url}/api/preview?id=${id}`, {});
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([404, 'There is no such event among those shown.']);
  });

  test('what people typed is there as data, and nowhere as markup', async () => {
    const { world, page, overview, preview } = await watch();
    const name = `<script>alert(1)</script> javascript:alert(2) "'&amp; <https://evil.example|x> <!here>`;
    await goThrough(world, ['CREATED', 'FAILED'], { name });
    expect((await overview()).plans[0]?.name).toBe(name);
    const slack = (await preview(last)).renderings.find(({ kind }) => kind === 'slack');
    const texts =
      JSON.stringify(slack?.payload)
        .match(/"mrkdwn","text":"[^"]*"/g)
        ?.join() ?? '';
    expect(texts).toContain('Created');
    expect(texts).not.toMatch(/script|evil|<!here>/);
    expect(await (await fetch(page.url)).text()).not.toContain('alert');
  });
});

describe('the stream of changes', () => {
  test('a page is pinged when it comes, and at each change', async () => {
    const { page } = await watch();
    const seen = await pings(page.url, 3, (index) =>
      page.changed(
        index === 1
          ? []
          : [
              { source: 'shop', ok: true },
              { source: 'mill', ok: false },
            ],
      ),
    );
    expect(seen.map(({ version }) => version)).toEqual([0, 1, 2]);
    expect(seen[1]?.looked).toEqual({});
    const at = '2026-11-24T03:00:00.000Z';
    expect(seen[2]).toMatchObject({ looked: { shop: at, mill: at }, good: { shop: at } });
    expect(seen[2]?.good).not.toHaveProperty('mill');
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
    for (const path of ['/', '/api/overview']) {
      expect([path, (await ask(`${page.url}${path}`, own)).status]).toEqual([path, status]);
    }
    if (status === 403) expect((await ask(`${page.url}/api/changes`, own)).status).toBe(403);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    const { page } = await watch();
    const answer = await ask(`${page.url}/api/overview`, {}, method);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('HEAD is answered without a body, by the stream as well', async () => {
    const { page } = await watch();
    for (const path of ['/', '/api/overview', '/api/changes']) {
      const { status, body } = await ask(`${page.url}${path}`, {}, 'HEAD');
      expect([path, status, body]).toEqual([path, 200, '']);
    }
  });

  test.each([
    ['/', 'text/html; charset=utf-8', '<div id="app">'],
    ['/plans?plan=a', 'text/html; charset=utf-8', '<div id="app">'],
    ['/health', 'text/html; charset=utf-8', '<div id="app">'],
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
