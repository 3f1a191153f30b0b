import type { EventView, Group } from '../inbox/view.ts';

/** Which events are wanted: what the address says and the filter bar shows. */
export type Filter = {
  /** Any of them; empty: all. */
  readonly groups: readonly Group[];
  readonly source: string;
  /** A plan's id. */
  readonly plan: string;
  /** Every word of it, somewhere in the event. */
  readonly text: string;
};

/** In the order in which a person looks for trouble, and what each is called. */
export const groupNames: Readonly<Record<Group, string>> = {
  bad: 'Failed',
  recovered: 'Rolled back',
  stopped: 'Stopped',
  moving: 'Under way',
  waiting: 'Waiting',
  good: 'Succeeded',
  removed: 'Removed',
  planwatch: 'Notices',
};

export const groups = Object.keys(groupNames) as readonly Group[];

const isGroup = (text: string): text is Group => Object.hasOwn(groupNames, text);

export const filterOf = (query: URLSearchParams): Filter => ({
  groups: (query.get('class') ?? '').split(',').filter(isGroup),
  source: query.get('source') ?? '',
  plan: query.get('plan') ?? '',
  text: query.get('q') ?? '',
});

export const isFiltering = ({ groups: wanted, source, plan, text }: Filter): boolean =>
  wanted.length > 0 || [source, plan, text.trim()].some((one) => one !== '');

/** The same test for all events, made once: ten thousand are asked at each key that is pressed. */
export function createMatcher({ groups: wanted, source, plan, text }: Filter): (event: EventView) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (event) =>
    (wanted.length === 0 || wanted.includes(event.group)) &&
    (source === '' || event.source === source) &&
    (plan === '' || event.plan?.id === plan) &&
    (words.length === 0 || hasAll(searchTextOf(event), words));
}

const hasAll = (text: string, words: readonly string[]): boolean => words.every((word) => text.includes(word));

const searchTexts = new WeakMap<EventView, string>();

function searchTextOf(event: EventView): string {
  const known = searchTexts.get(event);
  if (known !== undefined) return known;
  const { id, source, words, detail, reasons, plan, deliveries } = event;
  const plans = plan ? [plan.name, plan.id, plan.creator] : [];
  const fates = deliveries.flatMap(({ destination, state }) => [destination, 'reason' in state ? state.reason : '']);
  const text = [id, source, words, detail, ...reasons, ...plans, ...fates].join('\n').toLowerCase();
  searchTexts.set(event, text);
  return text;
}
