import type { SourceError } from '../core/source-error.ts';

/** Wrong signatures lock an access key, and wrong passwords a user, after a few in a quarter of an hour. */
const restMs = 5 * 60_000;

type Refusals = {
  /** Throws what the far end said of this very credential a short while ago, so that it is not asked again and again. */
  check(credential: string): void;
  note(credential: string, error: SourceError): void;
};

/** Another credential is tried at once; a process that starts anew has forgotten, and tries once. */
export function createRefusals(now: () => Date): Refusals {
  let last: { readonly credential: string; readonly error: SourceError; readonly until: number } | undefined;
  return {
    check: (credential) => {
      if (last?.credential !== credential) return;
      const left = last.until - now().getTime();
      // A clock that was set back, perhaps because it was the fault, does not prolong it.
      if (left > 0 && left <= restMs) throw last.error;
    },
    note: (credential, error) => {
      last = { credential, error, until: now().getTime() + restMs };
    },
  };
}
