import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inbox as inboxKind } from '../../../handlers/local/inbox/kind.ts';
import { type Inbox, startInbox } from '../../../handlers/local/inbox/server.ts';
import type { Preview, Rendering } from '../../../handlers/local/inbox/view.ts';
import { channelKinds } from '../../../lib/channels/registry.ts';
import type { SlackPayload } from '../../../lib/channels/slack-payload.ts';
import type { Config, TellingStyle } from '../../../lib/core/config.ts';
import { botDestination, openBotRoom } from '../../support/bot-rooms.ts';
import { plan } from '../../support/build.ts';
import type { SlackBotBody } from '../../support/slack-bot-server.ts';
import { createWorld } from '../../support/world.ts';

const kinds = { ...channelKinds, inbox: inboxKind };
const source = {
  name: 'shop',
  region: 'r',
  projectId: 'p',
  edition: 'release-plans',
  auth: { token: 'env:T' },
} as const;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of cleanups.splice(0)) await close();
});

type Over = Partial<Omit<Config, 'sources'>>;

/** A team that is told in that style, in a Slack that refuses what the real one would; and the page beside it. */
async function open(style: TellingStyle, over: Over = {}) {
  const destinations = { team: botDestination(style), hook: { kind: 'webhook', url: 'https://hooks.example.com/x' } };
  const config = { sources: [source], destinations, notices: [], ...over };
  const world = createWorld({ config });
  const slack = await openBotRoom(world, 'team');
  cleanups.push(slack.close);
  const { ledger, routing, now } = world.deps;
  const page: Inbox = await startInbox({ port: 0, ledger, config: { ...routing, ...config } as Config, kinds, now });
  cleanups.push(page.close);
  world.cloud.failures = { a: [{ component: 'cart', reason: 'image pull failed' }] };

  async function shows(...plans: readonly Parameters<typeof plan>[0][]): Promise<void> {
    world.cloud.plans = plans.map(plan);
    await world.poll();
    await world.drain();
    world.clock.ms += 60_000;
  }
  await shows();
  return {
    world,
    slack,
    shows,
    async turns(...statuses: readonly string[]): Promise<void> {
      for (const status of statuses) await shows({ id: 'a', status });
    },
    async preview(revision: number, query = ''): Promise<Preview> {
      const id = `shop-${String(revision).padStart(12, '0')}-0`;
      return (await (await fetch(`${page.url}/api/preview?id=${id}${query}`)).json()) as Preview;
    },
    message: () => world.json('messages/team/shop/a.json'),
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

const ofTeam = ({ renderings }: Preview): Rendering => {
  const found = renderings.find(({ destinations }) => destinations.includes('team'));
  if (!found) throw new Error('team is not drawn');
  return found;
};

/** What people see of a payload. */
const seen = ({ text, blocks = [], attachments = [] }: SlackPayload | SlackBotBody) => ({ text, blocks, attachments });

/** The plan's message and what stands below it, as Slack has them. */
function inSlack({ slack, message }: Opened) {
  const { reference } = message();
  const shown = slack.room.shown().filter((one) => one.reference === reference || one.under === reference);
  return shown.map(({ body, under, broadcast = false }) => ({
    ...seen(body),
    below: under !== undefined,
    rings: under === undefined || broadcast,
  }));
}

const onPage = ({ posts = [] }: Rendering) =>
  posts.map(({ payload, below, rings }) => ({ ...seen(payload as SlackPayload), below, rings }));

const firstLines = ({ posts = [] }: Rendering): string[] =>
  posts.map(({ payload, below, rings }) => {
    const [line = ''] = String((payload as SlackPayload).text).split('\n');
    return `${below ? '< ' : ''}${rings && below ? '(rings) ' : ''}${line}`;
  });

describe('a plan at a destination that tells it as a whole', () => {
  const statuses = ['CREATED', 'RELEASING', 'FAILED', 'SUCCESS', 'ROLLBACK_SUCCEED', 'AWAITING_APPROVAL', 'ABORTED'];

  test.each(['living', 'thread'] as const)(
    'is shown as Slack shows it, whatever happens: %s',
    async (style) => {
      const happens = fc.record({
        statuses: fc.array(fc.constantFrom(...statuses), { minLength: 1, maxLength: 16 }),
        /** Before which of them a person deletes the plan's message. */
        deletedBefore: fc.nat(20),
        calls: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(happens, async ({ statuses: given, deletedBefore, calls }) => {
          const all = { to: ['team'] };
          const called = { match: { class: ['moving' as const] }, to: ['team'], mention: ['user:U012ABCDEF'] };
          const opened = await open(style, { routes: calls ? [all, called] : [all] });
          for (const [index, status] of given.entries()) {
            if (index > 0 && index === deletedBefore && status !== given[index - 1]) {
              opened.slack.room.remove(opened.message().reference);
            }
            await opened.turns(status);
          }
          const rendering = ofTeam(await opened.preview(2));
          expect(rendering).toMatchObject({ style, stands: true });
          expect(onPage(rendering)).toEqual(inSlack(opened));
          expect(opened.slack.faults).toEqual([]);
        }),
        { numRuns: 15 },
      );
    },
    120_000,
  );

  test('each event says where it was told, and leads to the one that the message was posted for', async () => {
    const { turns, preview } = await open('living');
    await turns('CREATED', 'RELEASING', 'FAILED');
    const opener = { id: 'shop-000000000002-0', time: '2026-11-24T03:01:00.000Z' };
    const places = await Promise.all([2, 3, 4].map(async (revision) => (await preview(revision)).places));
    expect(places).toEqual([
      [{ destination: 'team', how: 'opened', rang: false, opener }],
      [{ destination: 'team', how: 'edited', rang: false, opener }],
      [{ destination: 'team', how: 'edited', rang: true, opener }],
    ]);
  });

  test('what was said in a message that is deleted since is not shown as said in the one that is there', async () => {
    const { turns, preview, slack, message } = await open('living');
    await turns('CREATED', 'FAILED');
    slack.room.remove(message().reference);
    await turns('RELEASING', 'SUCCESS');
    expect((await preview(3)).places).toMatchObject([{ how: 'earlier', rang: false }]);
    expect((await preview(4)).places).toMatchObject([{ how: 'opened' }]);
    const rendering = ofTeam(await preview(5));
    expect(firstLines(rendering)).toEqual([
      '✅ Release succeeded: release-a · shop',
      '< (rings) ✅ Release succeeded: release-a · shop',
    ]);
    // The new one was posted with the history of the old one.
    expect(JSON.stringify(rendering.posts?.[0]?.payload)).toContain('Release failed');
  });

  test('a change that is told in a digest is edited in, and rings there alone', async () => {
    const { shows, preview } = await open('living');
    await shows({ id: 'a' });
    await shows(
      ...Array.from({ length: 12 }, (_, index) => ({ id: index === 0 ? 'a' : `p${index}`, status: 'FAILED' })),
    );
    expect((await preview(3)).places).toMatchObject([{ how: 'edited', rang: false }]);
    expect(firstLines(ofTeam(await preview(3)))).toEqual(['❌ Release failed: release-a · shop']);
  });

  test('an event that is not told yet is in no message', async () => {
    const { turns, preview, slack, world } = await open('living');
    await turns('CREATED');
    slack.channel.fault = 'is_archived';
    await turns('FAILED');
    expect((await preview(3)).places).toEqual([]);
    expect(firstLines(ofTeam(await preview(3)))).toEqual(['🕒 New release plan: release-a · shop']);
    delete slack.channel.fault;
    world.clock.ms += 7_200_000;
    await world.drain();
    expect(firstLines(ofTeam(await preview(3)))).toHaveLength(2);
  });

  test('what was posted before the style was set stays a post, and is said to be none of it', async () => {
    const { turns, preview, world } = await open('living');
    const { team } = world.deps.routing.destinations as Record<string, { style: TellingStyle }>;
    Object.assign(team ?? {}, { style: 'each' });
    await turns('CREATED');
    Object.assign(team ?? {}, { style: 'living' });
    await turns('RELEASING', 'SUCCESS');
    expect((await preview(2)).places).toEqual([]);
    expect(ofTeam(await preview(2)).posts?.[0]?.events).toEqual(['shop-000000000003-0', 'shop-000000000004-0']);
  });

  test('calls whom its post called, until it is edited', async () => {
    const routes = [
      { match: { class: ['moving' as const] }, to: ['team'], mention: ['user:U012ABCDEF'] },
      { to: ['team'] },
    ];
    const { turns, preview } = await open('living', { routes });
    await turns('RELEASING');
    expect(firstLines(ofTeam(await preview(2)))[0]).toMatch(/^<@U012ABCDEF> /);
    await turns('SUCCESS');
    expect(firstLines(ofTeam(await preview(2)))[0]).toMatch(/^✅/);
  });

  test('whose record a newer planwatch wrote is a fault of its own, and takes no other chat away', async () => {
    const { turns, preview, world, message } = await open('living');
    await turns('CREATED', 'SUCCESS');
    world.objects.set('messages/team/shop/a.json', JSON.stringify({ ...message(), v: 2 }));
    const shown = await preview(3);
    expect(ofTeam(shown).fault).toMatch(/messages\/team\/shop\/a\.json was written by a newer planwatch/);
    expect(shown.places).toEqual([]);
    expect(shown.renderings.filter(({ fault }) => fault !== undefined)).toHaveLength(1);
  });

  test('where nothing is remembered of it, because the record is damaged, it is shown as it would be', async () => {
    const { turns, preview, world } = await open('living');
    await turns('CREATED', 'SUCCESS');
    world.objects.set('messages/team/shop/a.json', '{"v":1');
    const rendering = ofTeam(await preview(3));
    expect([rendering.stands, rendering.posts?.length]).toEqual([undefined, 1]);
    expect((await preview(3)).places).toEqual([]);
  });

  test('a digest and a notice are posts, whatever is asked', async () => {
    const { shows, preview } = await open('living', { notices: ['team'] });
    await shows(...Array.from({ length: 12 }, (_, index) => ({ id: `p${index}`, status: 'FAILED' })));
    const notice = await preview(1, '&style=thread');
    expect([notice.styles, ofTeam(notice).style, ofTeam(notice).posts]).toEqual([[], 'each', undefined]);
  });
});

describe('a plan as it would be told', () => {
  const asked = async (style: string, kind: string) => {
    const { turns, preview } = await open('each');
    await turns('CREATED', 'RELEASING', 'FAILED', 'SUCCESS');
    const { renderings } = await preview(4, `&style=${style}`);
    const found = renderings.find((one) => one.kind === kind);
    const posts = found?.posts?.map(({ below, rings, events }) => [below, rings, events.map((id) => id.slice(-3, -2))]);
    return { style: found?.style, stands: found?.stands, fault: found?.fault, posts };
  };
  const all = ['2', '3', '4', '5'];

  test.each([
    [
      'living',
      'slack-bot',
      [
        [false, true, all],
        [true, true, ['4']],
        [true, true, ['5']],
      ],
    ],
    [
      'living',
      'telegram',
      [
        [false, true, all],
        [true, true, ['4']],
        [true, true, ['5']],
      ],
    ],
    // It has no answers: what rings is a post.
    [
      'living',
      'discord',
      [
        [false, true, all],
        [false, true, ['4']],
        [false, true, ['5']],
      ],
    ],
    [
      'thread',
      'slack-bot',
      [
        [false, true, ['2']],
        [true, false, ['3']],
        [true, true, ['4']],
        [true, true, ['5']],
      ],
    ],
    [
      'thread',
      'googlechat',
      [
        [false, true, ['2']],
        [true, false, ['3']],
        [true, false, ['4']],
        [true, false, ['5']],
      ],
    ],
    // All of them in the one thread that its address names.
    ['thread', 'discord', all.map((one) => [false, true, [one]])],
  ])('%s by %s', async (style, kind, posts) => {
    expect(await asked(style, kind)).toEqual({ style, stands: undefined, fault: undefined, posts });
  });

  test.each([
    ['living', 'slack'],
    ['living', 'webhook'],
    ['thread', 'telegram'],
    ['sideways', 'slack-bot'],
  ])('not %s by %s, which shows a post', async (style, kind) => {
    expect(await asked(style, kind)).toEqual({ style: 'each', stands: undefined, fault: undefined, posts: undefined });
  });

  test('by a destination whose settings do not allow it: what has to be changed', async () => {
    const destinations = { team: { kind: 'slack-bot', token: 'env:T', channel: '#releases' } };
    const { turns, preview } = await open('each', { destinations });
    await turns('CREATED', 'SUCCESS');
    expect(ofTeam(await preview(2, '&style=living')).fault).toMatch(/channel is no ID, which style: living needs.*C…/);
  });

  test('in the language that is asked for', async () => {
    const { turns, preview } = await open('each');
    await turns('CREATED', 'SUCCESS');
    const [first = ''] = firstLines(ofTeam(await preview(2, '&style=living&language=zh')));
    expect(first).toContain('发布成功');
  });
});
