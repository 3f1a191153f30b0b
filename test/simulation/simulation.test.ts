import { describe, expect, test } from '@jest/globals';
import { search, storyOf, summaryOf } from './search.ts';

const runs = Number(process.env['SIMULATION_RUNS'] ?? 300);
const seed = Number(process.env['SIMULATION_SEED'] ?? 20_261_124);

describe('whatever fails, and in whatever order', () => {
  test(
    'every invariant holds once the faults are over',
    async () => {
      const found = await search({ runs, seed });
      process.stdout.write(`${summaryOf(found)}\n`);
      expect(storyOf(found)).toBe('');
      expect(found.histories).toBe(runs);
    },
    60_000 + runs * 100,
  );
});
