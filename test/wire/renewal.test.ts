import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { channelKinds } from '../../lib/channels/registry.ts';
import type { Auth, Config, DestinationConfig } from '../../lib/core/config.ts';
import { planEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import type { DeliveryResult } from '../../lib/flow/delivery-result.ts';
import type { Channel } from '../../lib/ports.ts';
import { createMemoryQueue } from '../../lib/queues/memory.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { createRenewingChannel } from '../../lib/wire/renewal.ts';
import { openDestination, wireDeliver, wirePoll } from '../../lib/wire.ts';
import { answer, type Handler, projectId, startScriptedCloud } from '../sources/scripted-cloud.ts';
import { config as defaults, plan } from '../support/build.ts';
import { type Receiver, startWebhookReceiver, type WebhookBody } from '../support/chat-server.ts';
import { startSecretServer } from '../support/secret-server.ts';
import { botChannel, botToken, startSlackBotReceiver } from '../support/slack-bot-server.ts';

const key = (letter: string) => `whsec_${Buffer.alloc(32, letter).toString('base64')}`;
const [oldKey, newKey, thirdKey] = [key('a'), key('b'), key('c')];
const place = { source: 'shop', region: 'r', projectId: 'p' };

let keeper: Awaited<ReturnType<typeof startSecretServer>>;
let receiver: Receiver<WebhookBody>;
let clock: number;
const now = () => new Date(clock);
beforeEach(async () => {
  clock = Date.parse('2026-11-24T03:00:00.000Z');
  keeper = await startSecretServer();
  receiver = await startWebhookReceiver({ secret: newKey });
});
afterEach(async () => {
  await receiver.close();
  await keeper[Symbol.asyncDispose]();
});

const edges = { fetch: globalThis.fetch, now, random: () => 0.5, sleep: async () => {} };

/** Wired as a handler wires it; `tell` hands one message to each destination. */
function chats(destinations: Record<string, DestinationConfig>) {
  const config: Config = defaults({ destinations, notices: [] });
  const platform = {
    ...edges,
    secrets: keeper.open(now),
    store: createMemoryStore(),
    queue: createMemoryQueue({ now }),
  };
  const deliver = wireDeliver(config, platform);
  let sent = 0;
  return async (): Promise<readonly DeliveryResult[]> => {
    const at = now().toISOString();
    const event = planEvent({ type: 'plan.appeared', plan: plan({ id: 'a' }) }, `e-${sent++}`, at, place);
    const bodies = Object.keys(destinations).map((destination) =>
      JSON.stringify({ v: 1, id: event.id, destination, events: [event], queuedAt: at }),
    );
    return deliver(
      bodies.map((body) => ({ handle: body, body })),
      () => 60_000,
    );
  };
}

const signed = () => chats({ chat: { kind: 'webhook', url: receiver.url, secret: 'secretsmanager:planwatch/chat' } });

describe('a destination that refuses its credential', () => {
  test('is asked again at once with the new one, as the same attempt', async () => {
    keeper.values.set('planwatch/chat', oldKey);
    const tell = signed();
    receiver.script({ status: 204 });
    expect(await tell()).toMatchObject([{ outcome: 'delivered' }]);
    // Rotated at both ends, while the old value is still kept here.
    keeper.values.set('planwatch/chat', newKey);
    clock += 60_000;
    expect(await tell()).toMatchObject([{ outcome: 'delivered', attempts: 1 }]);
    expect(keeper.asked).toEqual(['planwatch/chat', 'planwatch/chat']);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual(['e-0', 'e-1', 'e-1']);
    // The new value is kept as the old one was.
    expect(await tell()).toMatchObject([{ outcome: 'delivered' }]);
    expect(keeper.asked).toHaveLength(2);
    expect(receiver.requests).toHaveLength(4);
  });

  test('is not asked again with what it refused, and the next try asks anew', async () => {
    keeper.values.set('planwatch/chat', oldKey);
    const tell = signed();
    expect(await tell()).toMatchObject([{ outcome: 'waiting', cause: 'misconfigured', failing: true, attempts: 1 }]);
    expect(receiver.requests).toHaveLength(1);
    expect(keeper.asked).toHaveLength(2);
    keeper.values.set('planwatch/chat', newKey);
    clock += 2 * 3_600_000;
    expect(await tell()).toMatchObject([{ outcome: 'delivered' }]);
    expect(receiver.requests).toHaveLength(2);
  });

  test('is asked twice at most, though the new one is refused as well', async () => {
    keeper.values.set('planwatch/chat', oldKey);
    const tell = signed();
    let reads = 0;
    keeper.hold(async (name) => void keeper.values.set(name, reads++ === 0 ? oldKey : thirdKey));
    expect(await tell()).toMatchObject([{ outcome: 'waiting', cause: 'misconfigured', attempts: 1 }]);
    expect(receiver.requests).toHaveLength(2);
    expect(keeper.asked).toHaveLength(2);
  });

  test('keeps its answer where the secret cannot be had anew: nothing is given up', async () => {
    keeper.values.set('planwatch/chat', oldKey);
    const tell = signed();
    let reads = 0;
    keeper.hold(async (name) => void (reads++ > 0 && keeper.values.delete(name)));
    expect(await tell()).toMatchObject([{ outcome: 'waiting', reason: expect.stringContaining('401') }]);
    expect(receiver.requests).toHaveLength(1);
  });

  test('whose address is in clear is not asked again either', async () => {
    const tell = chats({ chat: { kind: 'webhook', url: `${new URL(receiver.url).origin}/gone` } });
    expect(await tell()).toMatchObject([{ outcome: 'waiting', cause: 'misconfigured' }]);
    expect(receiver.faults).toHaveLength(1);
    expect(keeper.asked).toEqual([]);
  });

  test('whose address moved is found at its new one', async () => {
    keeper.values.set('/planwatch/chat', `${new URL(receiver.url).origin}/gone`);
    keeper.values.set('/planwatch/key', newKey);
    const tell = chats({ chat: { kind: 'webhook', url: 'ssm:/planwatch/chat', secret: 'ssm:/planwatch/key' } });
    keeper.hold(async () => void (receiver.faults.length > 0 && keeper.values.set('/planwatch/chat', receiver.url)));
    expect(await tell()).toMatchObject([{ outcome: 'delivered', attempts: 1 }]);
    expect(receiver.messages).toHaveLength(1);
  });
});

describe('a bot whose token was rotated', () => {
  const open = async () => {
    const slack = await startSlackBotReceiver();
    const endpoint = 'ssm:/planwatch/slack-api';
    keeper.values.set('planwatch/bot', botToken).set('/planwatch/slack-api', slack.url);
    const bot = { kind: 'slack-bot', token: 'secretsmanager:planwatch/bot', channel: botChannel, endpoint };
    const config = defaults({ destinations: { chat: { ...bot, style: 'living' } }, notices: [] });
    const platform = {
      ...edges,
      secrets: keeper.open(now),
      store: createMemoryStore(),
      queue: createMemoryQueue({ now }),
    };
    const opened = async () =>
      (await openDestination(config, platform, channelKinds, 'chat'))?.channel as Required<Channel>;
    const how = () => ({ plain: false, signal: AbortSignal.timeout(5000) });
    const first = await (await opened()).send(message('e-0'), how());
    return { slack, opened, how, reference: ('reference' in first && first.reference) || '' };
  };
  const message = (id: string) => {
    const event = planEvent({ type: 'plan.appeared', plan: plan({ id: 'a' }) }, id, now().toISOString(), place);
    return composeMessage({ id, events: [event] });
  };

  test.each(['edit', 'reply'] as const)('has the new one for its %s as well, within the same attempt', async (call) => {
    const { slack, opened, how, reference } = await open();
    // Its channel was made with the old one, and by the time of the call the new one is kept.
    keeper.values.set('planwatch/bot', 'xoxb-the-old-one');
    clock += 600_000;
    const channel = await opened();
    keeper.values.set('planwatch/bot', botToken);
    const outcome = await channel[call](reference, message('e-1'), { ...how(), ring: true });
    expect(outcome).toMatchObject({ kind: 'delivered' });
    expect(slack.faults).toEqual(['another token']);
    expect(slack.room.shown()).toHaveLength(call === 'edit' ? 1 : 2);
    await slack.close();
  });

  test('is not asked again where the message is gone: that is no fault of the token', async () => {
    const { slack, opened, how, reference } = await open();
    slack.room.remove(reference);
    const asked = slack.requests.length;
    expect(await (await opened()).edit(reference, message('e-1'), how())).toMatchObject({ kind: 'gone' });
    expect(slack.requests).toHaveLength(asked + 1);
    await slack.close();
  });

  test('can do no more than its kind: there is no edit where the kind has none', async () => {
    const config = defaults({ destinations: { chat: { kind: 'webhook', url: receiver.url } }, notices: [] });
    const platform = {
      ...edges,
      secrets: keeper.open(now),
      store: createMemoryStore(),
      queue: createMemoryQueue({ now }),
    };
    const opened = await openDestination(config, platform, channelKinds, 'chat');
    expect(Object.keys(opened?.channel ?? {})).toEqual(['send']);
  });
});

test('a renewal ends with the time of the send, and the answer stands', async () => {
  const asked: string[] = [];
  // The real reader ends by itself after 5 s, which would hide that nobody stopped waiting for it.
  const silent = (ref: string) => new Promise<string>(() => void asked.push(ref));
  const secrets = Object.assign(silent, { forget: () => {} });
  const refused: Outcome = { kind: 'misconfigured', reason: 'HTTP 401' };
  const send = async () => refused;
  const channel = createRenewingChannel(
    secrets,
    { used: new Map([['ssm:/a', 'old']]), channel: { send } },
    async () => ({ send }),
  );
  const message = composeMessage({ id: 'e', events: [] });
  expect(await channel.send(message, { plain: false, signal: AbortSignal.timeout(100) })).toBe(refused);
  // With no time at all nothing is even asked.
  expect(await channel.send(message, { plain: false, signal: AbortSignal.abort() })).toBe(refused);
  expect(asked).toEqual(['ssm:/a']);
});

test('the references of one destination are fetched at the same time', async () => {
  keeper.values.set('/planwatch/chat', receiver.url).set('/planwatch/key', newKey);
  keeper.together(2);
  const tell = chats({ chat: { kind: 'webhook', url: 'ssm:/planwatch/chat', secret: 'ssm:/planwatch/key' } });
  expect(await tell()).toMatchObject([{ outcome: 'delivered' }]);
});

test('a reference that may not be read holds up its own destination, and names the permission that is missing', async () => {
  keeper.values.set('/planwatch/a', receiver.url).set('/planwatch/key', newKey).set('/planwatch/b', receiver.url);
  keeper.denied.add('/planwatch/a');
  const tell = chats({
    a: { kind: 'webhook', url: 'ssm:/planwatch/a' },
    b: { kind: 'webhook', url: 'ssm:/planwatch/b', secret: 'ssm:/planwatch/key' },
    c: { kind: 'webhook', url: 'ssm:/planwatch/none' },
  });
  expect(await tell()).toMatchObject([
    {
      destination: 'a',
      outcome: 'waiting',
      cause: 'misconfigured',
      reason: 'ssm:/planwatch/a: not allowed; the role needs ssm:GetParameter on it, and kms:Decrypt for its key.',
    },
    { destination: 'b', outcome: 'delivered' },
    {
      destination: 'c',
      outcome: 'waiting',
      reason: 'ssm:/planwatch/none: there is no such parameter in eu-central-1.',
    },
  ]);
});

describe('a source whose credential is refused', () => {
  const none = answer(200, { count: 0, release_plans: [] });
  const badKey = answer(401, { error_code: 'APIGW.0301', error_msg: 'Incorrect IAM authentication information' });
  const refused =
    (name: 'authorization' | 'x-auth-token', bad: string): Handler =>
    (request, response) =>
      (String(request.headers[name]).includes(bad) ? badKey : none)(request, response);

  const looking = (endpoint: string, auth: Auth, iamEndpoint?: string) => {
    const source = { name: 'shop', region: 'r', projectId, edition: 'release-plans', endpoint, auth } as const;
    const config = defaults({ sources: [{ ...source, ...(iamEndpoint && { iamEndpoint }) }] });
    const platform = {
      ...edges,
      secrets: keeper.open(now),
      store: createMemoryStore(),
      queue: createMemoryQueue({ now }),
    };
    const look = wirePoll(config, platform);
    return async () => (await look({}, () => 60_000))[0];
  };
  const keys = { accessKey: 'ssm:/planwatch/ak', secretKey: 'ssm:/planwatch/sk' };

  test('is asked once more with the new key pair, within the same look', async () => {
    await using cloud = await startScriptedCloud(refused('authorization', 'Access=OLD,'));
    keeper.values.set('/planwatch/ak', 'NEW').set('/planwatch/sk', 'new-secret');
    const look = looking(cloud.url, keys);
    expect(await look()).toMatchObject({ ok: true });
    keeper.values.set('/planwatch/ak', 'OLD');
    clock += 300_000;
    expect(await look()).toMatchObject({ ok: false, cause: 'misconfigured' });
    keeper.values.set('/planwatch/ak', 'NEW');
    clock += 60_000;
    expect(await look()).toMatchObject({ ok: true });
    expect(cloud.asked.map(({ headers }) => /Access=(\w+)/.exec(headers.authorization ?? '')?.[1])).toEqual([
      'NEW',
      'OLD',
      'NEW',
    ]);
  });

  test('is not asked again with the same: the cloud locks keys', async () => {
    await using cloud = await startScriptedCloud(badKey);
    keeper.values.set('/planwatch/ak', 'OLD').set('/planwatch/sk', 'x');
    const look = looking(cloud.url, keys);
    expect(await look()).toMatchObject({ ok: false });
    expect(await look()).toMatchObject({ ok: false });
    expect(cloud.asked).toHaveLength(1);
  });

  test('is asked once more with a new token', async () => {
    await using cloud = await startScriptedCloud(refused('x-auth-token', 'old'));
    keeper.values.set('/planwatch/token', 'old');
    const look = looking(cloud.url, { token: 'ssm:/planwatch/token' });
    keeper.hold(async (name) => void (cloud.asked.length > 0 && keeper.values.set(name, 'new')));
    expect(await look()).toMatchObject({ ok: true });
    expect(cloud.asked.map(({ headers }) => headers['x-auth-token'])).toEqual(['old', 'new']);
  });

  test('logs in once more with a new password', async () => {
    await using cloud = await startScriptedCloud(none);
    const login: Handler = (_request, response) =>
      (iam.asked.length === 1
        ? answer(401, { error: { code: 401, message: 'wrong user name or password' } })
        : answer(201, '', { 'X-Subject-Token': 'token-1' }))(_request, response);
    await using iam = await startScriptedCloud(login);
    keeper.values.set('/planwatch/password', 'old');
    const look = looking(cloud.url, { user: 'bot', domain: 'acme', password: 'ssm:/planwatch/password' }, iam.url);
    keeper.hold(async (name) => void (iam.asked.length > 0 && keeper.values.set(name, 'new')));
    expect(await look()).toMatchObject({ ok: true });
    expect([iam.asked.length, cloud.asked.length]).toEqual([2, 1]);
  });

  test('does not have its address looked up anew: another list must not be compared with this one', async () => {
    await using cloud = await startScriptedCloud(badKey);
    await using other = await startScriptedCloud(none);
    keeper.values.set('/planwatch/ak', 'OLD').set('/planwatch/sk', 'x').set('/planwatch/where', cloud.url);
    const look = looking('ssm:/planwatch/where', keys);
    keeper.hold(async () => {
      if (cloud.asked.length > 0) keeper.values.set('/planwatch/ak', 'NEW').set('/planwatch/where', other.url);
    });
    expect(await look()).toMatchObject({ ok: false });
    expect([cloud.asked.length, other.asked.length]).toEqual([2, 0]);
  });

  test.each([
    ['a fault of the cloud', answer(500)],
    ['throttling', answer(429)],
    ['an incomplete list', answer(200, { count: 1, release_plans: [] })],
  ])('%s is no reason to ask for secrets anew', async (_what, handler) => {
    await using cloud = await startScriptedCloud(handler);
    keeper.values.set('/planwatch/ak', 'AK').set('/planwatch/sk', 'x');
    expect(await looking(cloud.url, keys)()).toMatchObject({ ok: false });
    expect(keeper.asked.sort()).toEqual(['/planwatch/ak', '/planwatch/sk']);
  });

  test('fetches both halves of its key at the same time', async () => {
    await using cloud = await startScriptedCloud(none);
    keeper.values.set('/planwatch/ak', 'AK').set('/planwatch/sk', 'x');
    keeper.together(2);
    expect(await looking(cloud.url, keys)()).toMatchObject({ ok: true });
  });
});
