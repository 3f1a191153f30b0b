import { eventTypes } from '../core/event.ts';
import { isRecord, statusClasses } from '../core/plan.ts';

/** What backfill is asked for, once it is understood. Times are ms since 1970. */
export type BackfillRequest = {
  readonly source?: string;
  readonly since?: number;
  readonly until?: number;
  readonly types?: readonly string[];
  readonly statuses?: readonly string[];
  readonly classes?: readonly string[];
  /** Plan ids or names. */
  readonly plans?: readonly string[];
  readonly destinations?: readonly string[];
  readonly from: 'log' | 'list';
  readonly deadLetters: boolean;
  readonly dryRun: boolean;
  readonly repeat: boolean;
  readonly limit: number;
};

export type Known = { readonly sources: readonly string[]; readonly destinations: readonly string[] };

const defaultLimit = 100;
const maxLimit = 1_000;

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A request that cannot be understood in full is not carried out in part: every fault at once. */
export class BackfillRequestError extends Error {
  override readonly name = 'BackfillRequestError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The backfill request was not understood, and nothing was sent:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Throws BackfillRequestError. `null`, `undefined` and `{}` mean: what is not settled yet, of every source, up to the limit. */
export function parseBackfillRequest(input: unknown, known: Known, now: Date): BackfillRequest {
  const faults: string[] = [];
  const request = isRecord(input) ? input : {};
  if (!isRecord(input) && input !== undefined && input !== null) faults.push('the request must be a JSON object');

  const one = (key: string, allowed: readonly string[]): string | undefined => {
    const value = request[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string' && allowed.includes(value)) return value;
    faults.push(`${key}: ${show(value)} is not one of ${allowed.join(', ')}`);
    return undefined;
  };
  const many = (key: string, allowed?: readonly string[]): readonly string[] | undefined => {
    const value = request[key];
    if (value === undefined) return undefined;
    const list = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(list) || list.length === 0 || !list.every((item) => typeof item === 'string')) {
      faults.push(`${key}: ${show(value)} is not a list of texts`);
      return undefined;
    }
    for (const item of list) {
      if (allowed && !allowed.includes(item)) faults.push(`${key}: ${show(item)} is not one of ${allowed.join(', ')}`);
    }
    return list;
  };
  const flag = (key: string): boolean => {
    const value = request[key] ?? false;
    if (typeof value !== 'boolean') faults.push(`${key}: ${show(value)} is not true or false`);
    return value === true;
  };
  const time = (key: string): number | undefined => {
    const value = request[key];
    if (value === undefined) return undefined;
    const at = typeof value === 'string' ? parseTime(value, now) : undefined;
    if (at === undefined)
      faults.push(`${key}: ${show(value)} is neither a time ("2026-11-24T03:00:00Z") nor an age ("90m", "2d")`);
    return at;
  };

  for (const key of Object.keys(request)) {
    if (!keys.includes(key)) faults.push(`${key}: there is no such setting; there are ${keys.join(', ')}`);
  }
  const limit = request['limit'] ?? defaultLimit;
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > maxLimit) {
    faults.push(`limit: ${show(limit)} is not a whole number from 1 to ${maxLimit}`);
  }
  const parsed = {
    source: one('source', known.sources),
    since: time('since'),
    until: time('until'),
    types: many('types', eventTypes),
    statuses: many('statuses'),
    classes: many('classes', statusClasses),
    plans: many('plans'),
    destinations: many('destinations', known.destinations),
  };
  const from = one('from', ['log', 'list']) === 'list' ? 'list' : 'log';
  const deadLetters = flag('deadLetters');
  const [dryRun, repeat] = [flag('dryRun'), flag('repeat')];
  if (parsed.since !== undefined && parsed.until !== undefined && parsed.since > parsed.until) {
    faults.push('since: it lies after until');
  }
  if (deadLetters && request['from'] !== undefined)
    faults.push('deadLetters: they are neither in the log nor in the list, so leave "from" out');
  if (faults.length > 0) throw new BackfillRequestError(faults);
  const given = Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
  return { ...given, from, deadLetters, dryRun, repeat, limit: Number(limit) };
}

const keys = [
  'source',
  'since',
  'until',
  'types',
  'statuses',
  'classes',
  'plans',
  'destinations',
  'from',
  'deadLetters',
  'dryRun',
  'repeat',
  'limit',
];

function parseTime(value: string, now: Date): number | undefined {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(value) ?? [];
  if (amount !== undefined && unit !== undefined)
    return now.getTime() - Number(amount) * units[unit as keyof typeof units];
  // Without a zone the same text means another time on another machine.
  const at = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

const show = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 80);
