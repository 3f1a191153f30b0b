/** A look that brought no list worth comparing. Its words go to people, so they hold no secret and no signed request. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** What to do, in one sentence. */
  readonly advice: string;

  constructor(reason: string, advice: string, options?: ErrorOptions) {
    super(reason, options);
    this.advice = advice;
  }
}
