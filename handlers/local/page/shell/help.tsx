import { useEffect, useRef } from 'preact/hooks';

const keys = [
  ['↓ ↑', 'the next and the one before: an event, a plan'],
  ['← →', 'along a plan’s timeline; between chats'],
  ['Home End', 'the newest and the oldest'],
  ['Enter', 'open it'],
  ['Esc', 'close, or clear the search'],
  ['/', 'search'],
  ['1 2 3', 'messages, plans, health'],
  ['?', 'this help'],
] as const;

type Props = { readonly open: boolean; readonly close: () => void };

export function Help({ open, close }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-heading" onClose={close}>
      <form method="dialog">
        <h2 id="help-heading">Keys</h2>
        <dl>
          {keys.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <p class="quiet">The address holds what you see: send it to somebody who has this planwatch open.</p>
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
