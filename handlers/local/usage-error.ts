/** Wrong usage, configuration or request: told in its own lines, without a stack, and exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
