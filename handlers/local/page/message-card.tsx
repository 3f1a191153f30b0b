import { useState } from 'preact/hooks';
import type { MessageView } from '../inbox/view.ts';
import { JsonMessage } from './json-message.tsx';
import { MessageState } from './message-state.tsx';
import { SlackMessage } from './slack-message.tsx';
import { linkToMessage, linkToPlan, useReveal } from './target.ts';

/** How a kind's payload is drawn; any other is shown as the JSON that it is. */
const drawings: Readonly<Record<string, typeof JsonMessage>> = { inbox: SlackMessage, slack: SlackMessage };

type Props = {
  readonly message: MessageView;
  readonly fresh: boolean;
  readonly targeted: boolean;
  /** The first of those that the address points at. */
  readonly reveal: boolean;
};

export function MessageCard({ message, fresh, targeted, reveal }: Props) {
  // Kept as it was at first: the animation would break off if the class went at the next snapshot.
  const [slidesIn] = useState(fresh);
  const element = useReveal<HTMLElement>(reveal);
  const { id, title, kind, destination, events, state, fault } = message;
  const Drawing = (fault === undefined && drawings[kind ?? '']) || JsonMessage;
  const [plan, ...others] = new Set(events.flatMap((event) => event.plan ?? []));
  const classes = ['card message', state.kind, slidesIn && 'fresh', targeted && 'targeted'].filter(Boolean).join(' ');
  return (
    <article class={classes} ref={element} tabIndex={-1} aria-label={title}>
      <Drawing message={message} />
      <footer>
        <MessageState state={state} destination={destination} kind={kind} />
        <span class="links">
          {plan !== undefined && others.length === 0 && <a href={linkToPlan(plan)}>Plan</a>}
          <a href={linkToMessage(id)}>Link here</a>
        </span>
      </footer>
    </article>
  );
}
