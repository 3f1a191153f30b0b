import { useEffect, useState } from 'preact/hooks';

export type View = 'messages' | 'plans' | 'health';

const paths: Readonly<Record<View, string>> = { messages: '/', plans: '/plans', health: '/health' };

/** Where the reader is: all of it in the address, so that it can be sent to somebody. */
export type Address = { readonly view: View; readonly query: URLSearchParams };

const viewAt = (path: string): View =>
  (Object.keys(paths) as View[]).find((view) => paths[view] === path.replace(/(.)\/$/, '$1')) ?? 'messages';

const read = (): Address => ({ view: viewAt(location.pathname), query: new URLSearchParams(location.search) });

/** The address of a view; empty values are left out. */
export function linkTo(view: View, values: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  const query = new URLSearchParams(given).toString();
  return query === '' ? paths[view] : `${paths[view]}?${query}`;
}

/** Here, but for some values; an empty one goes. */
export function linkHere({ view, query }: Address, values: Readonly<Record<string, string>>): string {
  return linkTo(view, { ...Object.fromEntries(query), ...values });
}

const listeners = new Set<() => void>();

/** `replace`: no step of its own for the back button, as while somebody types. */
export function go(href: string, how: { readonly replace?: boolean } = {}): void {
  if (href === `${location.pathname}${location.search}`) return;
  if (how.replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  for (const listener of listeners) listener();
}

export function useAddress(): Address {
  const [address, setAddress] = useState(read());
  useEffect(() => {
    const follow = () => setAddress(read());
    const click = (event: MouseEvent) => {
      const href = ownLink(event);
      if (href === undefined) return;
      event.preventDefault();
      go(href);
    };
    listeners.add(follow);
    addEventListener('popstate', follow);
    document.addEventListener('click', click);
    return () => {
      listeners.delete(follow);
      removeEventListener('popstate', follow);
      document.removeEventListener('click', click);
    };
  }, []);
  return address;
}

/** A plain click on a link within this page; anything else is the browser's. */
function ownLink(event: MouseEvent): string | undefined {
  const { defaultPrevented, button, metaKey, ctrlKey, shiftKey, altKey, target } = event;
  if (defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return undefined;
  const link = target instanceof Element ? target.closest('a') : null;
  if (!link || link.target === '_blank' || link.origin !== location.origin || link.hash !== '') return undefined;
  return Object.values(paths).includes(link.pathname) ? `${link.pathname}${link.search}` : undefined;
}
