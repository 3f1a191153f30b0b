import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChannelKind, Settings } from '../../lib/channels/channel.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import { type Gone, isTold, type Outcome } from '../../lib/core/outcome.ts';
import type { Channel } from '../../lib/ports.ts';
import type { Room } from '../support/chat-room.ts';
import type { Receiver } from '../support/chat-server.ts';
import { edges, failed, failedEvent, recovered, soon } from './sample-message.ts';

type Later<Body> = {
  readonly kind: ChannelKind;
  readonly start: () => Promise<Receiver<Body> & { readonly room?: Room<Body> }>;
  readonly settings: (url: string) => Settings;
  readonly others: readonly string[];
};

const referenceIn = (outcome: Outcome | Gone): string => (isTold(outcome) && outcome.reference) || 'it has no name';

/** What a channel promises whose messages can be edited, or answered: against a server that keeps them. */
export function describeLater<Body>(name: string, { kind, start, settings, others }: Later<Body>): void {
  const { edit: edits, reply: replies } = kind.create(kind.example, edges);

  describe(`${name}: what comes later`, () => {
    let receiver: Awaited<ReturnType<typeof start>>;
    let room: Room<Body>;
    let channel: Channel;
    let reference: string;
    const how = (plain = false) => ({ plain, signal: soon() });
    const edit = async (to: string, message: Message, plain = false) =>
      (await channel.edit?.(to, message, how(plain))) as Outcome | Gone;
    const reply = async (to: string, message: Message, ring: boolean) =>
      (await channel.reply?.(to, message, { ...how(), ring })) as Outcome | Gone;

    beforeEach(async () => {
      receiver = await start();
      room = receiver.room as Room<Body>;
      channel = kind.create(settings(receiver.url), edges);
      reference = referenceIn(await channel.send(failed, how()));
      await receiver.next();
    });
    afterEach(async () => receiver.close());

    const asks = [
      ...(edits ? [['edit', (to: string) => edit(to, recovered)] as const] : []),
      ...(replies ? [['reply', (to: string) => reply(to, recovered, true)] as const] : []),
    ];

    if (edits) {
      test('an edit changes the message that is there, and posts nothing', async () => {
        const before = room.find(reference)?.body;
        expect(await edit(reference, recovered)).toEqual({ kind: 'delivered', reference });
        expect(room.shown()).toEqual([{ reference, body: expect.anything(), edits: 1 }]);
        expect(room.find(reference)?.body).not.toEqual(before);
        receiver.expectNothingMore();
      });

      test('an edit made twice, because its answer was lost, is made once', async () => {
        receiver.script('lost');
        expect(await edit(reference, recovered)).toMatchObject({ kind: 'retry', unsure: true });
        const { body } = room.find(reference) ?? {};
        expect(await edit(reference, recovered)).toEqual({ kind: 'delivered', reference });
        expect(room.shown()).toEqual([expect.objectContaining({ reference, body })]);
        receiver.expectNothingMore();
      });

      test.each([[true], [false]])(
        'an edit leaves nothing of what was there before (plain last: %p)',
        async (plain) => {
          await edit(reference, failed, !plain);
          await edit(reference, recovered, plain);
          const after = room.find(reference)?.body;
          const second = referenceIn(await channel.send(failed, how(plain)));
          await edit(second, recovered, plain);
          expect(looks(room.find(second)?.body)).toEqual(looks(after));
        },
      );

      test('an edit may be as long as a post', async () => {
        const reason = '<&*_~`|'.repeat(500);
        const events = Array(40).fill({ ...failedEvent, failures: [{ component: 'cart', reason }] });
        for (const plain of [false, true]) {
          expect(await edit(reference, composeMessage({ id: 'a-0.d40', events }), plain)).toMatchObject({ reference });
        }
        expect(receiver.faults).toEqual([]);
      });
    }

    test.each(asks)('%s: where somebody deleted the message, it is gone', async (call, ask) => {
      room.remove(reference);
      const outcome = await ask(reference);
      // Some post it by itself instead of refusing, and then it was told.
      if (call === 'edit') expect(outcome).toEqual({ kind: 'gone', reason: expect.stringMatching(/^HTTP \d+: ./) });
      else expect(outcome).toMatchObject({ kind: 'delivered' });
      expect(receiver.faults).toEqual([]);
    });

    describe.each(asks)('%s:', (_call, ask) => {
      test.each([...others, '', '/', 'x/y', '../../users', `${'9'.repeat(500)}`, '\u0000'])(
        '%j names no message here: nothing is asked, and it is gone',
        async (other) => {
          const before = receiver.requests.length;
          expect(await ask(other)).toEqual({ kind: 'gone', reason: expect.stringMatching(/./) });
          expect(receiver.requests).toHaveLength(before);
        },
      );

      test('settings that are wrong are told as that', async () => {
        channel = kind.create({}, edges);
        expect(await ask(reference)).toMatchObject({ kind: 'misconfigured', advice: expect.stringMatching(/./) });
      });
    });

    if (replies) {
      test.each([[true], [false]])('a reply stands under its message (ring: %p)', async (ring) => {
        const outcome = await reply(reference, recovered, ring);
        expect(outcome).toEqual({ kind: 'delivered', reference: expect.stringMatching(/./) });
        expect(referenceIn(outcome)).not.toBe(reference);
        expect(room.shown()).toMatchObject([
          { reference, edits: 0 },
          { reference: referenceIn(outcome), under: reference },
        ]);
        await receiver.next();
        receiver.expectNothingMore();
      });
    }
  });
}

/** What is left of a message once what is empty and what nobody sees is taken away. */
const looks = (body: unknown): unknown =>
  Object.fromEntries(
    Object.entries(body as Record<string, unknown>).filter(
      ([key, value]) => !/^(unfurl|mrkdwn|thread|channel)/.test(key) && !(Array.isArray(value) && value.length === 0),
    ),
  );
