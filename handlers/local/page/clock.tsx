import { useEffect, useState } from 'preact/hooks';
import { clockTime, fullTime, span } from './time.ts';

type Props = { readonly time: string; readonly words?: string };

/** A time, to the second unless `words` say it otherwise; all of it to whoever points at it. */
export const Clock = ({ time, words = clockTime(time) }: Props) => (
  <time dateTime={time} title={fullTime(time)}>
    {words}
  </time>
);

export function Ago({ time }: { readonly time: string }) {
  const ms = useNow() - Date.parse(time);
  return <Clock time={time} words={ms < 2_000 ? 'just now' : `${span(ms)} ago`} />;
}

const listeners = new Set<(now: number) => void>();
setInterval(() => {
  for (const listener of listeners) listener(Date.now());
}, 1_000);

/** ms since 1970, each second; one timer for the whole page. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    listeners.add(setNow);
    return () => void listeners.delete(setNow);
  }, []);
  return now;
}
