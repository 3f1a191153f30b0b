import type { Words } from './words.ts';

/** undefined where it is a time zone that this runtime knows. */
export function timezoneFault(name: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return undefined;
  } catch {
    return 'is not a time zone: write its name in the IANA database, such as Asia/Shanghai, or UTC';
  }
}

/**
 * `2026-11-24T03:04:05.678Z` → `2026-11-24 03:04:05 UTC`, or in Asia/Shanghai `2026-11-24 11:04:05 UTC+08:00`: with the
 * offset, since an hour comes twice when summer time ends. What is no time is shown as it came.
 */
export function readableTime(time: string, timezone = 'UTC'): string {
  if (timezone === 'UTC' || Number.isNaN(Date.parse(time))) return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(new Date(time))
      .map(({ type, value }) => [type, value]),
  );
  const [year, month, day] = (['year', 'month', 'day'] as const).map((part) => parts.get(part));
  const [hour, minute, second] = (['hour', 'minute', 'second'] as const).map((part) => parts.get(part));
  const zone = parts.get('timeZoneName')?.replace('GMT', 'UTC').replace('+00:00', '');
  return `${year}-${month}-${day} ${hour}:${minute}:${second} ${zone}`;
}

/** Making one costs more than everything else in a message. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const two = '2-digit';
  const made = new Intl.DateTimeFormat('en', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    timeZoneName: 'longOffset',
  });
  formats.set(timezone, made);
  return made;
}

const day = 86_400_000;

/**
 * How long a run can have taken at most: from when it began to when its end was seen, since nobody tells the end itself.
 * Over a day it says nothing about the run, only about when somebody looked.
 */
export function mostItTook(from: string | undefined, seen: string, words: Words): string | undefined {
  const ms = from === undefined ? Number.NaN : Date.parse(seen) - Date.parse(from);
  if (!(ms >= 0 && ms < day)) return undefined;
  return words.atMost(durationWords(ms, words));
}

/** Rounded up. */
export function durationWords(ms: number, words: Words): string {
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return words.seconds(seconds);
  return minutes < 60 ? words.minutes(minutes) : words.hours(Math.floor(minutes / 60), minutes % 60);
}
