import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryLine, type Entry, eventLines, lookLine, noticeLine } from '../../../handlers/aws/lines.ts';
import { createLog } from '../../../handlers/aws/log.ts';
import { type Metering, serviceFault } from '../../../handlers/aws/metrics.ts';
import type { MetricsLevel } from '../../../lib/core/config.ts';
import { type NoticeEvent, noticeTypes, type PlanEvent, planEvent } from '../../../lib/core/event.ts';
import type { FailureCause } from '../../../lib/core/failure-cause.ts';
import { classOf, type StatusClass } from '../../../lib/core/plan.ts';
import type { DeliveryResult } from '../../../lib/flow/delivery-result.ts';
import type { Look } from '../../../lib/flow/known.ts';
import { plan } from '../../support/build.ts';
import { metricsOf } from '../../support/emf.ts';

const at = '2026-11-24T03:04:05.678Z';
const now = () => new Date(at);
const requestId = '8f3c1a52-6d0e-4b7c-9c55-0d3d3b1c2a10';
const place = { source: 'shop', region: 'r', projectId: 'p' };

/** The line as it is written. */
function written(entry: Entry, level: MetricsLevel = 'basic', over: Partial<Metering> = {}): string {
  const out: string[] = [];
  const edges = { write: (text: string) => void out.push(text), now, requestId: () => requestId };
  createLog(edges, { level, service: 'planwatch', destinations: ['releases'], ...over })(entry);
  const [text = ''] = out;
  expect(out).toHaveLength(1);
  expect(text).toMatch(/^[^\n]+\n$/);
  return text;
}

const fields = (entry: Entry) => JSON.parse(written(entry, 'off'));
/** `Name{…}=value` of every metric. */
const metrics = (entry: Entry, level: MetricsLevel = 'basic', over: Partial<Metering> = {}) =>
  metricsOf(written(entry, level, over), now()).map(
    ({ name, dimensions, value }) =>
      `${name}{${Object.entries(dimensions)
        .filter(([key]) => key !== 'Service')
        .map(([key, of]) => `${key}=${of}`)
        .join(',')}}=${value}`,
  );

const look = (over: Partial<Look> = {}): Look => ({
  source: 'shop',
  ok: true,
  revision: 42,
  plans: 7,
  events: [],
  adopted: [],
  ms: 85,
  ...over,
});
const failedPlan = planEvent(
  { type: 'plan.status', plan: plan({ id: 'a', status: 'FAILED' }), from: 'CREATED' },
  'shop-000000000042-0',
  at,
  place,
);
const notice: NoticeEvent = {
  id: 'n',
  type: 'source.unreachable',
  source: 'shop',
  time: at,
  reason: 'HTTP 503',
  count: 3,
};
const result = (over: Partial<DeliveryResult> = {}): DeliveryResult => ({
  handle: 'the receipt handle',
  id: 'e-1',
  destination: 'releases',
  outcome: 'delivered',
  ...over,
});

describe('a line', () => {
  test.each<[string, Entry | undefined, object]>([
    [
      'of an idle look',
      lookLine(look()),
      { level: 'info', message: 'look', source: 'shop', ok: true, revision: 42, plans: 7, events: 0, ms: 85 },
    ],
    [
      'of a look that found something, after another',
      lookLine(look({ events: [failedPlan], adopted: [failedPlan, notice], contended: true })),
      {
        level: 'info',
        message: 'look',
        source: 'shop',
        ok: true,
        revision: 42,
        plans: 7,
        events: 1,
        adopted: 2,
        contended: true,
        ms: 85,
      },
    ],
    [
      'of a look that failed',
      lookLine(look({ ok: false, error: 'HTTP 503. Wait.', cause: 'server', plans: 0 })),
      {
        level: 'error',
        message: 'look',
        source: 'shop',
        ok: false,
        revision: 42,
        plans: 0,
        events: 0,
        reason: 'HTTP 503. Wait.',
        cause: 'server',
        ms: 85,
      },
    ],
    [
      'of a change',
      eventLines(look({ events: [failedPlan] }))[0],
      {
        level: 'info',
        message: 'event',
        source: 'shop',
        revision: 42,
        id: 'shop-000000000042-0',
        type: 'plan.status',
        plan: 'a',
        name: 'release-a',
        status: 'FAILED',
        from: 'CREATED',
        class: 'bad',
      },
    ],
    [
      'of a notice about a source',
      eventLines(look({ events: [notice] }))[0],
      {
        level: 'info',
        message: 'event',
        source: 'shop',
        revision: 42,
        id: 'n',
        type: 'source.unreachable',
        reason: 'HTTP 503',
        count: 3,
      },
    ],
    [
      'of a delivery, without what it holds and the queue’s handle',
      deliveryLine(
        result({
          attempts: 1,
          ms: 210,
          seconds: 1.5,
          message: { v: 1, id: 'e-1', destination: 'releases', events: [failedPlan], queuedAt: at },
        }),
      ),
      {
        level: 'info',
        message: 'delivery',
        id: 'e-1',
        destination: 'releases',
        outcome: 'delivered',
        attempts: 1,
        ms: 210,
        seconds: 1.5,
      },
    ],
    [
      'of an attempt that failed',
      deliveryLine(
        result({ outcome: 'waiting', reason: 'HTTP 429', cause: 'rate-limited', attempts: 2, failing: true }),
      ),
      {
        level: 'warn',
        message: 'delivery',
        id: 'e-1',
        destination: 'releases',
        outcome: 'waiting',
        reason: 'HTTP 429',
        cause: 'rate-limited',
        attempts: 2,
        failing: true,
      },
    ],
    [
      'of a notice about a destination',
      noticeLine(
        {
          id: 'n',
          type: 'destination.failing',
          destination: 'releases',
          time: at,
          reason: 'HTTP 404',
          advice: 'Mend it.',
        },
        ['oncall'],
      ),
      {
        level: 'error',
        message: 'notice',
        id: 'n',
        type: 'destination.failing',
        destination: 'releases',
        reason: 'HTTP 404',
        advice: 'Mend it.',
        to: ['oncall'],
      },
    ],
  ])('%s', (_what, entry, expected) => {
    if (!entry) throw new Error('no line');
    expect(fields(entry)).toStrictEqual({ ...expected, time: at, requestId });
  });

  test.each<[string, Entry, string]>([
    ['that waits its turn', deliveryLine(result({ outcome: 'waiting' })), 'info'],
    ['that was settled', deliveryLine(result({ outcome: 'settled' })), 'info'],
    ['that was only taken in', deliveryLine(result({ outcome: 'accepted' })), 'info'],
    ['that is given up', deliveryLine(result({ outcome: 'dead' })), 'error'],
    ['that cannot be read', deliveryLine(result({ outcome: 'parked' })), 'error'],
    ['that the store holds up', deliveryLine(result({ outcome: 'failed', cause: 'other' })), 'error'],
    ['that says a destination recovered', noticeLine({ ...notice, type: 'destination.recovered' }, []), 'info'],
  ])('%s is at its level', (_what, entry, level) => {
    expect(fields(entry).level).toBe(level);
  });

  test('of an idle look is short: it is written 43,800 times a month', () => {
    expect(written(lookLine(look())).length).toBeLessThan(400);
  });

  test('tells the fields that matter to a reader before those that CloudWatch reads', () => {
    expect(Object.keys(JSON.parse(written(lookLine(look()))))).toEqual([
      'level',
      'time',
      'message',
      'requestId',
      'source',
      'ok',
      'revision',
      'plans',
      'events',
      'ms',
      '_aws',
      'Service',
      'LooksOk',
    ]);
  });
});

describe('metrics', () => {
  test.each<[string, Entry, basic: string[], detailed: string[]]>([
    ['of a good look', lookLine(look()), ['LooksOk{}=1'], ['LooksOk{Source=shop}=1', 'Plans{Source=shop}=7']],
    [
      'of a failed look',
      lookLine(look({ ok: false, cause: 'time-out' })),
      ['LooksFailed{}=1'],
      ['LooksFailed{Source=shop}=1', 'LooksFailed{Source=shop,Reason=time-out}=1'],
    ],
    [
      'of a bad change',
      eventLines(look({ events: [failedPlan] }))[0] as Entry,
      ['Events{}=1', 'EventsBad{}=1'],
      ['Events{Class=bad}=1'],
    ],
    ['of a notice', eventLines(look({ events: [notice] }))[0] as Entry, ['Events{}=1'], []],
    [
      'of a message told',
      deliveryLine(result({ seconds: 2.25 })),
      ['Delivered{}=1', 'DeliveryDelay{}=2.25'],
      ['Delivered{Destination=releases,Outcome=delivered}=1'],
    ],
    [
      'of one taken in that backfill asked for',
      deliveryLine(result({ outcome: 'accepted' })),
      ['Delivered{}=1'],
      ['Delivered{Destination=releases,Outcome=accepted}=1'],
    ],
    [
      'of an attempt that failed',
      deliveryLine(result({ outcome: 'waiting', cause: 'server' })),
      ['DeliveriesFailed{}=1'],
      [
        'DeliveriesFailed{Destination=releases,Outcome=waiting}=1',
        'DeliveriesFailed{Destination=releases,Reason=server}=1',
      ],
    ],
    [
      'of one at a failing destination',
      deliveryLine(result({ outcome: 'waiting', cause: 'misconfigured', failing: true })),
      ['DeliveriesFailed{}=1', 'DestinationsFailing{}=1'],
      [
        'DeliveriesFailed{Destination=releases,Outcome=waiting}=1',
        'DeliveriesFailed{Destination=releases,Reason=misconfigured}=1',
      ],
    ],
    [
      'of one given up without another attempt',
      deliveryLine(result({ outcome: 'dead' })),
      ['DeadLetters{}=1'],
      ['DeadLetters{Destination=releases,Outcome=dead}=1'],
    ],
    ['of one that cannot be read', deliveryLine({ handle: 'h', outcome: 'parked' }), ['Parked{}=1'], []],
    ['of one that waits', deliveryLine(result({ outcome: 'waiting' })), [], []],
    ['of one that was settled', deliveryLine(result({ outcome: 'settled' })), [], []],
    [
      'of one that no delay was measured of',
      deliveryLine(result({ seconds: 0 })),
      ['Delivered{}=1', 'DeliveryDelay{}=0'],
      ['Delivered{Destination=releases,Outcome=delivered}=1'],
    ],
  ])('%s', (_what, entry, basic, detailed) => {
    expect(metrics(entry, 'basic')).toEqual(basic);
    expect(metrics(entry, 'detailed').sort()).toEqual([...basic, ...detailed].sort());
    expect(metrics(entry, 'off')).toEqual([]);
    if (basic.length === 0) expect(written(entry)).toBe(written(entry, 'off'));
  });

  test('go by the name of the service', () => {
    const [one] = metricsOf(written(lookLine(look()), 'basic', { service: 'planwatch-prod' }), now());
    expect(one?.dimensions).toEqual({ Service: 'planwatch-prod' });
  });

  test('a destination that is not configured any more makes none of its own', () => {
    const gone = deliveryLine(result({ destination: 'gone', outcome: 'dead' }));
    expect(metrics(gone, 'detailed')).toEqual(['DeadLetters{}=1']);
  });

  test.each(['', ':x', 'a\nb', 'ü', 'x'.repeat(256), ' x'])('%j names no service', (name) => {
    expect(serviceFault(name)).toMatch(/printable ASCII/);
  });
  test.each(['planwatch', 'planwatch-prod', 'a', 'release watcher', 'x'.repeat(255)])('%j names a service', (name) => {
    expect(serviceFault(name)).toBeUndefined();
  });
});

/** As docs/logs-and-metrics.md states it, for one source and one destination. */
const causes: readonly FailureCause[] = [
  'rate-limited',
  'misconfigured',
  'rejected',
  'server',
  'network',
  'time-out',
  'other',
];
const classes: readonly StatusClass[] = ['good', 'bad', 'recovered', 'stopped', 'waiting', 'moving'];
const outcomes: readonly DeliveryResult['outcome'][] = [
  'delivered',
  'accepted',
  'settled',
  'dead',
  'parked',
  'waiting',
  'failed',
];
const always = [
  'LooksOk',
  'LooksFailed',
  'Events',
  'EventsBad',
  'Delivered',
  'DeliveriesFailed',
  'DestinationsFailing',
  'DeadLetters',
  'DeliveryDelay',
  'Parked',
];

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('_aws', 'Service', '\n', ':', '"}', ''),
);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const planned: fc.Arbitrary<PlanEvent> = fc.tuple(words, words, words).map(([id, name, status]) => ({
  ...failedPlan,
  id,
  plan: { ...failedPlan.plan, name, status, class: classOf(status) },
}));
const noted: fc.Arbitrary<NoticeEvent> = fc
  .tuple(words, words, fc.constantFrom(...noticeTypes))
  .map(([id, reason, type]) => ({ ...notice, id, reason, type }));
const looks = fc
  .record({
    ok: fc.boolean(),
    events: fc.array(fc.oneof(planned, noted), { maxLength: 3 }),
    error: words,
    cause: fc.constantFrom(...causes),
    plans: fc.nat(),
  })
  .map(({ error, cause, ok, ...rest }) => look({ ok, ...rest, ...(!ok && { error, cause }) }));
const results = fc
  .record({
    handle: words,
    id: words,
    destination: maybe(fc.constantFrom('releases', 'gone', '')),
    outcome: fc.constantFrom(...outcomes),
    reason: words,
    cause: maybe(fc.constantFrom(...causes)),
    failing: maybe(fc.constant(true as const)),
    seconds: maybe(fc.double({ min: 0, max: 1e7, noNaN: true })),
  })
  // Only these come from an attempt that failed.
  .map(({ cause, ...rest }) => ({
    ...rest,
    ...(/waiting|dead|failed/.test(rest.outcome) && { cause }),
  })) as fc.Arbitrary<DeliveryResult>;
const entries = fc.oneof(
  looks.map(lookLine),
  looks.map(eventLines).chain((lines) => (lines.length === 0 ? looks.map(lookLine) : fc.constantFrom(...lines))),
  results.map(deliveryLine),
  noted.map((one) => noticeLine(one, ['oncall'])),
);

test('whatever happens and whoever wrote the words: one valid line, and no metric beyond the documented bound', () => {
  const allowed = new Set<string>();
  const allow = (name: string, dimensions: Record<string, string> = {}) =>
    allowed.add(JSON.stringify([name, { Service: 'planwatch', ...dimensions }]));
  for (const name of always) allow(name);
  for (const name of ['LooksOk', 'LooksFailed', 'Plans']) allow(name, { Source: 'shop' });
  for (const Reason of causes) allow('LooksFailed', { Source: 'shop', Reason });
  for (const Class of classes) allow('Events', { Class });
  const by = (name: string, ends: readonly DeliveryResult['outcome'][]) =>
    ends.forEach((Outcome) => {
      allow(name, { Destination: 'releases', Outcome });
    });
  by('Delivered', ['delivered', 'accepted']);
  by('DeliveriesFailed', ['waiting', 'dead', 'failed']);
  by('DeadLetters', ['dead']);
  for (const Reason of causes) allow('DeliveriesFailed', { Destination: 'releases', Reason });

  // 16 + 10 × sources + 13 × destinations, as the page says.
  expect(allowed.size).toBe(16 + 10 + 13);

  fc.assert(
    fc.property(entries, fc.constantFrom<MetricsLevel[]>('off', 'basic', 'detailed'), (entry, level) => {
      const emitted = metricsOf(written(entry, level), now());
      for (const { name, dimensions } of emitted) expect(allowed).toContain(JSON.stringify([name, dimensions]));
      if (level === 'off') expect(emitted).toEqual([]);
      if (level === 'basic') for (const { dimensions } of emitted) expect(dimensions).toEqual({ Service: 'planwatch' });
    }),
    { numRuns: 1_000 },
  );
});

test('the page about logs and metrics names every line, field, cause, outcome and metric', async () => {
  const page = await readFile(new URL('../../../docs/logs-and-metrics.md', import.meta.url), 'utf8');
  const lines = [
    lookLine(look({ adopted: [notice], contended: true, error: 'x', cause: 'other' })),
    ...eventLines(look({ events: [failedPlan, notice] })),
    deliveryLine(result({ reason: 'x', cause: 'other', failing: true, attempts: 1, ms: 1, seconds: 1 })),
    noticeLine({ ...notice, destination: 'd', advice: 'x' }, []),
  ];
  const terms = [...lines.flatMap((entry) => Object.keys(fields(entry))), ...lines.map((entry) => entry.line.message)];
  for (const term of [...terms, ...always, 'Plans', ...causes, ...outcomes, 'backfill', 'heartbeat', 'fault'])
    expect(page).toContain(`\`${term}\``);
});
