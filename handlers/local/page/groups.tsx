import type { Group } from '../inbox/view.ts';
import { groupNames } from './filter.ts';

/** One stroke a class, so that no colour is the only sign. */
const strokes: Readonly<Record<Group, string>> = {
  bad: 'M5 5l6 6M11 5l-6 6',
  recovered: 'M6 4.5L3.8 7 6 9.5M4.2 7h5a2.6 2.6 0 0 1 0 5.2H7',
  stopped: 'M5.5 5.5h5v5h-5z',
  moving: 'M4 8h8M9 5l3 3-3 3',
  waiting: 'M8 4.8V8l2.2 1.6',
  good: 'M4.3 8.4l2.5 2.5 5-5.6',
  removed: 'M4.5 8h7',
  planwatch: 'M8 7.4v3.8M8 4.8v.1',
};

/** With `named`, what it means is said to whoever does not see it. */
export const GroupMark = ({ group, named = false }: { readonly group: Group; readonly named?: boolean }) => (
  <svg class={`mark ${group}`} viewBox="0 0 16 16" role="img" aria-label={groupNames[group]} aria-hidden={!named}>
    <circle cx="8" cy="8" r="8" />
    <path d={strokes[group]} />
  </svg>
);
