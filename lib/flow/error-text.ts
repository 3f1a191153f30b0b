import { SourceError } from '../core/source-error.ts';

/** What went wrong, for a person: an error's own words, and what to do where it knows. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof SourceError)) return error.message;
  return `${error.message}${/[.!?…]$/.test(error.message) ? '' : '.'} ${error.advice}`;
}
