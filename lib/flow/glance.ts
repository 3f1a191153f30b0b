import { SourceError } from '../core/source-error.ts';
import type { Reading } from '../ledger/document.ts';
import type { Health } from '../ledger/health.ts';
import type { LogEntry } from '../ledger/log.ts';
import type { Listing } from '../ports.ts';

/** The list, and what stands in the log behind the checkpoint, both read without a look at the plans that are known. */
type Glance = { readonly list: Listing | SourceError; readonly next: Reading<LogEntry> };

/**
 * Nothing to compare, nothing to pass on, nothing half done: nearly every look there ever is. It then ends without
 * parsing either list, so that it costs what its requests cost, at any length.
 */
export const nothingNew = ({ list, next }: Glance, health: Health): boolean =>
  next.kind === 'absent' && !(list instanceof SourceError) && list.plans === undefined && isAtRest(health);

/** Whatever else is noted there waits for a good look. */
const isAtRest = ({ v: _v, lastGood: _lastGood, failures, ...unfinished }: Health): boolean =>
  failures === 0 && Object.keys(unfinished).length === 0;
