import { useEffect } from 'preact/hooks';
import { go, linkTo, type View } from '../address.ts';

export const searchId = 'search';

const viewKeys: Readonly<Record<string, View>> = { 1: 'messages', 2: 'plans', 3: 'health' };

/** Keys that work wherever the reader is, but for where letters are typed. */
export function useShortcuts(help: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const view = viewKeys[event.key];
      if (event.key === '?') help();
      else if (event.key === '/') document.getElementById(searchId)?.focus();
      else if (view) go(linkTo(view));
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
