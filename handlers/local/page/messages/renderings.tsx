import { useRef } from 'preact/hooks';
import type { TellingStyle } from '../../../../lib/core/config.ts';
import type { Preview, Rendering } from '../../inbox/view.ts';
import { type Address, go, linkHere } from '../address.ts';
import { kindName, viewOf } from '../kinds/registry.tsx';
import { Choice } from './choice.tsx';
import { styleNames } from './styles.ts';
import { Talk } from './talk.tsx';

type Props = { readonly preview: Preview; readonly address: Address };

const panelId = 'rendering';

/** What each kind of chat gets, one at a time: `as` in the address names the kind, `lang` the language. */
export function Renderings({ preview, address }: Props) {
  const tabs = useRef<HTMLDivElement>(null);
  const ids = idsOf(preview.renderings);
  const index = Math.max(0, ids.indexOf(address.query.get('as') ?? ''));
  const chosen = preview.renderings[index];
  // For a digest or a notice there is nothing to choose from.
  const asked = preview.styles.find((style) => style === address.query.get('style'));

  function press(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: ids.length - 1 - index }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (index + step + ids.length) % ids.length;
    go(linkHere(address, { as: ids[next] ?? '' }), { replace: true });
    tabs.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus();
  }

  return (
    <section class="renderings" aria-label="As each chat shows it">
      <div class="tab-line">
        <div role="tablist" aria-label="Chat" class="tabs" ref={tabs} onKeyDown={press}>
          {preview.renderings.map((one, at) => (
            <button
              key={ids[at]}
              type="button"
              role="tab"
              aria-selected={at === index}
              aria-controls={panelId}
              tabIndex={at === index ? 0 : -1}
              onClick={() => go(linkHere(address, { as: ids[at] ?? '' }), { replace: true })}
            >
              {kindName(one.kind)}
              {one.destinations.length > 0 && <small> {one.destinations.join(', ')}</small>}
            </button>
          ))}
        </div>
        {chosen && (
          <div class="choices">
            {preview.styles.length > 0 && (
              <Choice legend="Told as" options={styles} chosen={asked ?? chosen.style} as="style" address={address} />
            )}
            <Choice
              legend="Language"
              options={preview.languages.map(({ id, name }) => ({ id, name, lang: id }))}
              chosen={chosen.language}
              as="lang"
              address={address}
            />
          </div>
        )}
      </div>
      <div role="tabpanel" id={panelId} class="panel" aria-label={chosen && kindName(chosen.kind)}>
        {chosen?.destinations.length === 0 && (
          <p class="unused quiet">No destination is of this kind: this is what one would get.</p>
        )}
        {chosen && asked !== undefined && asked !== chosen.style && (
          <Unable chosen={chosen} asked={asked} renderings={preview.renderings} address={address} />
        )}
        {chosen && (
          <div lang={chosen.language}>
            <Drawing rendering={chosen} preview={preview} event={preview.id} />
          </div>
        )}
      </div>
    </section>
  );
}

const styles = (['each', 'living', 'thread'] as const).map((id) => ({ id, name: styleNames[id] }));

type UnableProps = {
  readonly chosen: Rendering;
  readonly asked: TellingStyle;
  readonly renderings: readonly Rendering[];
  readonly address: Address;
};

/** Not every chat can, and nobody should have to find out which. */
function Unable({ chosen: { kind }, asked, renderings, address }: UnableProps) {
  const able = [...new Set(renderings.filter(({ styles: can }) => can.includes(asked)).map((one) => one.kind))];
  return (
    <p class="unused quiet">
      {kindName(kind)} {asked === 'living' ? 'cannot edit its messages' : 'has no threads'}, so each change is a post.{' '}
      {asked === 'living' ? 'These can: ' : 'These have: '}
      {able.map((one, index) => (
        <span key={one}>
          {index > 0 && ', '}
          <a href={linkHere(address, { as: one })}>{kindName(one)}</a>
        </span>
      ))}
    </p>
  );
}

type DrawingProps = { readonly rendering: Rendering; readonly preview: Preview; readonly event: string };

function Drawing({ rendering, preview, event }: DrawingProps) {
  const { kind, fault, payload } = rendering;
  if (rendering.posts !== undefined && fault === undefined) return <Talk rendering={rendering} event={event} />;
  if (fault !== undefined || payload === undefined) return <p class="empty">{fault ?? 'There is nothing to draw.'}</p>;
  const View = viewOf(kind);
  return <View key={`${preview.id} ${kind}`} rendering={rendering} time={preview.time} />;
}

/** The kind alone where there is one of it, else with the first destination of each. */
const idsOf = (renderings: readonly Rendering[]): readonly string[] =>
  renderings.map(({ kind, destinations }, index) =>
    renderings.findIndex((one) => one.kind === kind) === index ? kind : `${kind}.${destinations[0]}`,
  );
