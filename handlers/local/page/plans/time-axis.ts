const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Spans of time that a chart can show, by their name in the address; ms. */
export const ranges = {
  '2m': { name: '2 minutes', ms: 2 * minute },
  '5m': { name: '5 minutes', ms: 5 * minute },
  '30m': { name: '30 minutes', ms: 30 * minute },
  '3h': { name: '3 hours', ms: 3 * hour },
  '1d': { name: 'a day', ms: day },
  '7d': { name: 'a week', ms: 7 * day },
  '30d': { name: '30 days', ms: 30 * day },
} as const;

export type Range = keyof typeof ranges;

export const isRange = (text: string): text is Range => Object.hasOwn(ranges, text);

/** The shortest that shows what happened since `oldest` (ms since 1970), or the longest there is. */
export function fittingRange(oldest: number, now: number): Range {
  const names = Object.keys(ranges) as Range[];
  return names.find((name) => ranges[name].ms >= now - oldest) ?? '30d';
}

const steps = [
  10 * second,
  30 * second,
  minute,
  5 * minute,
  10 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
];

/** At most `most` round times between two, in the zone that is `offsetMs` ahead of UTC; ms since 1970. */
export function ticks(from: number, to: number, most: number, offsetMs: number): readonly number[] {
  const step = steps.find((one) => (to - from) / one <= most) ?? 7 * day;
  const first = Math.ceil((from + offsetMs) / step) * step - offsetMs;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}
