/** What a release plan is: the documented list item, in our own spelling. */

export const statusClasses = ['good', 'bad', 'recovered', 'stopped', 'waiting', 'moving'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** One release plan ("release task") as the list shows it. Times are RFC 3339 UTC; a time that never was is absent. */
export type ReleasePlan = {
  readonly id: string;
  readonly name: string;
  /** `create`, `upgrade` or `clone` as documented; left open. */
  readonly action: string;
  /** Left open: a status the cloud adds tomorrow must reach people, not stop the look. */
  readonly status: string;
  readonly creator: string;
  readonly createdAt?: string;
  readonly executedAt?: string;
};

/**
 * What one answer lists. `count`: how many there are in all, as far as the cloud says; more than came means that there
 * is more to ask for. A fault spoils the whole: a list that is wrong in one place cannot be trusted in the others.
 */
export type ParsedPage = { readonly plans: readonly ReleasePlan[]; readonly count?: number } | PageFault;
type PageFault = { readonly fault: string; readonly kind: 'incomplete' | 'nonsense' };

const classes: ReadonlyMap<string, StatusClass> = new Map([
  ['SUCCESS', 'good'],
  ['FAILED', 'bad'],
  ['PARTIALLY_FAILED', 'bad'],
  ['ROLLBACK_FAILED', 'bad'],
  ['ROLLBACK_SUCCEED', 'recovered'],
  ['ABORTED', 'stopped'],
  ['CREATED', 'waiting'],
  // Of the new edition: somebody has to act before it goes on, or it was passed over.
  ['AWAITING_APPROVAL', 'waiting'],
  ['PAUSED', 'waiting'],
  ['SKIPPED', 'stopped'],
]);

/**
 * The console shows three more states (releasing, rolling back, stopping) whose API values nobody documented, so an
 * unknown status means "on its way": never success, never failure.
 */
export const classOf = (status: string): StatusClass => classes.get(status) ?? 'moving';

/**
 * Reads the answer of `GET /v3/{project_id}/cas/release-plans`: `{count, release_plans: [...]}`.
 * Extra fields are ignored (an older edition also sent `modify_time`).
 */
export function parsePlanList(body: unknown): ParsedPage {
  if (!isRecord(body)) return { fault: 'the answer is not a JSON object', kind: 'nonsense' };
  const items = body['release_plans'];
  if (!Array.isArray(items)) return { fault: 'the answer has no release_plans array', kind: 'nonsense' };
  return parsePage(items, body['count'], 'release_plans', parsePlan);
}

/** `listName` is what faults call the array. */
export function parsePage(
  items: readonly unknown[],
  count: unknown,
  listName: string,
  parse: (item: unknown) => ReleasePlan | string,
): ParsedPage {
  if (!isWhole(count)) return { fault: 'count is missing or not a whole number', kind: 'incomplete' };
  const plans: ReleasePlan[] = [];
  for (const item of items) {
    const plan = parse(item);
    if (typeof plan === 'string') return { fault: `${listName}[${plans.length}] ${plan}`, kind: 'nonsense' };
    plans.push(plan);
  }
  // Behind the loop: of a long list it costs a fifth more while the plans are made.
  const ids = new Set<string>();
  for (const { id } of plans) ids.add(id);
  if (ids.size !== plans.length) {
    return { fault: `${plans.length} plans came with only ${ids.size} distinct ids`, kind: 'incomplete' };
  }
  if (count < ids.size) return { fault: `count says ${count}, but ${ids.size} came`, kind: 'incomplete' };
  return { plans, count };
}

const isWhole = (count: unknown): count is number => Number.isInteger(count);

const maxWord = 200;

/** One item in the old edition's spelling, or what is wrong with it. */
export function parsePlan(item: unknown): ReleasePlan | string {
  if (!isRecord(item)) return 'is not an object';
  const { id, name, action, status, creator } = item;
  if (typeof id !== 'string' || id === '') return 'has no id';
  if (typeof status !== 'string' || status === '') return 'has no status';
  // Both are kept and sent whole, so what no queue would carry is refused here.
  if (id.length > maxWord || status.length > maxWord) return `has an id or status of over ${maxWord} characters`;
  if (!isWord(name)) return 'has no text as its name';
  if (!isWord(action)) return 'has no text as its action';
  if (!isWord(creator)) return 'has no text as its creator';
  const createdAt = cloudTime(item['create_time']);
  const executedAt = cloudTime(item['execute_time']);
  if (createdAt === null || executedAt === null) return 'has a time that is not milliseconds since 1970';
  const plan: Writable<ReleasePlan> = { id, name: name || id, action: action ?? '', status, creator: creator ?? '' };
  // Not spread into it: that would cost as much as all of the checks.
  if (createdAt !== undefined) plan.createdAt = createdAt;
  if (executedAt !== undefined) plan.executedAt = executedAt;
  return plan;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const isWord = (value: unknown): value is string | null | undefined =>
  value === undefined || value === null || typeof value === 'string';

// The end of year 9999: RFC 3339 has four digits for a year, and with more of them the times would no longer sort as text.
const lastMs = 253_402_300_799_999;

/** Milliseconds since 1970 → RFC 3339; 0, null and absent mean "never" (undefined); null: not a time at all. */
export function cloudTime(value: unknown): string | undefined | null {
  if (value === undefined || value === null || value === 0) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > lastMs) return null;
  return spell(value);
}

const dayMs = 86_400_000;
/** A time as character codes; the date in it is the one that was spelled last. */
const letters = Array.from('0000-00-00T00:00:00.000Z', (letter) => letter.charCodeAt(0));
let spelledDay = Number.NaN;

/**
 * toISOString, which would be half of what reading a list costs. A list is sorted and a plan runs soon after it was made,
 * so the day is nearly always the one before. By codes, because text put together of pieces keeps all of them.
 */
function spell(ms: number): string {
  const day = Math.floor(ms / dayMs);
  if (day !== spelledDay) {
    const date = new Date(day * dayMs).toISOString();
    for (let index = 0; index < 10; index++) letters[index] = date.charCodeAt(index);
    spelledDay = day;
  }
  // In whole numbers, which V8 divides faster than others.
  let rest = whole(ms - day * dayMs);
  const milli = rest % 1000;
  rest = whole(rest / 1000);
  write(17, rest % 60);
  rest = whole(rest / 60);
  write(14, rest % 60);
  write(11, whole(rest / 60));
  letters[20] = 48 + whole(milli / 100);
  write(21, milli % 100);
  return String.fromCharCode(...letters);
}

const whole = (count: number): number => count | 0;

/** Two digits. */
function write(at: number, count: number): void {
  letters[at] = 48 + whole(count / 10);
  letters[at + 1] = 48 + (count % 10);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
