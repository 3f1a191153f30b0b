import { SourceError } from '../core/source-error.ts';

/** What went wrong, for a person: an error's own words, and what to do where it knows. */
export const wordsOf = (error: unknown): string =>
  error instanceof SourceError
    ? `${error.message} ${error.advice}`
    : error instanceof Error
      ? error.message
      : String(error);
