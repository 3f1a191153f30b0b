import { dayTime, shortTime, timeWithSeconds } from '../time.ts';
import { ticks } from './time-axis.ts';

type Props = { readonly from: number; readonly to: number };

const most = 6;
/** One nearer to the right end would stick out; a share of the width. */
const roomForLabel = 0.07;

/** Round times above the chart; for the eye only, since each state says its own. */
export function TimeTicks({ from, to }: Props) {
  const offsetMs = -new Date(to).getTimezoneOffset() * 60_000;
  const times = ticks(from, to, most, offsetMs);
  const step = (times[1] ?? to) - (times[0] ?? from);
  const label = step >= 43_200_000 ? dayTime : step < 60_000 ? timeWithSeconds : shortTime;
  return (
    <div class="ticks" aria-hidden="true">
      {times
        .map((time) => ({ time, share: (time - from) / (to - from) }))
        .filter(({ share }) => share < 1 - roomForLabel)
        .map(({ time, share }) => (
          <span key={time} style={{ left: `${share * 100}%` }}>
            {label(new Date(time).toISOString())}
          </span>
        ))}
    </div>
  );
}
