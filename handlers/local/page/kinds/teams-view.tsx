import { useEffect, useRef, useState } from 'preact/hooks';
import { CardView } from './card-view.tsx';
import { JsonBody } from './json-body.tsx';
import type { KindProps } from './kind-props.ts';

/** A card as Microsoft's own renderer draws it; that is big, and comes only to those who look at one. */
export function TeamsView(props: KindProps) {
  const { payload } = props.rendering;
  const frame = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState('');
  const card = cardOf(payload);
  const text = JSON.stringify(card);
  useEffect(() => {
    let gone = false;
    setFault('');
    import('./adaptive-card.ts').then(
      ({ drawCard }) => {
        if (!gone) frame.current?.replaceChildren(drawCard(card));
      },
      (error: Error) => setFault(error.message),
    );
    return () => {
      gone = true;
    };
  }, [text]);
  if (card === undefined) return <CardView {...props} />;
  return (
    <div class="teams">
      {fault !== '' && <p class="empty">The card cannot be drawn: {fault}</p>}
      <div class="adaptive-card" ref={frame} />
      <JsonBody payload={payload} />
    </div>
  );
}

type Attachments = { readonly attachments?: readonly { readonly content?: { readonly type?: unknown } }[] };

/** Teams takes a message whose attachment is the card. */
const cardOf = (payload: unknown): unknown =>
  (payload as Attachments | null)?.attachments?.find(({ content }) => content?.type === 'AdaptiveCard')?.content;
