/** `npm run mutate`: breaks core, ledger and flow in every small way, and sees whether that folder's own tests notice. */
export default {
  packageManager: 'npm',
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  coverageAnalysis: 'perTest',
  mutate: [`lib/${process.env.MUTATE}/**/*.ts`],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  jsonReporter: { fileName: `.artifacts/mutation-${process.env.MUTATE}.json` },
  thresholds: { high: 95, low: 90, break: 90 },
  concurrency: 2,
  timeoutMS: 12_000,
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  // A name that does not exist: Stryker would call TypeScript's old JavaScript API, which TypeScript 7 does not have.
  tsconfigFile: 'none.json',
  tempDirName: '.artifacts/stryker',
  jest: { projectType: 'custom', configFile: 'jest.mutation.config.mjs', enableFindRelatedTests: false },
};
