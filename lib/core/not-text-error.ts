/** An object is there, and its bytes are no text: cut inside a character, say. What a store throws then, so that they can be kept. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';

  readonly base64: string;

  constructor(call: string, key: string, bytes: Uint8Array) {
    super(
      `Store: ${call} ${JSON.stringify(key.slice(0, 300))}: what is stored is not UTF-8 text: move it away, or restore an older copy.`,
    );
    this.base64 = Buffer.from(bytes).toString('base64');
  }
}
