import { useLayoutEffect, useRef } from 'preact/hooks';
import { groupNames } from '../filter.ts';
import { GroupMark } from '../groups.tsx';
import { type Pointed, sayTimes } from './timeline.tsx';

const gap = 8;

/** What a state was, how long, and why: beside what the mouse or the keyboard points at. Screen readers have it as the link's name. */
export function StateTip({ pointed }: { readonly pointed: Pointed | undefined }) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = tip.current;
    if (!element || !pointed) return;
    const { box } = pointed;
    const { width, height } = element.getBoundingClientRect();
    const middle = Math.max(box.left, 0) + Math.min(box.width, 240) / 2;
    const left = Math.max(gap, Math.min(middle - width / 2, innerWidth - width - gap));
    const below = box.bottom + gap + height < innerHeight;
    element.style.left = `${left}px`;
    element.style.top = `${below ? box.bottom + gap : box.top - gap - height}px`;
  });
  if (!pointed) return null;
  const { step } = pointed.segment;
  return (
    <div class="tip" ref={tip} aria-hidden="true">
      <p>
        <GroupMark group={step.group} /> <b>{groupNames[step.group]}</b> <span class="states">{step.status}</span>
      </p>
      <p class="quiet">{sayTimes(pointed.segment)}</p>
      {step.reasons.map((reason, index) => (
        <p key={index} class="reason">
          {reason}
        </p>
      ))}
    </div>
  );
}
