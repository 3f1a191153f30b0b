/** `npm run bench -- [part …] [--json] [--short] [--gate]`: every figure that README and docs quote comes from here. */
import { parseArgs } from 'node:util';
import { createProgress } from '../handlers/local/progress.ts';
import { bundle } from './bundle.ts';
import { busy } from './busy.ts';
import { cold } from './cold.ts';
import { cost } from './cost.ts';
import { deliver } from './deliver.ts';
import { diff } from './diff.ts';
import type { Figure, Part } from './figure.ts';
import { comparable, passGate, readBudgets, withBudget } from './gate.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { notMeasured, peers } from './peers.ts';
import { scale } from './scale.ts';

const parts: Readonly<Record<string, Part>> = {
  bundle,
  cold,
  idle,
  busy,
  diff,
  deliver,
  latency,
  memory,
  peers,
  scale,
  cost,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, short: { type: 'boolean' }, gate: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: the parts are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const budgets = readBudgets();
const isGated = (name: string): boolean => Object.values(budgets[name] ?? {}).some(({ gate }) => gate !== undefined);
const everyPart = Object.keys(parts).filter((name) => !values.gate || isGated(name));
const all: Figure[] = [];
const broken: string[] = [];
const chosen = positionals.length > 0 ? positionals : everyPart;
const progress = createProgress('Measuring:');
for (const [index, name] of chosen.entries()) {
  progress.update(index, chosen.length);
  const began = Date.now();
  const measure = async () => (await parts[name]?.(values.short ? 'short' : 'full')) ?? [];
  const passed = values.gate ? await passGate(name, measure, budgets) : { figures: await measure(), broken: [] };
  progress.end();
  const figures = passed.figures.map((figure) => withBudget(figure, budgets));
  broken.push(...passed.broken);
  all.push(...figures);
  if (values.json) continue;
  console.log(`\n${name} (${Math.round((Date.now() - began) / 1000)} s)`);
  for (const figure of figures) console.log(lineOf(figure));
  if (name === 'peers') for (const line of notMeasured) console.log(`  ${line}`);
}
if (values.json) console.log(JSON.stringify(all, null, 2));
if (broken.length > 0) {
  console.error(`\n${broken.join('\n')}`);
  process.exitCode = 1;
}

function lineOf(one: Figure): string {
  const { figure, value, unit, floor, ratio, spread, budget } = one;
  const number = (of: number) => of.toLocaleString('en', { maximumFractionDigits: of < 10 ? 2 : of < 100 ? 1 : 0 });
  return [
    `  ${figure.padEnd(58)}`,
    `${number(value)} ${unit}`.padStart(18),
    ratio === undefined || floor === undefined ? '' : `  ${number(ratio)} × ${number(floor)}`,
    spread === undefined ? '' : ` (${spread.map(number).join(' to ')})`,
    budget === undefined ? '' : `  budget ${number(budget)}${comparable(one) > budget ? '  OVER' : ''}`,
  ].join('');
}
