import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { sliceOf } from './windowed.ts';

type Props<T> = {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly label: string;
  /** Of one row, in rem: all are equally high. */
  readonly rowRem: number;
  /** The row that the page is about: Tab comes to it, or to the first. */
  readonly current: string | undefined;
  /** The address names it, so it is brought before the reader's eyes. */
  readonly pointed: boolean;
  /** The keyboard went to another row, which has the focus now. */
  readonly moved: (item: T) => void;
  /** Another one: another list, to be read from its top. */
  readonly listId: string;
  /** One row: its link gets `tabIndex`. */
  readonly children: (item: T, tabIndex: 0 | -1) => ComponentChildren;
};

/** A list of any length that draws what is in sight, stays where the reader is when rows come, and is walked with arrow keys. */
export function WindowedList<T>({ items, keyOf, label, rowRem, current, pointed, moved, listId, children }: Props<T>) {
  const pane = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 900 });
  const rowHeight = rowRem * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

  useEffect(() => {
    const element = pane.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSight({ top: element.scrollTop, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const anchor = useRef({ listId, key: '', index: 0 });
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    if (anchor.current.listId !== listId) element.scrollTop = 0;
    else if (element.scrollTop > 0) {
      // What is being read stays before the reader's eyes, whatever came above it.
      const index = items.findIndex((item) => keyOf(item) === anchor.current.key);
      if (index > anchor.current.index) element.scrollTop += (index - anchor.current.index) * rowHeight;
    }
    note();
  }, [items, listId]);

  function note(): void {
    const element = pane.current;
    if (!element) return;
    const index = Math.floor(element.scrollTop / rowHeight);
    const item = items[index];
    anchor.current = { listId, key: item === undefined ? '' : keyOf(item), index };
    setSight({ top: element.scrollTop, height: element.clientHeight });
  }

  const [walkedTo, walkTo] = useState(current);
  useEffect(() => walkTo(current), [current]);
  const indexOf = (key: string | undefined) =>
    key === undefined ? -1 : items.findIndex((item) => keyOf(item) === key);
  const currentIndex = indexOf(current);
  const walkedIndex = walkedTo === current ? currentIndex : indexOf(walkedTo);
  const stop = Math.max(0, walkedIndex);
  const { from, to } = sliceOf(items.length, rowHeight, sight.top, sight.height);
  const shown = Array.from({ length: to - from }, (_, offset) => from + offset);
  // It may have the focus, which would be lost with it.
  if (stop < items.length && (stop < from || stop >= to)) shown.push(stop);

  function reveal(index: number): void {
    const element = pane.current;
    if (!element) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowHeight - element.clientHeight;
  }

  // Once: from then on the reader scrolls.
  const revealed = useRef('');
  useLayoutEffect(() => {
    if (!pointed || current === undefined || currentIndex < 0 || revealed.current === current) return;
    revealed.current = current;
    reveal(currentIndex);
  }, [pointed, current, currentIndex]);

  const focusNext = useRef(false);
  useEffect(() => {
    if (!focusNext.current) return;
    focusNext.current = false;
    pane.current?.querySelector<HTMLElement>(`[data-index="${stop}"] a`)?.focus({ preventScroll: true });
  });

  function press(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(sight.height / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const index = Math.min(items.length - 1, Math.max(0, stop + step));
    const item = items[index];
    if (item === undefined || index === walkedIndex) return;
    focusNext.current = true;
    reveal(index);
    walkTo(keyOf(item));
    moved(item);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the links within
    <div class="windowed" ref={pane} onScroll={note} onKeyDown={press}>
      <ol aria-label={label} style={{ height: `${items.length * rowHeight}px` }}>
        {shown.map((index) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <li
              key={keyOf(item)}
              data-index={index}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
            >
              {children(item, index === stop ? 0 : -1)}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
