import type { MessageView } from '../inbox/view.ts';
import { Clock } from './clock.tsx';

export type Props = { readonly message: MessageView };

/** A body as a receiver of one's own gets it. */
export const JsonMessage = ({ message: { icon, title, destination, kind, time, payload, fault } }: Props) => (
  <div class="json">
    <p class="sender">
      <b>{destination}</b> <span class="badge">{(kind ?? 'gone').toUpperCase()}</span> <Clock time={time} />
    </p>
    <p class="headline">
      {icon} {title}
    </p>
    {fault !== undefined && <p class="quiet">{fault}</p>}
    {payload !== undefined && (
      <details>
        <summary>JSON body, {new Blob([JSON.stringify(payload)]).size.toLocaleString()} bytes</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard must get into it */}
        <pre tabIndex={0}>{JSON.stringify(payload, null, 2)}</pre>
      </details>
    )}
  </div>
);
