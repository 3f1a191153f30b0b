import { useRef } from 'preact/hooks';
import type { Preview, Rendering } from '../../inbox/view.ts';
import { type Address, go, linkHere } from '../address.ts';
import { kindName, viewOf } from '../kinds/registry.tsx';

type Props = { readonly preview: Preview; readonly address: Address };

const panelId = 'rendering';

/** What each kind of chat gets, one at a time: `as` in the address names the kind, `lang` the language. */
export function Renderings({ preview, address }: Props) {
  const tabs = useRef<HTMLDivElement>(null);
  const ids = idsOf(preview.renderings);
  const index = Math.max(0, ids.indexOf(address.query.get('as') ?? ''));
  const chosen = preview.renderings[index];

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
        {preview.languages.length > 1 && chosen && (
          <Languages languages={preview.languages} language={chosen.language} address={address} />
        )}
      </div>
      <div role="tabpanel" id={panelId} class="panel" aria-label={chosen && kindName(chosen.kind)}>
        {chosen?.destinations.length === 0 && (
          <p class="unused quiet">No destination is of this kind: this is what one would get.</p>
        )}
        {chosen && (
          <div lang={chosen.language}>
            <Drawing rendering={chosen} preview={preview} />
          </div>
        )}
      </div>
    </section>
  );
}

type LanguageProps = {
  readonly languages: Preview['languages'];
  readonly language: string;
  readonly address: Address;
};

const Languages = ({ languages, language, address }: LanguageProps) => (
  <fieldset class="languages">
    <legend class="unseen">Language</legend>
    {languages.map(({ id, name }) => (
      <button
        key={id}
        type="button"
        lang={id}
        aria-pressed={id === language}
        onClick={() => go(linkHere(address, { lang: id }), { replace: true })}
      >
        {name}
      </button>
    ))}
  </fieldset>
);

function Drawing({ rendering, preview }: { readonly rendering: Rendering; readonly preview: Preview }) {
  const { kind, fault, payload } = rendering;
  if (fault !== undefined || payload === undefined) return <p class="empty">{fault ?? 'There is nothing to draw.'}</p>;
  const View = viewOf(kind);
  return <View key={`${preview.id} ${kind}`} rendering={rendering} time={preview.time} />;
}

/** The kind alone where there is one of it, else with the first destination of each. */
const idsOf = (renderings: readonly Rendering[]): readonly string[] =>
  renderings.map(({ kind, destinations }, index) =>
    renderings.findIndex((one) => one.kind === kind) === index ? kind : `${kind}.${destinations[0]}`,
  );
