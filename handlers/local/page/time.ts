/** Times in the reader's own zone and manner. */
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const short = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

const shortDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const dayTime = (time: string): string => shortDay.format(new Date(time));
export const timeWithSeconds = (time: string): string => clock.format(new Date(time));
export const fullTime = (time: string): string => full.format(new Date(time));
export const shortTime = (time: string): string => short.format(new Date(time));

/** `today`, `yesterday` or the date, as Slack's date_short_pretty. */
export function prettyDay(time: string): string {
  const [that, today, yesterday] = [new Date(time), new Date(), new Date()];
  yesterday.setDate(today.getDate() - 1);
  const same = (other: Date) => that.toDateString() === other.toDateString();
  if (same(today)) return 'today';
  return same(yesterday) ? 'yesterday' : day.format(that);
}

/** To the second; with the day where it is not today's. */
export const clockTime = (time: string): string =>
  `${prettyDay(time) === 'today' ? '' : `${prettyDay(time)} `}${timeWithSeconds(time)}`;

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** `5 s`, `3 min`, `2 d`: one unit is enough to know how long. */
export function span(ms: number): string {
  const [unit, size] = units.find(([, least]) => ms >= least) ?? ['s', 1_000];
  return `${Math.floor(Math.max(0, ms) / size)} ${unit}`;
}
