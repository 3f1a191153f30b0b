import { parseArgs } from 'node:util';
import { createProgress } from '../../handlers/local/progress.ts';
import { search, storyOf, summaryOf } from './search.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    path: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('--runs and --seed are whole numbers, for instance: npm run simulate -- --runs 2000 --seed 7');
  process.exit(2);
}

const progress = createProgress('Histories:');
const found = await search({ runs, seed, path: values.path }, (done) => {
  if (done % 50 === 0) progress.update(done, runs);
});
progress.end();
console.log(values.json ? JSON.stringify(found) : summaryOf(found));
if (found.failure) {
  if (!values.json) console.log(`\nAn invariant is broken. The shortest history that shows it:\n\n${storyOf(found)}`);
  process.exit(1);
}
process.exit(0);
