/** A call that failed, or whose result is not known. Its words go to logs, so they never hold a credential. */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';

  /** `what`: what went wrong and what to do, without a full stop at the end. */
  constructor(call: string, key: string, what: string, options?: ErrorOptions) {
    super(`Store: ${call} ${JSON.stringify(key.slice(0, 300))}: ${what}.`, options);
  }
}

/** An object is there, and its bytes are no text: cut inside a character, say. Carries them, so that they can be kept. */
export class NotTextError extends StoreError {
  override readonly name = 'NotTextError';

  readonly base64: string;

  constructor(call: string, key: string, bytes: Uint8Array) {
    super(call, key, 'what is stored is not UTF-8 text: move it away, or restore an older copy');
    this.base64 = Buffer.from(bytes).toString('base64');
  }
}
