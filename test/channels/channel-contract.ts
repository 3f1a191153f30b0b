import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelKind, Settings } from '../../lib/channels/channel.ts';
import type { Answers, Meaning } from '../../lib/channels/meaning.ts';
import { secretsAmong } from '../../lib/channels/settings.ts';
import { composeMessage, type Message } from '../../lib/core/message.ts';
import type { Gone, Outcome, Told } from '../../lib/core/outcome.ts';
import { languages } from '../../lib/core/words.ts';
import type { Room } from '../support/chat-room.ts';
import type { Receiver, Scripted } from '../support/chat-server.ts';
import { describeGolden } from './golden.ts';
import { describeLater } from './later-contract.ts';
import { edges, failed, failedEvent, soon } from './sample-message.ts';

export { failed, failedEvent, place, seedPlan, seen } from './sample-message.ts';

type Contract<Body> = {
  readonly kind: ChannelKind;
  /** A strict server of this provider: it refuses what the real one would. */
  readonly start: () => Promise<Receiver<Body> & { readonly room?: Room<Body> }>;
  /** What makes the kind talk to the receiver at this address. */
  readonly settings: (url: string) => Settings;
  /** What the golden messages are made with, where that is not the kind's own example. */
  readonly example?: Settings;
  /** The setting in which people write the whole address, where there is one. */
  readonly address?: string;
  /** What the provider's success means; default delivered. */
  readonly told?: Told;
  /** The kind's own table of codes, and how the provider says one of them. */
  readonly codes?: { readonly answers: Answers; readonly say: (code: string) => Said };
  /** What its other answers mean: each whole outcome; its `cause` only where the kind has a rule of its own for it. */
  readonly answers: readonly (readonly [rule: string, answer: Scripted, outcome: Outcome])[];
  /** Where a message can be edited, or answered. */
  readonly later?: {
    /** One of the place that is configured; whether it is there, only its own tests ask. */
    readonly reference: string;
    /** Of other places, and texts that name no message. */
    readonly others: readonly string[];
    /** The codes by which the provider says that it cannot be had any more. */
    readonly gone: ReadonlySet<string>;
  };
  /** The kind's own rule for a success whose body broke off or never ended. */
  readonly halfAnswered: Outcome['kind'];
  /** Throws where something rendered is not what the provider takes, or a reader could not read the message in it. */
  readonly check: (rendered: unknown, message: Message) => void;
};

type Said = Exclude<Scripted, string>;

/** Without its cause, where the row names none. */
function likeTheRow(outcome: Outcome | Gone, row: Outcome): Outcome | Gone {
  if (outcome.kind !== 'retry' || 'cause' in row) return outcome;
  const { cause: _cause, ...rest } = outcome;
  return rest;
}

/** What every channel promises, against a real server; a kind adds its own table of answers. */
export function describeChannel<Body>(name: string, contract: Contract<Body>): void {
  const { kind, start, settings, address = '', codes, answers, halfAnswered, check } = contract;
  const { told = { kind: 'delivered' }, later } = contract;
  const can = kind.create(contract.example ?? kind.example, edges);
  const calls = (['send', 'edit', 'reply'] as const).filter((call) => can[call]);

  describe(`${name}: the channel contract`, () => {
    let receiver: Awaited<ReturnType<typeof start>>;
    beforeEach(async () => {
      receiver = await start();
    });
    afterEach(async () => receiver.close());

    const send = (over: Settings = {}) =>
      kind.create({ ...settings(receiver.url), ...over }, edges).send(failed, { plain: false, signal: soon() });

    test('a message that the provider takes is told, once', async () => {
      expect(await send()).toEqual(told);
      await receiver.next();
      receiver.expectNothingMore();
    });

    describe.each(calls)('%s:', (call) => {
      async function ask(over: Settings = {}, signal = soon()): Promise<Outcome | Gone> {
        const channel = kind.create({ ...settings(receiver.url), ...over }, edges);
        const how = { plain: false, signal };
        const { reference = '' } = later ?? {};
        const asked = {
          send: () => channel.send(failed, how),
          edit: () => channel.edit?.(reference, failed, how),
          reply: () => channel.reply?.(reference, failed, { ...how, ring: true }),
        };
        return asked[call]() ?? Promise.reject(new Error(`${name} has no ${call}`));
      }

      if (codes) {
        const isGone = (code: string) => call !== 'send' && later?.gone.has(code) === true;
        test.each(Object.entries(codes.answers).filter(([code]) => !isGone(code)))(
          'the code %s means what the table says',
          async (code, meaning) => {
            const answer = codes.say(code);
            receiver.script(answer);
            const meant = outcomeOf(meaning, answer);
            expect(likeTheRow(await ask(), meant)).toEqual(meant);
            expect(receiver.requests).toHaveLength(1);
          },
        );
      }

      test.each(answers)('%s', async (_rule, answer, outcome) => {
        receiver.script(answer);
        expect(likeTheRow(await ask(), outcome)).toEqual(outcome);
        expect(receiver.requests).toHaveLength(1);
      });

      test('silence is a retry that may be a repeat', async () => {
        receiver.script('hang');
        const outcome = await ask({}, AbortSignal.timeout(200));
        const reason = 'no answer in the time that was left';
        expect(outcome).toEqual({ kind: 'retry', reason, cause: 'time-out', unsure: true });
      });

      test('a signal that has ended already sends nothing', async () => {
        const outcome = await ask({}, AbortSignal.abort());
        expect(outcome).toEqual({ kind: 'retry', reason: 'no time was left to send it', cause: 'time-out' });
        expect(receiver.requests).toEqual([]);
      });

      test('a refused connection is a retry, and certainly no repeat', async () => {
        await receiver.close();
        expect(await ask()).toEqual({ kind: 'retry', reason: 'connection refused', cause: 'network' });
      });

      test.each(['reset', 'lost'] as const)(
        'a connection that breaks before an answer (%s) may be a repeat',
        async (how) => {
          receiver.script(how);
          expect(await ask()).toMatchObject({
            kind: 'retry',
            unsure: true,
            reason: expect.stringMatching(/^the connection broke/),
          });
        },
      );

      test.each([
        ['breaks off', 'broken-body'],
        ['never ends', { status: 200, body: 'ok'.repeat(100_000) }],
      ] as const)(`a 200 whose body %s is ${halfAnswered}`, async (_how, answer) => {
        receiver.script(answer);
        const outcome = await ask();
        expect(outcome.kind).toBe(halfAnswered);
        // It may have been shown, so the next copy has to say that it may be one.
        if (outcome.kind === 'retry') expect(outcome.unsure).toBe(true);
      });

      test('a redirect is not followed: the address is wrong', async () => {
        const elsewhere = await start();
        for (const status of [301, 302, 303, 307, 308]) {
          receiver.script({ status, headers: { location: elsewhere.url } });
          expect(await ask()).toMatchObject({ kind: 'misconfigured', advice: expect.stringMatching(/final address/) });
        }
        expect(elsewhere.requests).toEqual([]);
        await elsewhere.close();
      });

      test.each([400, 403, 418, 429, 500, 503])(
        'what a %i answer repeats of the address stays out of the outcome',
        async (status) => {
          const { pathname, searchParams } = new URL(receiver.url);
          const secrets = [receiver.url, pathname, ...secretsAmong(kind.settings, settings(receiver.url))];
          const path = [...pathname.split('/'), ...searchParams.values()].at(-1) ?? '';
          const spellings = [
            ...secrets,
            ...secrets.map(encodeURIComponent),
            JSON.stringify(receiver.url),
            `token ${path}`,
          ];
          const urls = ' see https://other.example/deep/secret?key=1';
          receiver.script({ status, body: `no such thing: ${spellings.join(' ')}${urls}` });
          const outcome = JSON.stringify(await ask());
          expect(outcome).toContain('no such thing');
          for (const secret of [...secrets, path, 'deep/secret']) expect(outcome).not.toContain(secret);
        },
      );

      test('the words of a provider are cut, and cannot break a line', async () => {
        receiver.script({ status: 418, body: `one\r\ntwo\u0007\u2028three\u202e${'long '.repeat(1000)}` });
        const outcome = await ask();
        const reason = 'reason' in outcome ? outcome.reason : '';
        expect(reason).toMatch(/one two three/);
        expect(reason).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
        expect(reason.length).toBeLessThan(600);
      });

      if (codes && later && call !== 'send') {
        test.each([...later.gone])('the code %s means that the message cannot be had any more', async (code) => {
          const answer = codes.say(code);
          receiver.script(answer);
          const reason = expect.stringMatching(new RegExp(`^HTTP ${answer.status}: .`));
          expect(await ask()).toEqual({ kind: 'gone', reason });
          expect(receiver.requests).toHaveLength(1);
        });
      }
    });

    if (address !== '') {
      test.each([
        // One that may be left out has its default then.
        ...(kind.settings[address]?.required ? [['missing', undefined, 'is empty'] as const] : []),
        ['blank', ' \n', 'is empty'],
        ['no URL', 'hooks.example.com/s3cret', 'is not a URL'],
        ['http to another machine', 'http://hooks.example.com/s3cret', 'is not an https address'],
        ['another scheme', 'file:///etc/s3cret', 'is not an https address'],
        ['a host that only looks like this machine', 'http://127.0.0.1.example.com/s3cret', 'is not an https address'],
        ['with a password', 'https://user:s3cret@hooks.example.com/', 'holds a user name'],
      ])('an address that is %s is told by the setting, not by its value', async (_what, value, reason) => {
        const outcome = await send({ [address]: value });
        expect(outcome).toMatchObject({
          kind: 'misconfigured',
          reason: expect.stringContaining(`${address} ${reason}`),
          advice: expect.stringContaining(address),
        });
        expect(JSON.stringify(outcome)).not.toContain('s3cret');
        expect(receiver.requests).toEqual([]);
      });

      test('blanks and the line break at the end of a secret file do no harm', async () => {
        expect(await send({ [address]: ` ${receiver.url}\r\n` })).toEqual(told);
      });
    }

    test('whatever people typed into a plan, the provider takes it and the reader sees it', () => {
      fc.assert(
        fc.property(hostileMessage, (message) => {
          for (const plain of [false, true]) check(kind.render(message, { plain }), message);
        }),
        { numRuns: 200 },
      );
    });

    test('texts of 100 kB are cut to what the provider takes', () => {
      for (const piece of ['x', '<', '&<!channel>', '🧨', '\ud83e', '*_~`', ' ', '\n']) {
        const typed = (length: number) => Array(6).fill(piece.repeat(Math.ceil(length / piece.length)));
        const one = composeMessage({ id: 'a-0', events: [hostileEvent(typed(100_000), 2)] });
        const many = composeMessage({ id: 'a-0.d40', events: Array(40).fill(hostileEvent(typed(5000), 1)) });
        for (const message of [one, many]) {
          for (const plain of [false, true]) check(kind.render(message, { plain }), message);
        }
      }
    });
  });

  if (later) describeLater(name, { kind, start, settings, others: later.others });
  describeGolden(name, kind, contract.example);
}

/** What the words of `meaning.ts` promise. */
function outcomeOf(meaning: Meaning, { status }: Said): Outcome {
  const reason = expect.stringMatching(new RegExp(`^HTTP ${status}: .`)) as unknown as string;
  if (meaning === 'rejected') return { kind: 'rejected', reason };
  if (typeof meaning === 'object' && 'advice' in meaning) return { kind: 'misconfigured', reason, ...meaning };
  const { waitMs = undefined, unsure = undefined, cause = undefined } = meaning === 'retry' ? {} : meaning.retry;
  return {
    kind: 'retry',
    reason,
    ...(cause !== undefined && { cause }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
    ...((unsure || (status >= 500 && status !== 503)) && { unsure: true }),
  };
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('<!channel>', '<@U123>', '@here', '#general', '*b* _i_ ~s~ `c`', ':boom:', '> quote', '\r\n\t• x'),
  fc.constantFrom(
    '<https://evil.example|ok>',
    'https://evil.example',
    '&lt;!here&gt;',
    '\u202eevil',
    '',
    ' ',
    '\u0000',
  ),
  fc.string({ maxLength: 5 }).map((text) => `${text}<&>`.repeat(200)),
);

/** As long as they are typed: an event in hand may come from a log that bounded nothing. */
const hostileEvent = (
  [name = '', creator = '', action = '', status = '', component, reason]: readonly string[],
  failures: number,
) => ({
  ...failedEvent,
  plan: { ...failedEvent.plan, name, creator, action, status },
  from: status,
  failures: Array(failures).fill({ component, reason }),
});

const hostileMessage = fc
  .tuple(
    fc.array(hostileText, { minLength: 6, maxLength: 6 }),
    fc.constantFrom(1, 1, 1, 2, 11, 40),
    fc.constantFrom(0, 1, 20),
    fc.constantFrom(...languages),
  )
  .map(([texts, count, failures, language]) => {
    const events = Array(count).fill(hostileEvent(texts, count === 1 ? failures : Math.min(failures, 1)));
    return composeMessage({ id: 'shop-prod-000000000042-0', events, unsure: true, repeat: true }, { language });
  });
