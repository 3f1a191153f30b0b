import { SourceError } from '../core/source-error.ts';
import { errorText } from './error-text.ts';

/** One thing that `check` looked at. `planwatch check --json` prints these: the names stay. */
export type Finding = {
  readonly area: 'configuration' | 'source' | 'store' | 'queue' | 'destination';
  /** Which source, destination, folder, bucket or queue. */
  readonly name: string;
  /** What was tried there. */
  readonly what: string;
  /** `warning`: planwatch works, but tells less than it could. */
  readonly state: 'ok' | 'warning' | 'failed';
  readonly found: string;
  /** What to do, in one sentence. */
  readonly advice?: string;
};

export type Subject = Pick<Finding, 'area' | 'name' | 'what'>;

export const ok = (subject: Subject, found: string): Finding => ({ ...subject, state: 'ok', found });

export const amiss = (
  state: 'warning' | 'failed',
  subject: Subject,
  found: string,
  advice?: string | undefined,
): Finding => ({
  ...subject,
  state,
  found,
  ...(advice && { advice }),
});

/** An error as a finding. `meaning`: what planwatch does without what was tried. */
export function broken(state: 'warning' | 'failed', subject: Subject, error: unknown, meaning = ''): Finding {
  if (!(error instanceof SourceError)) return amiss(state, subject, errorText(error), meaning);
  return amiss(state, subject, error.message, [meaning, error.advice].filter(Boolean).join(' '));
}
