import fc from 'fast-check';

// For the mutation run alone: what a property finds at all it finds in its first runs, and thousands of mutants wait.
fc.configureGlobal({ numRuns: 20 });
