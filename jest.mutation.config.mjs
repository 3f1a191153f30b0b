import { globSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import config from './jest.config.mjs';

// Loading a dozen files of modules takes far longer than their tests, and each mutant does it anew. So in Stryker's copy of
// the project one file imports the tests of the folder that is mutated, and no others run: not the simulation, above all.
const folder = join(import.meta.dirname, 'test', process.env.MUTATE ?? 'core');
const imports = globSync('*.test.ts', { cwd: folder }).map((file) => `import './${basename(file)}';\n`);
writeFileSync(join(folder, 'all.mutation.ts'), imports.join(''));

export default {
  ...config,
  reporters: ['default'],
  testMatch: [`<rootDir>/test/${basename(folder)}/all.mutation.ts`],
  setupFiles: ['<rootDir>/test/support/few-runs.mjs'],
  testTimeout: 5_000,
};
