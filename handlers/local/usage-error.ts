/** Wrong usage, configuration or request: told in its own lines, without a stack, and exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** Each may be several lines: the second shows the place. */
  readonly faults: readonly string[];

  constructor(...faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}
