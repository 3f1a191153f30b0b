import config from './jest.config.mjs';

/** The quick tests of the folder that is mutated, and no others: each mutant starts them anew. */
export default {
  ...config,
  reporters: ['default'],
  testMatch: [`<rootDir>/test/${process.env.MUTATE}/**/*.test.ts`],
  setupFiles: ['<rootDir>/test/support/few-runs.mjs'],
  testTimeout: 5_000,
};
