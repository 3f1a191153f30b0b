import { describe, expect, test } from '@jest/globals';
import { destinationStanding, sourceStanding } from '../../lib/flow/standing.ts';
import type { Checkpoint } from '../../lib/ledger/checkpoint.ts';
import type { Health } from '../../lib/ledger/health.ts';
import type { Lane } from '../../lib/ledger/lanes.ts';

const [earlier, later] = ['2026-11-24T03:00:00.000Z', '2026-11-24T03:05:00.000Z'];
const checkpoint = (at: string): Checkpoint => ({
  v: 1,
  revision: 1,
  digest: '',
  at,
  identity: { endpoint: '', projectId: '', edition: '' },
  plans: [],
});

describe('a source', () => {
  test.each<[string, string | undefined, Omit<Health, 'v'>, object]>([
    ['never looked at well', undefined, { failures: 0 }, {}],
    ['known by its checkpoint', later, { failures: 0 }, { lastGood: later }],
    ['known to be good after its checkpoint', earlier, { failures: 0, lastGood: later }, { lastGood: later }],
    ['with a checkpoint after its last outage', later, { failures: 0, lastGood: earlier }, { lastGood: later }],
    ['that fails, and nobody knows why', undefined, { failures: 1 }, { failing: { looks: 1 } }],
    [
      'that fails',
      later,
      { failures: 2, since: earlier, reason: 'HTTP 503' },
      { lastGood: later, failing: { looks: 2, since: earlier, reason: 'HTTP 503' } },
    ],
    ['that fails no more', later, { failures: 0, since: earlier, reason: 'HTTP 503' }, { lastGood: later }],
  ])('%s', (_which, at, health, standing) => {
    expect(sourceStanding(at === undefined ? undefined : checkpoint(at), { v: 1, ...health })).toStrictEqual(standing);
  });
});

describe('a destination', () => {
  test.each<[string, Omit<Lane, 'v'>, object]>([
    ['that nothing was ever sent to', {}, {}],
    ['that only keeps its pace', { notBefore: later }, {}],
    ['that fails, and nobody knows why', { failingSince: earlier }, { failing: { since: earlier } }],
    [
      'that fails',
      { failingSince: earlier, reason: 'HTTP 503', notBefore: later },
      { failing: { since: earlier, reason: 'HTTP 503', nextAt: later } },
    ],
  ])('%s', (_which, lane, standing) => {
    expect(destinationStanding({ v: 1, ...lane })).toStrictEqual(standing);
  });
});
