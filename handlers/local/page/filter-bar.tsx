import { useEffect, useRef } from 'preact/hooks';
import type { Group, PlanView, SourceView } from '../inbox/view.ts';
import { type Address, go, linkHere } from './address.ts';
import { type Filter, groupNames, groups, isFiltering } from './filter.ts';
import { GroupMark } from './groups.tsx';
import { searchId } from './shell/shortcuts.ts';

type Props = {
  readonly address: Address;
  readonly filter: Filter;
  readonly sources: readonly SourceView[];
  readonly plans: readonly PlanView[];
  /** How many there are of a group under the rest of the filter. */
  readonly countOf: (group: Group) => number;
  readonly found: number;
  readonly noun: string;
};

export function FilterBar({ address, filter, sources, plans, countOf, found, noun }: Props) {
  const planName = plans.find(({ id }) => id === filter.plan)?.name ?? filter.plan;
  const present = groups
    .map((group) => ({ group, count: countOf(group), on: filter.groups.includes(group) }))
    .filter(({ count, on }) => count > 0 || on);
  return (
    <search class="filters">
      <div class="filter-line">
        <Search address={address} text={filter.text} noun={noun} />
        {sources.length > 1 && (
          <select
            aria-label="Source"
            value={filter.source}
            onChange={({ currentTarget }) => go(linkHere(address, { source: currentTarget.value }))}
          >
            <option value="">All sources</option>
            {sources.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
      </div>
      <fieldset class="chips">
        <legend class="unseen">Show only</legend>
        {present.map(({ group, count, on }) => (
          <button
            key={group}
            type="button"
            class="chip"
            aria-pressed={on}
            onClick={() => go(linkHere(address, { class: toggled(filter.groups, group), event: '' }))}
          >
            <GroupMark group={group} /> {groupNames[group]} <span class="count">{count.toLocaleString()}</span>
          </button>
        ))}
        {filter.plan !== '' && (
          <a
            class="chip on"
            href={linkHere(address, { plan: '' })}
            aria-label={`Plan ${planName}: show all plans again`}
          >
            {planName} <span aria-hidden="true">×</span>
          </a>
        )}
      </fieldset>
      {isFiltering(filter) && (
        <p class="found quiet" role="status">
          {found.toLocaleString()} {noun}
          {found === 1 ? '' : 's'} ·{' '}
          <a href={linkHere(address, { class: '', source: '', plan: '', q: '', event: '' })}>Clear</a>
        </p>
      )}
    </search>
  );
}

const toggled = (wanted: readonly Group[], group: Group): string =>
  groups.filter((one) => (one === group ? !wanted.includes(one) : wanted.includes(one))).join(',');

type SearchProps = { readonly address: Address; readonly text: string; readonly noun: string };

/**
 * The field keeps its own text while it has the focus: the address follows what is typed, and one that is a letter late
 * must not take that letter back.
 */
function Search({ address, text, noun }: SearchProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = text;
  }, [text]);
  const search = (words: string) => go(linkHere(address, { q: words, event: '' }), { replace: true });
  return (
    <input
      ref={field}
      id={searchId}
      type="search"
      placeholder="Search  /"
      aria-label={`Search ${noun}s`}
      autocomplete="off"
      spellcheck={false}
      defaultValue={text}
      onInput={({ currentTarget }) => search(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.currentTarget.value = '';
        event.currentTarget.blur();
        search('');
      }}
    />
  );
}
