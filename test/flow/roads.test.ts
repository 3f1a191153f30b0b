import { describe, expect, test } from '@jest/globals';
import { type Event, isPlanEvent } from '../../lib/core/event.ts';
import { composeMessage } from '../../lib/core/message.ts';
import { startScriptedCloud } from '../sources/scripted-cloud.ts';
import { watching } from '../sources/watching.ts';

const ran = 1_767_600_000_000;
const item = (over: object = {}) => ({
  id: 'p1',
  name: 'release-1',
  action: 'create',
  status: 'CREATED',
  creator: 'wzh',
  create_time: ran - 1,
  execute_time: ran,
  ...over,
});

/** The lists as the cloud shows them, one a minute; what is told of each but the first. */
async function follow(...lists: readonly (readonly object[])[]) {
  let shown: readonly object[] = [];
  await using cloud = await startScriptedCloud((request, response) => {
    const id = /release-plans\/([^/]+)$/.exec(request.url ?? '')?.[1];
    const plan = shown.find((one) => 'id' in one && encodeURIComponent(String(one.id)) === id);
    if (request.url?.endsWith('/deploy-info')) response.end('{"components":[]}');
    else if (id === undefined) response.end(JSON.stringify({ count: shown.length, release_plans: shown }));
    else if (plan) response.end(JSON.stringify(plan));
    else response.writeHead(404).end('{"error_code":"SVCSTG.00100433"}');
  });
  const watched = watching(cloud.url);
  const events: Event[] = [];
  const oks: boolean[] = [];
  for (const [index, list] of lists.entries()) {
    shown = list;
    const look = await watched.look();
    oks.push(look.ok);
    if (index > 0) events.push(...look.events);
  }
  return { events, oks, plans: watched.json('checkpoint/shop.json').plans, asked: cloud.asked.map(({ path }) => path) };
}

/** `type: from → status`. */
const told = (events: readonly Event[]): string[] =>
  events.map((event) =>
    isPlanEvent(event)
      ? `${event.type}: ${event.from === undefined ? '' : `${event.from} → `}${event.plan.status}`
      : event.type,
  );

describe('what is told of each road that a plan can take', () => {
  const one = (...plans: readonly object[]) => plans.map((plan) => [item(plan)]);
  const never = undefined;

  test.each<[road: string, lists: readonly (readonly object[])[], expected: readonly string[]]>([
    [
      '0, null and absent are all "never"',
      one({ execute_time: 0 }, { execute_time: null }, { execute_time: never }),
      [],
    ],
    ['the first run under the same status is no news', one({ execute_time: 0 }, { execute_time: ran }), []],
    ['a time that is taken back is no news', one({ execute_time: ran }, { execute_time: 0 }), []],
    [
      'the first run with a new status is told by that',
      one({ execute_time: 0 }, { status: 'SUCCESS' }),
      ['plan.status: CREATED → SUCCESS'],
    ],
    [
      'run again with the same end',
      one({ status: 'FAILED' }, { status: 'FAILED', execute_time: ran + 5 }),
      ['plan.rerun: FAILED'],
    ],
    [
      'run again and under way: the status alone',
      one(
        { status: 'FAILED' },
        { status: 'RUNNING', execute_time: ran + 5 },
        { status: 'FAILED', execute_time: ran + 5 },
      ),
      ['plan.status: FAILED → RUNNING', 'plan.status: RUNNING → FAILED'],
    ],
    [
      'nothing is final',
      one({ status: 'SUCCESS' }, { status: 'ROLLBACK_SUCCEED' }, { status: 'CREATED' }, { status: 'ABORTED' }),
      [
        'plan.status: SUCCESS → ROLLBACK_SUCCEED',
        'plan.status: ROLLBACK_SUCCEED → CREATED',
        'plan.status: CREATED → ABORTED',
      ],
    ],
    [
      'a status that nobody documented, as it came',
      one({}, { status: 'EXECUTING' }, { status: 'exécuté ✓' }),
      ['plan.status: CREATED → EXECUTING', 'plan.status: EXECUTING → exécuté ✓'],
    ],
    ['made and removed between two looks: never seen', [[], [], []], []],
    [
      'made between two looks and over by then: new, in its latest status',
      [[], [item({ status: 'FAILED' })]],
      ['plan.appeared: FAILED'],
    ],
    ['removed, and told after half a minute without it', [[item()], [], []], ['plan.removed: CREATED']],
    ['a new name, creator or action is no news', one({}, { name: 'x', creator: 'y', action: 'clone' }), []],
    [
      'an id that is no UUID, however odd',
      [[], [item({ id: 'a b/../c?d#e%2f' }), item({ id: '🚀' }), item({ id: '7', status: 'SUCCESS' })]],
      ['plan.appeared: SUCCESS', 'plan.appeared: CREATED', 'plan.appeared: CREATED'],
    ],
  ])('%s', async (_road, lists, expected) => {
    const { events, oks } = await follow(...lists);
    expect(told(events)).toEqual(expected);
    expect(oks.every(Boolean)).toBe(true);
  });

  test('a new name, creator and first run are kept, for whoever is told of the next change', async () => {
    const { events, plans } = await follow(
      [item({ execute_time: 0 })],
      [item({ name: 'renamed', creator: 'li' })],
      [item({ name: 'renamed', creator: 'li', status: 'SUCCESS' })],
    );
    expect(events).toMatchObject([
      { plan: { name: 'renamed', creator: 'li', executedAt: '2026-01-05T08:00:00.000Z' } },
    ]);
    expect(plans).toMatchObject([{ name: 'renamed', creator: 'li' }]);
  });

  test('one id twice in a list is no list: nothing is told, whatever else is new in it', async () => {
    const { events, oks } = await follow([item()], [item({ status: 'FAILED' }), item(), item({ id: 'p2' })]);
    expect([told(events), oks]).toEqual([[], [true, false]]);
  });

  test('states that were not seen are said to be so', async () => {
    const { events } = await follow([item()], [item({ status: 'FAILED' })]);
    const { text } = composeMessage({ id: 'm', events });
    expect(text).toContain('To release → … → Release failed');
    expect(text).toContain('States in between were not seen.');
  });

  test('a plan that fails is asked why under its own id, whatever is in that', async () => {
    const { asked } = await follow([item({ id: 'a/../b' })], [item({ id: 'a/../b', status: 'FAILED' })]);
    expect(asked.filter((path) => path.endsWith('/deploy-info'))).toEqual([
      expect.stringContaining('/release-plans/a%2F..%2Fb/deploy-info'),
    ]);
  });
});

describe('a name', () => {
  test.each([
    ['of a thousand characters', 'x'.repeat(1_000)],
    ['from right to left, with an override', '\u202eשחרור\u202c \u2066x\u2069'],
    ['of emoji, joined', '👩‍👩‍👧‍👦'.repeat(60)],
    ['of control characters', 'a\u0000b\u0007c\u001b[31md\r\ne'],
    ['of half a character', 'half \ud83d of a pair'],
    ['of markup', '<!channel> *b* [x](javascript:y) @all "quotes" \\n'],
    ['of blanks', '   '],
  ])('%s is told once, on one line, and never again', async (_what, name) => {
    const { events } = await follow([], [item({ name })], [item({ name })], [item({ name, status: 'SUCCESS' })]);
    expect(told(events)).toEqual(['plan.appeared: CREATED', 'plan.status: CREATED → SUCCESS']);
    for (const event of events) {
      const { title } = composeMessage({ id: 'm', events: [event] });
      expect(title).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(title.isWellFormed()).toBe(true);
      expect(title.length).toBeLessThan(700);
    }
  });
});

test('of ten thousand plans each change is told, and nothing else', async () => {
  const all = Array.from({ length: 10_000 }, (_, index) => item({ id: `p${index}`, name: `release-${index}` }));
  const later = all.map((plan) => (plan.id === 'p4711' ? { ...plan, status: 'FAILED' } : plan));
  const { events, plans } = await follow(all, all, later, [item({ id: 'new' }), ...later]);
  expect(told(events)).toEqual(['plan.status: CREATED → FAILED', 'plan.appeared: CREATED']);
  expect(plans).toHaveLength(10_001);
});
