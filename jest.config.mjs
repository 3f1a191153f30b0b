export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/strip-types.mjs' },
  reporters: ['default', '<rootDir>/test/support/plain-line-reporter.mjs'],
  collectCoverageFrom: ['lib/**/*.ts'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
