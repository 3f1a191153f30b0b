/** `npm run bench -- [part …] [--json] [--short]`: every figure that README and docs quote comes from here. */
import { parseArgs } from 'node:util';
import { createProgress } from '../handlers/local/progress.ts';
import { bundle } from './bundle.ts';
import { busy } from './busy.ts';
import { cold } from './cold.ts';
import { cost } from './cost.ts';
import { deliver } from './deliver.ts';
import { diff } from './diff.ts';
import type { Figure, Part } from './figure.ts';
import { idle } from './idle.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { notMeasured, peers } from './peers.ts';

const parts: Readonly<Record<string, Part>> = { bundle, cold, idle, busy, diff, deliver, latency, memory, peers, cost };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, short: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}: the parts are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const figures: Figure[] = [];
const progress = createProgress('Measuring:');
const chosen = positionals.length > 0 ? positionals : Object.keys(parts);
for (const [index, name] of chosen.entries()) {
  progress.update(index, chosen.length);
  const began = Date.now();
  const found = await parts[name]?.(values.short ? 'short' : 'full');
  figures.push(...(found ?? []));
  progress.end();
  if (!values.json) {
    console.log(`\n${name} (${Math.round((Date.now() - began) / 1000)} s)`);
    for (const figure of found ?? []) console.log(lineOf(figure));
    if (name === 'peers') for (const line of notMeasured) console.log(`  ${line}`);
  }
}
if (values.json) console.log(JSON.stringify(figures, null, 2));

function lineOf({ figure, value, unit, floor, ratio, spread, budget }: Figure): string {
  const number = (of: number) => of.toLocaleString('en', { maximumFractionDigits: of < 10 ? 2 : of < 100 ? 1 : 0 });
  const over = budget !== undefined && (ratio ?? value) > budget;
  return [
    `  ${figure.padEnd(64)}`,
    `${number(value)} ${unit}`.padStart(16),
    ratio === undefined ? '' : `  ${number(ratio)} × ${floor === undefined ? '' : number(floor)}`,
    spread === undefined ? '' : ` (${spread.map(number).join(' to ')})`,
    budget === undefined ? '' : `  budget ${number(budget)}${over ? '  OVER' : ''}`,
  ].join('');
}
