/** One line of the table. A timing is only worth its ratio to a floor of the same run: milliseconds are for orientation. */
export type Figure = {
  readonly part: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** What the floor of the same rounds was, in the same unit. */
  readonly floor?: number;
  /** Median of value ÷ floor, round by round. */
  readonly ratio?: number;
  /** First and third quartile of the ratio, or of the value where there is no floor. */
  readonly spread?: readonly [number, number];
  /** The most that the ratio (or the value, without a floor) may be. */
  readonly budget?: number;
};

/** `full` is what README quotes; `short` is for a gate that runs often. */
export type Effort = 'short' | 'full';

export type Part = (effort: Effort) => Promise<readonly Figure[]>;

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [low = 0, high = 0] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * Runs every subject once a round, in an order that is shuffled anew, so that a machine that drifts drifts for all of
 * them. Round by round: subject → what it measured.
 */
export async function interleave<Name extends string, Value>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<Value>>>,
): Promise<readonly Readonly<Record<Name, Value>>[]> {
  const names = Object.keys(subjects) as Name[];
  const measured: Record<Name, Value>[] = [];
  for (let round = 0; round < rounds; round++) {
    const values = {} as Record<Name, Value>;
    const order = names.map((name) => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at);
    for (const { name } of order) values[name] = await subjects[name]();
    measured.push(values);
  }
  return measured;
}

/** A subject against its floor, both of the same rounds. */
export function against(
  what: Pick<Figure, 'part' | 'figure' | 'unit' | 'budget'>,
  values: readonly number[],
  floors: readonly number[],
): Figure {
  const ratios = values.map((value, round) => value / (floors[round] ?? Number.NaN));
  return {
    ...what,
    value: median(values),
    floor: median(floors),
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}
