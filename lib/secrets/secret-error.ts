/** Names the reference and what is missing; never holds a value, nor a cause that might quote one. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  /** Nobody has to mend anything: the far end was busy, or gave no answer. */
  readonly transient: boolean;

  constructor(message: string, transient = false) {
    super(message);
    this.transient = transient;
  }
}
