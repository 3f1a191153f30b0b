import { describe, expect, test } from '@jest/globals';
import type { Config, DestinationConfig, Style } from '../lib/core/config.ts';
import { planEvent } from '../lib/core/event.ts';
import { createMemoryQueue } from '../lib/queues/memory.ts';
import { createSecrets } from '../lib/secrets.ts';
import { createMemoryStore } from '../lib/stores/memory.ts';
import { wireDeliver } from '../lib/wire.ts';
import { config as defaults, plan } from './support/build.ts';
import { startSlackReceiver, startWebhookReceiver } from './support/chat-server.ts';

const place = { source: 'shop', region: 'r', projectId: 'p' };

/** One destination, wired as a handler wires it, over an environment that a test changes. */
function oneDestination(chat: DestinationConfig, edges: { fetch?: typeof globalThis.fetch } = {}, style: Style = {}) {
  const env = new Map<string, string>();
  const clock = { ms: Date.parse('2026-11-24T03:00:00.000Z') };
  const now = () => new Date(clock.ms);
  const config: Config = defaults({ destinations: { chat }, notices: [], ...style });
  const world = { fetch: globalThis.fetch, now, random: () => 0.5, sleep: async () => {}, ...edges };
  const secrets = createSecrets({ ...world, env: (name) => env.get(name), readFile: async () => '' });
  const deliver = wireDeliver(config, {
    ...world,
    secrets,
    store: createMemoryStore(),
    queue: createMemoryQueue({ now }),
  });
  let sent = 0;
  return {
    env,
    clock,
    async tell() {
      const event = planEvent(
        { type: 'plan.appeared', plan: plan({ id: 'a' }) },
        `e-${sent++}`,
        now().toISOString(),
        place,
      );
      const message = { v: 1, id: event.id, destination: 'chat', events: [event], queuedAt: event.time };
      const [result] = await deliver([{ handle: 'h', body: JSON.stringify(message) }], () => 60_000);
      return result;
    },
  };
}

describe('a destination as it is wired', () => {
  test('whose secret cannot be had waits, and says which reference and why', async () => {
    const chat = oneDestination({ kind: 'webhook', url: 'env:CHAT_URL' });
    expect(await chat.tell()).toMatchObject({ outcome: 'waiting', reason: expect.stringContaining('CHAT_URL') });
  });

  test('whose secret was put where it belongs works five minutes later, not in an hour', async () => {
    const receiver = await startWebhookReceiver();
    const chat = oneDestination({ kind: 'webhook', url: 'env:CHAT_URL' });
    await chat.tell();
    chat.env.set('CHAT_URL', receiver.url);
    chat.clock.ms += 5 * 60_000;
    expect(await chat.tell()).toMatchObject({ outcome: 'delivered' });
    await receiver.close();
  });

  test('whose address was mended in its store works at the next try, without a deploy', async () => {
    const receiver = await startWebhookReceiver();
    const chat = oneDestination({ kind: 'webhook', url: 'env:CHAT_URL' });
    chat.env.set('CHAT_URL', `${new URL(receiver.url).origin}/gone`);
    expect(await chat.tell()).toMatchObject({ outcome: 'waiting', reason: expect.stringContaining('404') });
    chat.env.set('CHAT_URL', receiver.url);
    chat.clock.ms += 2 * 3_600_000;
    expect(await chat.tell()).toMatchObject({ outcome: 'delivered' });
    await receiver.close();
  });

  test('reads its own language, and the time in the zone of all', async () => {
    const receiver = await startSlackReceiver();
    const style = { language: 'en', timezone: 'Asia/Shanghai', consoleUrl: 'https://c.example/{planId}' } as const;
    const chat = oneDestination({ kind: 'slack', url: 'env:CHAT_URL', language: 'zh' }, {}, style);
    chat.env.set('CHAT_URL', receiver.url);
    await chat.tell();
    const { text } = (await receiver.next()).body;
    await receiver.close();
    expect(text).toMatch(/^🕒 新发布单：release-a · shop/);
    expect(text).toContain('2026-11-24 11:00:00 UTC+08:00');
    expect(text).toContain('https://c.example/a');
  });

  test.each([
    [{}, 'waiting', []],
    [{ allowInsecure: true }, 'delivered', ['http://hooks.internal/x']],
  ])('over plain http elsewhere, with %j: %s', async (over, outcome, asked) => {
    const urls: string[] = [];
    const fetch = async (input: string | URL | Request) => {
      urls.push(input instanceof Request ? input.url : String(input));
      return new Response(null, { status: 204 });
    };
    const chat = oneDestination(
      { kind: 'webhook', url: 'http://hooks.internal/x', ...over },
      { fetch: fetch as typeof globalThis.fetch },
    );
    expect(await chat.tell()).toMatchObject({ outcome });
    expect(urls).toEqual(asked);
  });
});
