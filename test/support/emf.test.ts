import { describe, expect, test } from '@jest/globals';
import { metricsOf } from './emf.ts';

const at = '2026-11-24T03:04:05.678Z';
const now = () => new Date(at);

describe('the checker of metric documents', () => {
  const good = {
    _aws: {
      Timestamp: now().getTime(),
      CloudWatchMetrics: [{ Namespace: 'n', Dimensions: [['D']], Metrics: [{ Name: 'M', Unit: 'Count' }] }],
    },
    D: 'd',
    M: 1,
  };
  const directive = good._aws.CloudWatchMetrics[0];
  const over = (one: object) => ({ ...good, _aws: { ...good._aws, CloudWatchMetrics: [{ ...directive, ...one }] } });

  test('takes a good one', () => {
    expect(metricsOf(JSON.stringify(good), now())).toEqual([{ name: 'M', dimensions: { D: 'd' }, value: 1 }]);
  });

  test.each<[string, object]>([
    ['has no value', { ...good, M: undefined }],
    ['has no value', { ...good, M: '1' }],
    ['is not a text', { ...good, D: 1 }],
    ['is not a text', { ...good, D: undefined }],
    ['a value that is none', { ...good, D: '' }],
    ['a value that is none', { ...good, D: 'ü' }],
    ['colon', { ...good, D: ':d' }],
    ['Timestamp', { ...good, _aws: { ...good._aws, Timestamp: at } }],
    ['Timestamp', { ...good, _aws: { ...good._aws, Timestamp: 0 } }],
    ['Namespace', over({ Namespace: '' })],
    ['Dimensions', over({ Dimensions: [] })],
    ['a set', over({ Dimensions: ['D'] })],
    ['twice', over({ Dimensions: [['D', 'D']] })],
    ['Metrics', over({ Metrics: [] })],
    ['no unit', over({ Metrics: [{ Name: 'M', Unit: 'Counts' }] })],
    ['members of its own', over({ Extra: 1 })],
  ])('refuses one: %s', (fault, document) => {
    expect(() => metricsOf(JSON.stringify(document), now())).toThrow(fault);
  });
});
