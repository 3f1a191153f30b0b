import { describe, expect, test } from '@jest/globals';
import { check } from '../../lib/flow/check.ts';
import { checkDestination } from '../../lib/flow/check-destination.ts';
import { checkStore } from '../../lib/flow/check-store.ts';
import type { Finding } from '../../lib/flow/finding.ts';
import type { Channel, ObjectStore } from '../../lib/ports.ts';
import { createMemoryStore } from '../../lib/stores/memory.ts';
import { collect } from '../support/collect.ts';

const key = 'check/1';
const states = (findings: readonly Finding[]) => findings.map(({ what, state }) => `${what}: ${state}`);

/** A store that is right in all but what is given. */
const storeBut = (over: (store: ObjectStore) => Partial<ObjectStore>): ObjectStore => {
  const store = createMemoryStore();
  return { ...store, ...over(store) };
};

describe('a store', () => {
  test('that keeps its promises passes, and nothing is left in it', async () => {
    const store = createMemoryStore();
    expect(states(await checkStore({ name: 's', store }, key))).toEqual([
      'create-if-absent: ok',
      'read and list: ok',
      'remove: ok',
    ]);
    expect(await collect(store.list(''))).toEqual([]);
  });

  const full = async (): Promise<never> => Promise.reject(new Error('disk full'));

  test.each<[string, ObjectStore, readonly string[], found: RegExp]>([
    [
      'tells two writers that they were first',
      storeBut((store) => ({ create: async (...given) => store.put(...given).then(() => true) })),
      ['create-if-absent: failed', 'remove: ok'],
      /3 of three writers won/,
    ],
    [
      'tells nobody that they were first',
      storeBut((store) => ({ create: async (...given) => store.create(...given).then(() => false) })),
      ['create-if-absent: failed', 'remove: ok'],
      /0 of three writers won/,
    ],
    [
      'lets a late writer win',
      storeBut((store) => ({
        create: async (at, body) =>
          body.includes('late') ? store.put(at, body).then(() => true) : store.create(at, body),
      })),
      ['create-if-absent: failed', 'remove: ok'],
      /2 of three writers won/,
    ],
    [
      'keeps another text than the winner wrote',
      storeBut((store) => ({
        create: async (at, body) => store.create(at, body).finally(() => store.put(at, 'something else')),
      })),
      ['create-if-absent: failed', 'remove: ok'],
      /not what it wrote/,
    ],
    [
      'does not list what is there',
      storeBut(() => ({ list: async function* () {} })),
      ['create-if-absent: ok', 'read and list: failed', 'remove: ok'],
      /is not in the list/,
    ],
    [
      'cannot list',
      storeBut(() => ({
        // biome-ignore lint/correctness/useYield: it never comes to that
        list: async function* () {
          await full();
        },
      })),
      ['create-if-absent: ok', 'read and list: failed', 'remove: ok'],
      /^disk full$/,
    ],
    [
      'cannot be written to',
      storeBut(() => ({ create: full, remove: full })),
      ['create-if-absent: failed'],
      /^disk full$/,
    ],
    [
      'cannot remove',
      storeBut(() => ({ remove: full })),
      ['create-if-absent: ok', 'read and list: ok', 'remove: failed'],
      /^disk full$/,
    ],
    [
      'only says that it removed',
      storeBut(() => ({ remove: async () => {} })),
      ['create-if-absent: ok', 'read and list: ok', 'remove: failed'],
      /still there/,
    ],
  ])('that %s is found out', async (_what, store, expected, found) => {
    const findings = await checkStore({ name: 's', store }, key);
    expect(states(findings)).toEqual(expected);
    expect(findings.find(({ state }) => state === 'failed')?.found).toMatch(found);
  });
});

describe('a destination', () => {
  const how = { send: false, fetch, id: 'check-1', at: new Date('2026-11-24T03:04:05.678Z') };
  const open = (channel: Channel) => async () => ({ channel, pace: { everyMs: 1, burst: 1 }, hasPlain: false });
  const fine: Channel = { send: async () => ({ kind: 'delivered' }) };

  test.each<[string, Channel, readonly string[]]>([
    ['without a probe is left at its settings', fine, ['settings: ok']],
    [
      'that can be asked without posting is asked',
      { ...fine, probe: async () => ({ kind: 'accepted' }) },
      ['settings: ok', 'probe: ok'],
    ],
    [
      'whose probe is refused fails',
      { ...fine, probe: async () => ({ kind: 'misconfigured', reason: 'unknown bot', advice: 'Make a new one.' }) },
      ['settings: ok', 'probe: failed'],
    ],
    [
      'whose settings are wrong is not asked',
      {
        send: async () => ({ kind: 'misconfigured', reason: 'url is empty' }),
        probe: async () => ({ kind: 'delivered' }),
      },
      ['settings: failed'],
    ],
    [
      'whose secret cannot be had just now fails',
      { send: async () => ({ kind: 'retry', reason: 'ssm' }) },
      ['settings: failed'],
    ],
    ['that breaks fails', { send: async () => Promise.reject(new Error('a bug')) }, ['settings: failed']],
  ])('%s', async (_what, channel, expected) => {
    expect(states(await checkDestination({ name: 'd', open: open(channel) }, how))).toEqual(expected);
  });

  test('of a kind that nobody knows fails', async () => {
    expect(states(await checkDestination({ name: 'd', open: async () => undefined }, how))).toEqual([
      'settings: failed',
    ]);
  });

  test.each([
    [{ kind: 'accepted' }, 'ok', /took it in/],
    [{ kind: 'rejected', reason: 'no_text' }, 'failed', /rejected: no_text/],
    [{ kind: 'retry', reason: 'HTTP 503' }, 'failed', /HTTP 503/],
  ] as const)('that answers the test message with %j: %s', async (outcome, state, found) => {
    let sends = 0;
    // The first is the dry run, which must not reach anybody.
    const channel: Channel = { send: async () => (sends++ === 0 ? { kind: 'delivered' } : outcome) };
    const findings = await checkDestination({ name: 'd', open: open(channel) }, { ...how, send: true });
    expect(findings.at(-1)).toMatchObject({ what: 'test message', state, found: expect.stringMatching(found) });
  });
});

test('many things are tried at once, a bounded number, and told in their own order', async () => {
  let [now, most] = [0, 0];
  const names = Array.from({ length: 30 }, (_, index) => `d${index}`);
  const channel: Channel = {
    async send() {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return { kind: 'delivered' };
    },
  };
  const findings = await collect(
    check(
      {
        sources: [],
        store: { name: 's', store: createMemoryStore() },
        queue: { name: 'q', probe: async () => Promise.reject(new Error('gone')) },
        destinations: names.map((name) => ({
          name,
          open: async () => ({ channel, pace: { everyMs: 1, burst: 1 }, hasPlain: false }),
        })),
        fetch,
        now: () => new Date(),
        random: Math.random,
      },
      { send: false },
    ),
  );
  expect(findings.filter(({ area }) => area === 'destination').map(({ name }) => name)).toEqual(names);
  expect(findings.find(({ area }) => area === 'queue')).toMatchObject({ state: 'failed', found: 'gone' });
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});
