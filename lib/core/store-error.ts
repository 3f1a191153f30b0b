/** A call that failed, or whose result is not known. Its words go to logs, so they never hold a credential. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  /** `what`: what went wrong and what to do, without a full stop at the end. */
  constructor(call: string, key: string, what: string, options?: ErrorOptions) {
    super(`Store: ${call} ${JSON.stringify(key.slice(0, 300))}: ${what}.`, options);
  }
}
