import { readFileSync } from 'node:fs';
import type { Figure } from './figure.ts';

/** `budget`: what we want, and what README promises. `gate`: over it CI is red; it leaves room for noise where there is any. */
export type Limit = { readonly budget: number; readonly gate?: number };

/** Part → figure → its limits. A figure's ratio is compared where it has one, otherwise its value. */
export type Budgets = Readonly<Record<string, Readonly<Record<string, Limit>>>>;

export const readBudgets = (): Budgets =>
  JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8')) as Budgets;

export const comparable = ({ ratio, value }: Figure): number => ratio ?? value;

export const withBudget = (figure: Figure, budgets: Budgets): Figure => {
  const budget = budgets[figure.part]?.[figure.figure]?.budget;
  return budget === undefined ? figure : { ...figure, budget };
};

/** What is over its gate, and what has a gate and was not measured at all: in words that name the part. */
export function brokenGates(part: string, figures: readonly Figure[], budgets: Budgets): Map<string, string> {
  const broken = new Map<string, string>();
  for (const [name, { gate }] of Object.entries(budgets[part] ?? {})) {
    if (gate === undefined) continue;
    const found = figures.find(({ figure }) => figure === name);
    const measured = found && comparable(found);
    if (measured === undefined) broken.set(name, `${part}: ${name} was not measured, and bench/budgets.json names it`);
    // Not "over": what is no number is not within a limit either.
    else if (!(measured <= gate)) {
      broken.set(
        name,
        `${part}: ${name} is ${Math.round(measured * 100) / 100}, and at most ${gate} is let through; if that is meant, say so in bench/budgets.json`,
      );
    }
  }
  return broken;
}

/** Measures once more what was over, so that a machine that was busy just then is not taken for a regression. */
export async function passGate(
  part: string,
  measure: () => Promise<readonly Figure[]>,
  budgets: Budgets,
): Promise<{ readonly figures: readonly Figure[]; readonly broken: readonly string[] }> {
  const attempt = async () => {
    try {
      const figures = await measure();
      return { figures, broken: brokenGates(part, figures, budgets) };
    } catch (error) {
      return { figures: [], broken: new Map([['', `${part} could not be measured: ${(error as Error).stack}`]]) };
    }
  };
  const first = await attempt();
  if (first.broken.size === 0) return { figures: first.figures, broken: [] };
  const again = await attempt();
  const twice = [...again.broken].filter(([name]) => name === '' || first.broken.has('') || first.broken.has(name));
  return { figures: again.figures, broken: twice.map(([, words]) => words) };
}
