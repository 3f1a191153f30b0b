import { useEffect, useState } from 'preact/hooks';
import type { PlanView } from '../inbox/view.ts';
import { Ago, Clock } from './clock.tsx';
import { StateBar } from './state-bar.tsx';
import { linkToPlan, useReveal } from './target.ts';

type Props = { readonly plan: PlanView; readonly showSource: boolean; readonly targeted: boolean };

export function PlanCard({ plan, showSource, targeted }: Props) {
  const element = useReveal<HTMLElement>(targeted);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (targeted) setOpen(true);
  }, [targeted]);
  const { id, name, action, creator, source, listed, steps } = plan;
  const last = steps.at(-1);
  const openable = steps.length > 1 || (last?.failures.length ?? 0) > 0;
  const about = [action, creator && `by ${creator}`, showSource && `in ${source}`].filter(Boolean).join(' ');
  const classes = ['card', 'plan', targeted && 'targeted', !listed && 'gone'].filter(Boolean).join(' ');
  return (
    <article class={classes} ref={element} tabIndex={-1} aria-label={name}>
      <h3>
        <a href={linkToPlan(id)}>{name}</a>
      </h3>
      <p class="about quiet">
        <span>{about}</span> {last && <Ago time={last.time} />}
      </p>
      <StateBar plan={plan} />
      {openable && (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {steps.length === 1 ? '1 step' : `${steps.length} steps`} <span class="unseen">of {name}</span>
          </summary>
          <ol class="steps">
            {steps.map(({ time, icon, words, failures }) => (
              <li key={time}>
                <Clock time={time} />
                <span>
                  {icon} {words}
                  {failures.map(({ component, reason }, index) => (
                    <span key={index} class="failure">
                      <b>{component}</b> {reason}
                    </span>
                  ))}
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </article>
  );
}
