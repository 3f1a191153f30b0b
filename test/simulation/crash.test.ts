import { describe, expect, test } from '@jest/globals';
import type { How } from './stage.ts';
import { eventful, sweep } from './sweep.ts';

/** Every step in turn for dying; of the rest each fifth, or each second where CI's number of histories is asked for. */
const whole = Number(process.env['SIMULATION_RUNS'] ?? 0) >= 2_000;

describe('an eventful week, with one thing going wrong at each step in turn', () => {
  const cases: { readonly name: string; readonly hows: readonly How[]; readonly every: number }[] = [
    { name: 'planwatch dies before the call', hows: ['dies before'], every: 1 },
    { name: 'planwatch dies after the call, before its answer', hows: ['dies after'], every: 1 },
    { name: 'the call is refused', hows: ['fails before'], every: 5 },
    { name: 'the call is made and its answer is lost', hows: ['fails after'], every: 5 },
    { name: 'the call is half done', hows: ['half done'], every: 5 },
    {
      name: 'the process is frozen, and goes on when others have taken its place',
      hows: ['sleeps 4 min', 'sleeps an hour'],
      every: 5,
    },
    { name: 'the cloud changes meanwhile', hows: ['cloud moves'], every: 5 },
  ];
  test.each(cases)(
    '$name',
    async ({ name, hows, every }) => {
      const began = Date.now();
      const { tried, steps, broken } = await sweep(eventful, hows, whole ? Math.min(every, 2) : every);
      const seconds = Math.round((Date.now() - began) / 100) / 10;
      process.stdout.write(`${name}: ${tried} histories, ${steps} steps, ${seconds} s\n`);
      expect(broken.join('\n')).toBe('');
      expect(tried).toBeGreaterThan(40);
    },
    180_000,
  );
});
