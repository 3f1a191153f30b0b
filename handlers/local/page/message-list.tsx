import { useEffect, useRef, useState } from 'preact/hooks';
import type { MessageView, Snapshot } from '../inbox/view.ts';
import { MessageCard } from './message-card.tsx';

type Props = { readonly snapshot: Snapshot; readonly target: string };

export function MessageList({ snapshot: { messages, olderMessages, sample }, target }: Props) {
  const { isNew, announcement } = useArrivals(messages);
  const first = messages.find(({ id }) => id === target);
  const quiet = messages.every(({ events }) => events.every(({ plan }) => plan === undefined));
  return (
    <main id="messages" tabIndex={-1}>
      <h2>Messages</h2>
      <p class="unseen" role="status">
        {announcement}
      </p>
      {quiet && (
        <p class="watching">
          <span class="beacon" aria-hidden="true" />
          <b>Watching…</b>{' '}
          {sample
            ? 'the first change of the sample comes in a few seconds.'
            : 'a message comes here as soon as a release plan appears or changes its status.'}
        </p>
      )}
      <ol class="list">
        {messages.map((message) => (
          <li key={keyOf(message)}>
            <MessageCard
              message={message}
              fresh={isNew(message)}
              targeted={message.id === target}
              reveal={message === first}
            />
          </li>
        ))}
      </ol>
      {olderMessages && <p class="quiet">Older messages are kept in the log, but not shown here.</p>}
    </main>
  );
}

const keyOf = ({ destination, id }: MessageView): string => `${destination} ${id}`;

/** Which messages came while the page was open, and the words that tell of them to those who do not see it. */
function useArrivals(messages: readonly MessageView[]) {
  const seen = useRef<Set<string>>(undefined);
  const [announcement, announce] = useState('');
  useEffect(() => {
    const arrived = seen.current ? messages.filter((message) => !seen.current?.has(keyOf(message))) : [];
    seen.current = new Set(messages.map(keyOf));
    // Several destinations are told the same.
    const titles = [...new Set(arrived.map(({ title }) => `New message: ${title}`))];
    if (titles.length > 0) announce(titles.join('. '));
  }, [messages]);
  return { isNew: (message: MessageView) => seen.current?.has(keyOf(message)) === false, announcement };
}
