import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const read = (): string => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
};

/** What the address points at: a delivery's id, or `plan=` and a plan's. */
export function useTarget(): string {
  const [target, setTarget] = useState(read());
  useEffect(() => {
    const follow = () => setTarget(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return target;
}

/** Brings an element before the reader's eyes, and the keyboard to it, once the address points at it. */
export function useReveal<T extends HTMLElement>(targeted: boolean): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (!targeted) return;
    element.current?.scrollIntoView({ block: 'center' });
    element.current?.focus({ preventScroll: true });
  }, [targeted]);
  return element;
}

export const linkToMessage = (id: string): string => `#${encodeURIComponent(id)}`;
export const linkToPlan = (id: string): string => `#plan=${encodeURIComponent(id)}`;
