/** Ends a run with the one plain line that any CI can read: `N passed, N failed`, and `, N skipped` where some were. */
export default class PlainLineReporter {
  onRunComplete(_contexts, results) {
    // A file that could not even be loaded has no tests to count, and must still read as a failure.
    const failed = results.numFailedTests + results.testResults.filter((file) => file.testExecError).length;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    // After Jest's own summary, which comes later than this call.
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
