import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Settings } from '../../lib/channels/channel.ts';
import { slackBot } from '../../lib/channels/slack-bot.ts';
import type { Outcome } from '../../lib/core/outcome.ts';
import type { Channel } from '../../lib/ports.ts';
import { botChannel, botToken, startSlackBotReceiver } from '../support/slack-bot-server.ts';
import { edges, seen, soon, recovered as unaddressed, failed as unsent } from './sample-message.ts';

const to = 'releases';
const [failed, recovered] = [
  { ...unsent, to },
  { ...unaddressed, to },
];

let receiver: Awaited<ReturnType<typeof startSlackBotReceiver>>;
let clock: number;
beforeEach(async () => {
  clock = Date.parse(seen);
  receiver = await startSlackBotReceiver({ now: () => new Date(clock) });
});
afterEach(async () => receiver.close());

const open = (over: Settings = {}) => {
  const { edit, reply, find, ...rest } = slackBot.create(
    { token: botToken, channel: botChannel, endpoint: receiver.url, ...over },
    edges,
  );
  return { ...rest, edit, reply, find } as Required<Channel>;
};
const how = (plain = false) => ({ plain, signal: soon() });
const post = async (message = failed): Promise<string> => {
  const outcome = await open().send(message, how());
  return 'reference' in outcome ? (outcome.reference ?? '') : '';
};
const tsOf = (reference: string) => reference.split('/')[1];

describe('an edit', () => {
  test('has the id of what it shows now, and calls nobody', async () => {
    const reference = await post();
    expect(await open().edit(reference, recovered, how())).toEqual({ kind: 'delivered', reference });
    const { metadata, text } = receiver.room.find(reference)?.body ?? {};
    expect(metadata?.event_payload).toEqual({ id: recovered.id, to });
    expect(text).not.toContain('<!');
    expect(recovered.mention).not.toEqual([]);
  });

  test('in plain form takes the blocks away that were there', async () => {
    const reference = await post();
    await open().edit(reference, recovered, how(true));
    expect(receiver.room.find(reference)?.body).toMatchObject({ blocks: [], attachments: [] });
  });

  test.each<[string, (reference: string) => void]>([
    [
      'edit_window_closed',
      () => {
        receiver.channel.editWindowClosed = true;
      },
    ],
    ['message_not_found', (reference) => receiver.room.remove(reference)],
  ])('%s: the message is gone', async (error, happen) => {
    const reference = await post();
    happen(reference);
    const reason = `HTTP 200: {"ok":false,"error":"${error}"}`;
    expect(await open().edit(reference, recovered, how())).toEqual({ kind: 'gone', reason });
  });

  test('of a message that is somebody else’s is none', async () => {
    receiver.channel.hear('good morning');
    const [theirs] = receiver.room.shown();
    expect(await open().edit(theirs?.reference ?? '', recovered, how())).toMatchObject({ kind: 'gone' });
    expect(receiver.room.shown()).toEqual([theirs]);
  });

  test.each(['not_in_channel', 'is_archived', 'is_inactive', 'channel_not_found'])(
    '%s is the destination’s fault, until the bot is invited again',
    async (error) => {
      const reference = await post();
      receiver.channel.fault = error;
      expect(await open().edit(reference, recovered, how())).toMatchObject({
        kind: 'misconfigured',
        reason: expect.stringContaining(error),
        advice: expect.stringMatching(/./),
      });
      delete receiver.channel.fault;
      expect(await open().edit(reference, recovered, how())).toEqual({ kind: 'delivered', reference });
    },
  );

  test('of a message in another channel than the one configured now touches nothing', async () => {
    const reference = await post();
    const asked = receiver.requests.length;
    const channel = open({ channel: 'C0OTHER000' });
    expect(await channel.edit(reference, recovered, how())).toMatchObject({ kind: 'gone' });
    expect(await channel.reply(reference, recovered, { ...how(), ring: true })).toMatchObject({ kind: 'gone' });
    expect(receiver.requests).toHaveLength(asked);
  });
});

describe('a reply', () => {
  test.each([[true], [false]])('is in the thread, and in the channel only where it rings (%p)', async (ring) => {
    const reference = await post();
    expect(await open().reply(reference, recovered, { ...how(), ring })).toMatchObject({ kind: 'delivered' });
    const [, answer] = receiver.room.shown();
    expect(answer?.body.thread_ts).toBe(tsOf(reference));
    expect(answer?.under).toBe(reference);
    expect(answer?.broadcast).toBe(ring || undefined);
    // Unlike an edit it calls people.
    expect(answer?.body.text).toMatch(/^<!here> <!channel>/);
  });

  test('to a message that was deleted stands alone, which Slack tells only by the way', async () => {
    const reference = await post();
    receiver.room.remove(reference);
    const outcome = await open().reply(reference, recovered, { ...how(), ring: false });
    expect(outcome).toEqual({ kind: 'delivered', reference: expect.stringMatching(/^C024BE91L\//), alone: true });
    expect(receiver.room.shown()).toHaveLength(1);
  });
});

describe('the search for a message whose answer was lost', () => {
  const since = () => new Date(clock).toISOString();
  const lose = async (ask: (channel: Required<Channel>) => Promise<unknown>) => {
    receiver.script('lost');
    expect(await ask(open())).toMatchObject({ kind: 'retry', unsure: true });
  };
  const find = (id = failed.id, from = since(), under?: string) =>
    open().find(id, { to, signal: soon(), since: from, ...(under !== undefined && { under }) });

  test('finds it, in one call', async () => {
    await lose((channel) => channel.send(failed, how()));
    const asked = receiver.requests.length;
    expect(await find()).toEqual({ kind: 'delivered', reference: receiver.room.shown()[0]?.reference });
    expect(receiver.requests).toHaveLength(asked + 1);
    expect(receiver.faults).toEqual([]);
  });

  test('does not take for its own what another destination said in the same channel', async () => {
    await post({ ...failed, to: 'all-releases' });
    expect(await find()).toBeUndefined();
    await lose((channel) => channel.send(failed, how()));
    expect(await find()).toEqual({ kind: 'delivered', reference: receiver.room.shown()[1]?.reference });
  });

  test('finds none that never came', async () => {
    await post(recovered);
    receiver.channel.hear(failed.id);
    expect(await find()).toBeUndefined();
  });

  test('finds it though Slack’s clock is behind ours by half a minute', async () => {
    clock -= 30_000;
    await lose((channel) => channel.send(failed, how()));
    clock += 30_000;
    expect(await find()).toBeDefined();
  });

  test('does not take one from long before for it', async () => {
    await post();
    clock += 120_000;
    expect(await find()).toBeUndefined();
  });

  test('finds it below fourteen messages that people wrote since, long ones too', async () => {
    await lose((channel) => channel.send(failed, how()));
    for (let count = 0; count < 14; count++) receiver.channel.hear('x'.repeat(30_000));
    expect(await find()).toBeDefined();
    receiver.channel.hear('one more than Slack shows at once');
    expect(await find()).toBeUndefined();
  });

  test('finds it after an edit by the id of what it shows', async () => {
    const reference = await post();
    await open().edit(reference, recovered, how());
    expect(await find(recovered.id)).toEqual({ kind: 'delivered', reference });
  });

  test('finds an answer in its thread, and not the message above it that shows the same', async () => {
    const reference = await post();
    await open().edit(reference, recovered, how());
    expect(await find(recovered.id, since(), reference)).toBeUndefined();
    await lose((channel) => channel.reply(reference, recovered, { ...how(), ring: true }));
    expect(await find(recovered.id, since(), reference)).toEqual({
      kind: 'delivered',
      reference: receiver.room.shown()[1]?.reference,
    });
  });

  test('takes no answer that the channel sees for a post of its own', async () => {
    const reference = await post();
    await open().reply(reference, recovered, { ...how(), ring: true });
    expect(await find(recovered.id)).toBeUndefined();
  });

  test('in the thread of a deleted message finds nothing', async () => {
    const reference = await post();
    receiver.room.remove(reference);
    expect(await find(failed.id, since(), reference)).toBeUndefined();
  });

  test.each(['C0OTHER000/1.2', 'x', ''])('under %j, which is no message here, asks nothing', async (under) => {
    expect(await find(failed.id, since(), under)).toBeUndefined();
    expect(receiver.requests).toEqual([]);
  });

  test('without the permission finds nothing, and does not fail', async () => {
    await post();
    receiver.channel.scopes.delete('channels:history');
    expect(await find()).toBeUndefined();
  });

  test.each([
    ['silence', 'hang'],
    ['a broken connection', 'reset'],
    ['half an answer', 'broken-body'],
    ['a throttle', { status: 429, headers: { 'retry-after': '60' } }],
    ['a page', { status: 200, body: '<html>' }],
    ['no list', { status: 200, body: '{"ok":true,"messages":{}}' }],
    ['a list of anything', { status: 200, body: '{"ok":true,"messages":[null,1,{"metadata":1},{"metadata":{}}]}' }],
    ['a list that was refused', { status: 200, body: '{"ok":false,"messages":[]}' }],
  ] as const)('%s instead of an answer finds nothing', async (_what, answer) => {
    await post();
    receiver.script(answer);
    const search = { to, signal: AbortSignal.timeout(300), since: since() };
    expect(await open().find(failed.id, search)).toBeUndefined();
  });

  test('with settings that are wrong finds nothing', async () => {
    expect(await open({ token: '' }).find(failed.id, { to, signal: soon(), since: since() })).toBeUndefined();
  });

  test('since a time that is none finds nothing', async () => {
    expect(await find(failed.id, 'yesterday')).toBeUndefined();
  });
});

describe('a channel’s name', () => {
  const send = (style: string, channel = 'releases'): Promise<Outcome> => open({ channel, style }).send(failed, how());

  test.each(['living', 'thread'])('is not enough for style: %s, which edits or answers by the ID', async (style) => {
    expect(await send(style)).toEqual({
      kind: 'misconfigured',
      reason: `channel is no ID, which style: ${style} needs`,
      advice: expect.stringContaining('Set channel to the ID'),
    });
    expect(receiver.requests).toEqual([]);
    expect(await send(style, botChannel)).toMatchObject({ kind: 'delivered' });
  });

  test('is enough for a post for each change', async () => {
    await send('each');
    expect(receiver.requests).toHaveLength(1);
  });
});
